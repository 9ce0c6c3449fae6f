"""
The schemas that messages refer to, each once.

They come from what checks events and makes decisions. The dialect is AsyncAPI's own,
which is JSON Schema draft 7: the published ones use nothing beyond it but `$defs` and
words beside a reference, and both are put in its way here.
"""

import json
from typing import Any, Final

from pydantic import TypeAdapter

from coordinator.events import CATALOGUE, EventType
from coordinator.events.schema import attribute_schemas, versions_of
from coordinator.protocol.decision_schema import decision_schema
from coordinator.topics.records import Activated, Decided, Notice, Receipt

__all__ = ["component_schemas", "ref"]

_PLACE: Final = "#/components/schemas/"
_SHARED: Final = "attribute."
# Attributes that each type has its own values for.
_NARROWED: Final = frozenset({"type", "subject", "dataschema", "data"})
# What a receiver always gets, and what it gets where the sender had to give it.
_ENVELOPE: Final = ("specversion", "id", "source", "type", "subject", "time")
_IF_NEEDED: Final = frozenset({"dataschema", "personref"})


def ref(name: str) -> dict[str, str]:
    """Refer to a schema of the document."""
    return {"$ref": _PLACE + name}


def component_schemas() -> dict[str, Any]:
    """Give every schema of the document by its name: parts, records, then events."""
    attributes, _ = attribute_schemas()
    schemas: dict[str, Any] = {
        **{
            _SHARED + name: schema
            for name, schema in attributes.items()
            if name not in _NARROWED
        },
        **_decision(),
        **{
            kind.__name__: _record(kind)
            for kind in (Decided, Receipt, Notice, Activated)
        },
    }
    for kind in CATALOGUE.values():
        for name, schema in versions_of(kind):
            schemas[name] = _sent(schema, attributes)
            if not kind.coordinator:
                schemas[f"{name}.delivered"] = _delivered(kind, name, schema)
    return schemas


def _sent(schema: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """Give an event's schema with what all events share left to one place."""
    return {
        name: value
        for name, value in schema.items()
        if name not in {"$schema", "$id", "properties"}
    } | {
        "properties": {
            name: ref(_SHARED + name) if value == shared.get(name) else value
            for name, value in schema["properties"].items()
        }
    }


def _delivered(kind: EventType, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """
    Give the schema of an event as a receiver may see it, by the one of it as sent.

    Any of its data may be missing from it, and from its lists ids of events that this
    receiver never got; it always has a subject. Only one of an older version must name
    it: a stub has no `dataschema`, and the words of the current one.
    """
    properties = schema["properties"]
    fields = properties["data"]["properties"]
    data = {
        "type": "object",
        "properties": {
            field: {key: value for key, value in shape.items() if key != "minItems"}
            if field in kind.event_id_fields
            else ref(f"{name}/properties/data/properties/{field}")
            for field, shape in fields.items()
        },
        "additionalProperties": False,
    }
    needed = (*_ENVELOPE, *(one for one in schema["required"] if one in _IF_NEEDED))
    return {
        "title": schema["title"],
        "type": "object",
        "properties": {one: ref(f"{name}/properties/{one}") for one in properties}
        | {"data": data},
        "required": list(needed),
        "additionalProperties": False,
    }


def _decision() -> dict[str, Any]:
    """Give the decision record and its parts."""
    whole = json.loads(decision_schema())
    parts = {**whole.pop("$defs"), "Decision": whole}
    for name in ("$schema", "$id"):
        del whole[name]
    for part in parts.values():
        part["properties"] = {
            name: _moved(value) for name, value in part["properties"].items()
        }
    return parts


def _moved(value: dict[str, Any]) -> dict[str, Any]:
    """Let references lead to the document's schemas; words beside one are kept."""
    target = value.get("$ref", value.get("items", {}).get("$ref"))
    if target is None:
        return value
    there = ref(target.removeprefix("#/$defs/"))
    if "items" in value:
        return {**value, "items": there}
    rest = {name: given for name, given in value.items() if name != "$ref"}
    return {**rest, "allOf": [there]}


def _record(kind: type) -> dict[str, Any]:
    """Give the schema of a record, whose parts are the decision's."""
    made = TypeAdapter(kind).json_schema(ref_template=_PLACE + "{model}")
    made.pop("$defs", None)
    made["description"] = " ".join(made["description"].split())
    for member in made["properties"].values():
        member.pop("title", None)
    return {**made, "additionalProperties": False}
