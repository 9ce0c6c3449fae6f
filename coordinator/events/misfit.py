"""
What does not fit an event's schema, told to its sender.

Every problem points at the place and says what it takes. None repeats what was sent:
not a value, and not the name of a field or attribute that is not ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coordinator.events.envelope import TYPE_PREFIX, Attributes
from coordinator.events.ids import is_ulid
from coordinator.events.phrases import field_notes
from coordinator.events.problem import Problem

if TYPE_CHECKING:
    from pydantic import ValidationError

    from coordinator.events.event_type import EventType
    from coordinator.events.payload import Payload


def misfit(
    sent: dict[str, Any],
    error: ValidationError,
    kind: EventType | None = None,
    model: type[Payload] | None = None,
) -> Problem:
    """
    Put the first error of a check into our own words.

    `kind` is the type whose data was checked, None where it was the attributes; `model`
    its older version's, if it was of one. Errors
    come in the order of the fields; those that are not ours come last.
    """
    first = error.errors(include_url=False, include_context=False)[0]
    shape = model or (kind.model if kind else Attributes)
    notes = {note.name: note for note in field_notes(shape)}
    pointer = "/data" if kind else ""
    name, *rest = first["loc"]
    if first["type"] == "extra_forbidden":
        # The name is the sender's: the pointer ends at what holds it.
        what = "data has a field" if kind else "there is an attribute"
        detail = f"{what} that is not in the catalogue; it takes {', '.join(notes)}"
    else:
        pointer += f"/{name}"
        what = f"{name} does not fit"
        if rest and isinstance(rest[0], int):
            pointer += f"/{rest[0]}"
            what = f"entry {rest[0] + 1} of {name} does not fit"
        elif first["type"] == "missing":
            what = f"{name} is missing"
        elif first["input"] is None:
            what = f"{name} is null, and what is not known is left out"
        detail = f"{what}; it takes {notes[str(name)].takes}"
    sent_id = sent.get("id")
    return Problem.of(
        "schema",
        detail,
        cite=kind.cite if kind else None,
        event_id=sent_id if isinstance(sent_id, str) and is_ulid(sent_id) else None,
        pointer=pointer,
    )


def unknown_type(event_id: str) -> Problem:
    """Say that no type in the catalogue has that name."""
    return Problem.of(
        "unknown_type",
        f"type does not fit; it takes {TYPE_PREFIX} and the name of an event in the "
        "catalogue",
        event_id=event_id,
        pointer="/type",
    )


def wrong_person(kind: EventType, event_id: str, *, sent: bool) -> Problem:
    """Say that a personref was sent where none may be, or (not `sent`) is missing."""
    if sent:
        detail = "this event is about no single person; personref must be left out"
    else:
        takes = {note.name: note.takes for note in field_notes(Attributes)}["personref"]
        detail = (
            f"personref is missing, and the event is about a person; it takes {takes}"
        )
    return Problem.of(
        "schema", detail, cite=kind.cite, event_id=event_id, pointer="/personref"
    )


def wrong_dataschema(kind: EventType, event_id: str) -> Problem:
    """Say that the schema named is not a version of this type's that is known."""
    known = [kind.schema_of(version) for version in range(kind.version, 0, -1)]
    return Problem.of(
        "schema",
        f"dataschema does not fit; it takes {' or '.join(known)}, or is left out",
        event_id=event_id,
        pointer="/dataschema",
    )
