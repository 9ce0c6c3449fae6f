"""
The published JSON Schemas: one file a type, the whole CloudEvent with its data.

They come from the models that check events, so the two cannot drift apart. What needs
the case, the directory or a clock is not in them.
"""

from __future__ import annotations

import inspect
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from coordinator.events.catalogue import CATALOGUE
from coordinator.events.envelope import Attributes
from coordinator.events.upcasting import OLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coordinator.events.event_type import EventType
    from coordinator.events.payload import Payload


def schemas() -> dict[str, str]:
    """
    Give each file's name and its text, in the order of the catalogue.

    A file is JSON Schema 2020-12, indented by two spaces, with a last line feed: the
    same text every time. `<name>.json` is the current version, `<name>.v1.json` one
    that is accepted still.
    """
    return {
        name: json.dumps(schema, indent=2) + "\n" for name, schema in _each_version()
    }


def _each_version() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in CATALOGUE.values():
        for name, schema in versions_of(kind):
            yield f"events/{name}.json", schema


def versions_of(kind: EventType) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the schema of each version that is accepted, the current one first."""
    yield kind.name, event_schema(kind)
    for version, older in enumerate(OLDER.get(kind.name, ()), 1):
        yield (
            f"{kind.name}.v{version}",
            event_schema(kind, version=version, model=older.model),
        )


def attribute_schemas() -> tuple[dict[str, Any], list[str]]:
    """Give each attribute's schema, before a type narrows it, and which are needed."""
    sent = _plain(_attributes().json_schema())
    return sent["properties"], sent["required"]


@cache
def _attributes() -> TypeAdapter[Attributes]:
    return TypeAdapter(Attributes)


def event_schema(
    kind: EventType, *, version: int | None = None, model: type[Payload] | None = None
) -> dict[str, Any]:
    """
    Give one type's schema as JSON values, the current one or that of a `version`.

    An example that fits it is decoded, and the other way round; it is stricter only in
    the subject, which `decode` leaves to whoever knows the cases.
    """
    urn = kind.schema_of(version or kind.version)
    shape = model or kind.model
    attributes, required = attribute_schemas()
    attributes["type"] = {"const": kind.type}
    attributes["dataschema"] = {"const": urn}
    attributes["subject"] |= {
        "description": kind.scope.says,
        "pattern": kind.scope.pattern,
    }
    data = _plain(shape.model_json_schema(by_alias=True))
    attributes["data"] = {
        "type": "object",
        "properties": data["properties"],
        "required": data["required"],
        "additionalProperties": False,
    }
    if version not in {None, kind.version}:
        # Without it, an event is of the current version.
        required.append("dataschema")
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
        "$id": urn,
        "title": kind.type,
        "description": _description(shape),
        "type": "object",
        "properties": attributes,
        "required": required,
        "additionalProperties": False,
        **rule,
    }


def _description(model: type[Payload]) -> str:
    """Join the lines of each paragraph; the last one cites the Plan."""
    text = inspect.getdoc(model) or ""
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
