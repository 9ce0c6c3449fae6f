"""Examples of the coordinator's own events, to read: nobody else can send them."""

from __future__ import annotations

from typing import Final

from coordinator.events.examples.form import OBLIGATION_ID, Example
from coordinator.events.ids import made_id

_PAGE_ID: Final = made_id("example", "page")
_PAGE: Final = {"page_id": _PAGE_ID, "channel": "email", "contact_id": "C-police-9"}
_EXERCISE: Final = {"exercise_ref": "EX-1", "agencies": ["police", "customs"]}

EXAMPLES: Final = {
    "protocol.activated": Example(
        "coordinator",
        {"profile": "nz-2009", "version": 1, "digest": "3c9f0a61d2"},
    ),
    "protocol.migrated": Example(
        "coordinator",
        {
            "from": "nz-2009/1",
            "to": "nz-2009/2",
            "difference": "house_immediately is due after PT4H instead of PT6H",
        },
    ),
    "deadline.passed": Example(
        "coordinator",
        {"obligation_id": OBLIGATION_ID, "rung": 1, "due": "2026-03-03T00:15:00.000Z"},
    ),
    "page.sent": Example("coordinator", _PAGE),
    "page.failed": Example("coordinator", _PAGE),
    "page.unreachable": Example("coordinator", _PAGE),
    "exercise.started": Example("coordinator", _EXERCISE),
    "exercise.ended": Example("coordinator", _EXERCISE),
}
