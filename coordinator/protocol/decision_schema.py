"""
The published JSON Schema of a decision record.

Its shape comes from the types that `record.py` declares, so that the two cannot drift
apart; what each member means is said here, for readers who do not read Python.

Source: docs/rules.md, Decisions.
"""

import inspect
import json
from typing import Any, Final

from pydantic import TypeAdapter

from coordinator.protocol import record
from coordinator.protocol.record import Decision

__all__ = ["decision_schema"]

_VERSION: Final = 1

_TIME: Final = "RFC 3339 in UTC, with milliseconds and Z"
_TIMES: Final = frozenset({"at", "due", "time"})
_MADE: Final = "128 bits of SHA-256 of case, seq, list and index, in ULID's alphabet"

# Each type's members, in words.
_MEANINGS: Final[dict[str, dict[str, str]]] = {
    "Decision": {
        "seq": "Counts the case's decisions from 1.",
        "case": "The case reference, or the scope, that it was decided under.",
        "at": f"When its input was received; {_TIME}.",
        "profile": "The protocol version it was decided under, <name>/<version>.",
        "engine": "The version of the rules' machine; replay verifies its own.",
        "exercise": "Whether the case is an exercise.",
        "input": "The event decided on.",
        "verdict": "A noop is the coordinator's own event that changed nothing.",
        "rule": "Why it was refused: <event>.<place of the gate>, or a system rule.",
        "cite": "Where in the Plan the rule comes from.",
        "detail": "What is wrong, and what would mend it.",
        "breaches": "Gates that were not met, in an event that was accepted.",
        "deliveries": "Who is sent the event.",
        "opened": "What is owed from here on.",
        "closed": "What is owed no more.",
        "pages": "Who is to be told.",
        "timers": "The rungs that this decision set.",
        "alarms": "What the operator must hear of.",
        "notices": "What an office is told, without personal data.",
    },
    "Input": {
        "id": "The sender's id of the event, a ULID.",
        "type": "Its CloudEvents type.",
        "source": "Its CloudEvents source.",
        "time": f"When it happened; {_TIME}.",
        "personref": "The person it is about, by a pseudonym.",
    },
    "Breach": {
        "rule": "The gate: <event>.<place>.",
        "cite": "Where in the Plan it comes from.",
        "detail": "What was required, and what would mend it.",
    },
    "Delivery": {
        "id": _MADE,
        "to": "An agency's id.",
        "view": "The whole event, or a stub of it.",
        "without": "JSON pointers to ids that this agency never got.",
    },
    "Opened": {
        "id": _MADE,
        "name": "The obligation's name in the protocol.",
        "owner": "The agency that owes it.",
        "due": f"Absolute; {_TIME}.",
        "scope": "What it is owed for once, such as case or person:<ref>.",
        "cite": "Where in the Plan it comes from.",
    },
    "Closed": {
        "id": "The obligation's id.",
        "name": "Its name in the protocol.",
        "owner": "The agency that owed it.",
        "how": "Done, or no longer owed.",
        "late_by_s": "Elapsed seconds after due; 0.0 when on time.",
    },
    "Page": {
        "id": _MADE,
        "obligation": "The obligation's id; null for a breach.",
        "name": "Its name in the protocol; null for a breach.",
        "agency": "An agency's or an office's id.",
        "role": "Who there; an office's own id stands for itself.",
        "rung": "From 1; 0 is the reminder, null a breach.",
        "contact_id": "The case's own contact, where it has one.",
        "why": "Unreachable: the rung before reached nobody.",
    },
    "TimerSet": {
        "obligation": "The obligation's id.",
        "rung": "From 1; 0 is the reminder.",
        "at": f"When it fires; {_TIME}.",
    },
    "Alarm": {
        "id": _MADE,
        "obligation": "The obligation's id; null for a breach.",
        "why": "What could not be done.",
    },
    "NoticeMade": {
        "id": _MADE,
        "to": "An office's id.",
        "kind": "Of a new case, or of news in one.",
    },
}


def decision_schema() -> str:
    """
    Give the schema's text: JSON Schema 2020-12, two spaces, a last line feed.

    A member without words here is a KeyError, a mistake of ours.
    """
    made = TypeAdapter(Decision).json_schema()
    parts = {name: _described(name, part) for name, part in made.pop("$defs").items()}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:nz:item23:schema:decision:{_VERSION}",
        **_described("Decision", made),
        "description": "One record of the case log: what was decided on one event.",
        "$defs": parts,
    }
    return json.dumps(whole, indent=2) + "\n"


def _described(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    """Close a type to other members, and say what each one means."""
    meanings = _MEANINGS[name]
    members = {}
    for member, type_ in shape["properties"].items():
        plain = {key: value for key, value in type_.items() if key != "title"}
        if member in _TIMES:
            plain["format"] = "date-time"
        members[member] = {"description": meanings[member], **plain}
    return {
        "title": name,
        "description": inspect.getdoc(getattr(record, name)),
        "type": "object",
        "properties": members,
        "required": shape["required"],
        "additionalProperties": False,
    }
