"""
The published JSON Schemas: one file a type, the whole CloudEvent with its data.

They come from the models that check events, so the two cannot drift apart. What needs
the case, the directory or a clock is not in them.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

from pydantic import TypeAdapter

from coordinator.events.catalogue import CATALOGUE
from coordinator.events.envelope import Attributes
from coordinator.events.event_type import EventType


def schemas() -> dict[str, str]:
    """
    Give each file's name and its text, in the order of the catalogue.

    A file is JSON Schema 2020-12, indented by two spaces, with a last line feed: the
    same text every time.
    """
    return {
        f"events/{name}.json": json.dumps(event_schema(kind), indent=2) + "\n"
        for name, kind in CATALOGUE.items()
    }


def event_schema(kind: EventType) -> dict[str, Any]:
    """
    Give one type's schema as JSON values.

    An example that fits it is decoded, and the other way round; it is stricter only in
    the subject, which `decode` leaves to whoever knows the cases.
    """
    sent = _plain(TypeAdapter(Attributes).json_schema())
    attributes, required = sent["properties"], sent["required"]
    attributes["type"] = {"const": kind.type}
    attributes["dataschema"] = {"const": kind.dataschema}
    attributes["subject"] |= {
        "description": kind.scope.says,
        "pattern": kind.scope.pattern,
    }
    data = _plain(kind.model.model_json_schema(by_alias=True))
    attributes["data"] = {
        "type": "object",
        "properties": data["properties"],
        "required": data["required"],
        "additionalProperties": False,
    }
    if not kind.may_lack_subject:
        required.append("subject")
    rule: dict[str, Any] = {}
    if kind.person == "always":
        required.append("personref")
    elif kind.person == "never":
        del attributes["personref"]
    else:
        rule = {
            "if": {
                "properties": {
                    "data": {"properties": {"recipient": {"const": "victim"}}}
                }
            },
            "then": {"required": ["personref"]},
            "else": {"properties": {"personref": False}},
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": kind.dataschema,
        "title": kind.type,
        "description": _description(kind),
        "type": "object",
        "properties": attributes,
        "required": required,
        "additionalProperties": False,
        **rule,
    }


def _description(kind: EventType) -> str:
    """Join the lines of each paragraph; the last one cites the Plan."""
    text = inspect.getdoc(kind.model) or ""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _plain(schema: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Drop what pydantic adds that tells a reader nothing: titles, null defaults."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _plain(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and value is None)
    }
