"""
What the fields of the catalogue's events can hold, as far as a profile can ask for it.

Pure: it reads the catalogue's models, and nothing of a profile.
"""

from functools import cache
from typing import Any

from coordinator.events import CATALOGUE

__all__ = ["enumerated", "fields_of", "is_list", "is_optional"]


@cache
def _properties(event: str) -> dict[str, Any]:
    schema = CATALOGUE[event].model.model_json_schema(by_alias=True)
    properties: dict[str, Any] = schema["properties"]
    return properties


@cache
def _required(event: str) -> frozenset[str]:
    schema = CATALOGUE[event].model.model_json_schema(by_alias=True)
    return frozenset(schema["required"])


def fields_of(event: str) -> tuple[str, ...]:
    """List an event's fields by their names on the wire."""
    return tuple(_properties(event))


def is_optional(event: str, field: str) -> bool:
    """Whether a field may be left out."""
    return field not in _required(event)


def is_list(event: str, field: str) -> bool:
    """Whether a field holds several values."""
    return bool(_properties(event)[field].get("type") == "array")


def enumerated(event: str, field: str) -> tuple[Any, ...] | None:
    """
    List every value that a field, or an entry of its list, can have.

    None where there is no such list: any text, a number, a time.
    """
    shape = _properties(event)[field]
    shape = shape.get("items", shape)
    if "const" in shape:
        return (shape["const"],)
    if "enum" in shape:
        return tuple(shape["enum"])
    return (True, False) if shape.get("type") == "boolean" else None
