"""
What a field takes, in words, for the error a sender reads and for the catalogue shown.

The words come from the same models as the checks and the published schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A field by its name on the wire, whether it must be there, and what it takes."""

    name: str
    required: bool
    takes: str


@cache
def field_notes(shape: type) -> tuple[FieldNote, ...]:
    """
    List the fields of a payload's model, or of the event's attributes, in order.

    Required ones come first, as in the catalogue's tables.
    """
    schema = TypeAdapter(shape).json_schema(by_alias=True)
    required = set(schema["required"])
    notes = [
        FieldNote(name, name in required, _takes(field))
        for name, field in schema["properties"].items()
    ]
    return tuple(sorted(notes, key=lambda note: not note.required))


def _takes(field: Mapping[str, Any]) -> str:
    if "const" in field:
        return f"{field['const']} only"
    if "enum" in field:
        return "one of " + ", ".join(field["enum"])
    if field.get("type") == "boolean":
        return "true or false"
    if field.get("type") == "array":
        least = " of at least one" if field.get("minItems") else ""
        return f"a list{least}, each {_takes(field['items'])}"
    return str(field["description"])
