"""The AsyncAPI document, read as its users would: by reference."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from coordinator.topics.asyncapi import asyncapi

__all__ = ["channel", "document", "fits", "message", "resolved"]


@cache
def document() -> dict[str, Any]:
    """Give the document as JSON values; not to be changed."""
    whole: dict[str, Any] = json.loads(asyncapi())
    return whole


def resolved(reference: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Find what a reference of the document leads to."""
    found: Any = document()
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def channel(name: str) -> dict[str, Any]:
    """Give a channel, by its name in the document."""
    found: dict[str, Any] = document()["channels"][name]
    return found


def message(name: str) -> dict[str, Any]:
    """Give a message, by its name in the document."""
    found: dict[str, Any] = document()["components"]["messages"][name]
    return found


def fits(schema: dict[str, Any], value: object) -> bool:
    """Tell whether a value fits a schema of the document."""
    return _validator(json.dumps(schema)).is_valid(value)


@cache
def _validator(schema: str) -> Draft7Validator:
    # A reference in the schema leads into the document, so that must be around it.
    around = {"components": document()["components"]}
    return Draft7Validator({"allOf": [json.loads(schema)], **around})
