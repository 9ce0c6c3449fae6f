"""
What goes through the door: messages of a length (four bytes, big-endian) and JSON.

    asked      {"events": [{"sender": id | null, "event": base64}, …], "keep": bool}
    answered   {"outcomes": [{"event_id", "decision", "problem"}, …]}
               {"error": "StoreFault" | "StoreError" | …, "message"}

Events are in base64 since what is sent may be no text at all, and is kept as it came.
"""

import struct
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

import orjson

from coordinator.events import CoordinatorError, Problem
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.step import Outcome, Submission

__all__ = [
    "LARGEST",
    "LENGTH",
    "NotOursError",
    "answer_of",
    "asked",
    "error_of",
    "framed",
    "outcomes_of",
    "submissions_of",
]

LENGTH: Final = struct.Struct(">I")
LARGEST: Final = 64 * 1024 * 1024
"""Of a message, in bytes: 500 events of 64 KiB in base64, and room for more."""

_RAISED: Final = {"StoreFault": StoreFault, "StoreError": StoreError}


class NotOursError(ValueError):
    """What came is no message of the door's."""


def framed(value: dict[str, Any]) -> bytes:
    """Write a message."""
    written = orjson.dumps(value)
    return LENGTH.pack(len(written)) + written


def asked(submissions: Sequence[Submission], *, keep: bool) -> dict[str, Any]:
    """Ask for submissions to be decided."""
    return {
        "events": [
            {"sender": one.sender, "event": b64encode(one.raw).decode()}
            for one in submissions
        ],
        "keep": keep,
    }


def submissions_of(message: bytes) -> tuple[list[Submission], bool]:
    """
    Read what is asked: submissions, and whether to keep them.

    Raises:
        NotOursError: It is something else.
    """
    try:
        value = orjson.loads(message)
        submissions = [
            Submission(raw=b64decode(one["event"], validate=True), sender=one["sender"])
            for one in value["events"]
        ]
        return submissions, value["keep"] is True
    except (ValueError, TypeError, LookupError) as error:
        message_ = "it takes events and keep"
        raise NotOursError(message_) from error


def answer_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Answer with outcomes."""
    return {
        "outcomes": [
            {
                "event_id": one.event_id,
                "decision": one.decision,
                "problem": one.problem and one.problem.as_record(),
            }
            for one in outcomes
        ]
    }


def error_of(error: CoordinatorError) -> dict[str, Any]:
    """Answer that nothing was kept, and why."""
    return {"error": type(error).__name__, "message": str(error)}


def outcomes_of(message: bytes) -> list[Outcome]:
    """
    Read an answer.

    Raises:
        StoreFault, StoreError: What the other side met.
        NotOursError: It is something else.
    """
    try:
        value = orjson.loads(message)
        if "error" not in value:
            return [
                Outcome(
                    one["event_id"],
                    one["decision"],
                    None if one["problem"] is None else Problem(**one["problem"]),
                )
                for one in value["outcomes"]
            ]
        raised = _RAISED.get(value["error"], StoreError)(value["message"])
    except (ValueError, TypeError, LookupError) as error:
        message_ = "it takes outcomes, or an error"
        raise NotOursError(message_) from error
    raise raised
