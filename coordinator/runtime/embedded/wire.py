"""
What goes through the door: messages of a length (four bytes, big-endian) and JSON.

    asked      {"events": [{"sender": id | null, "event": base64}, …], "keep": bool}
               {"activate": a profile's value}
               {"migrate": [case, …], "to": a version's reference}
    answered   {"outcomes": [{"event_id", "decision", "problem"}, …]}
               {"activation": {"before", "after"}}
               {"migrations": [{"case", "before", "after", "difference",
                                "decision"}, …]}
               {"error": "StoreFault" | "StoreError" | …, "message"}

Events are in base64 since what is sent may be no text at all, and is kept as it came.
"""

import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from coordinator.events import CoordinatorError, Problem
from coordinator.protocol import Profile, profile_from_value
from coordinator.runtime.activation import Activation, VersionTakenError
from coordinator.runtime.migration import Migration, NoSuchCaseError
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.step import Outcome, Submission

__all__ = [
    "LARGEST",
    "LENGTH",
    "Activate",
    "Events",
    "Migrate",
    "NotOursError",
    "activated",
    "activation_of",
    "answer_of",
    "answered",
    "asked",
    "error_of",
    "framed",
    "migrated",
    "migrations_of",
    "outcomes_of",
    "request_of",
]

LENGTH: Final = struct.Struct(">I")
LARGEST: Final = 64 * 1024 * 1024
"""Of a message, in bytes: 500 events of 64 KiB in base64, and room for more."""

_RAISED: Final = {
    one.__name__: one
    for one in (StoreFault, StoreError, VersionTakenError, NoSuchCaseError)
}

Answer = TypeVar("Answer")


class Events(NamedTuple):
    """Submissions to be decided, and whether to keep them."""

    submissions: Sequence[Submission]
    keep: bool


class Activate(NamedTuple):
    """A profile to be made the active one."""

    profile: Profile


class Migrate(NamedTuple):
    """Cases to be moved to a kept version."""

    cases: Sequence[str]
    to: str


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


def request_of(message: bytes) -> Events | Activate | Migrate:
    """
    Read what is asked.

    Raises:
        NotOursError: It is something else.
    """
    try:
        value = orjson.loads(message)
        if "activate" in value:
            return Activate(profile_from_value(value["activate"]))
        if "migrate" in value:
            return Migrate([str(one) for one in value["migrate"]], str(value["to"]))
        submissions = [
            Submission(raw=b64decode(one["event"], validate=True), sender=one["sender"])
            for one in value["events"]
        ]
        return Events(submissions, value["keep"] is True)
    except (ValueError, TypeError, LookupError) as error:
        message_ = "it takes events and keep, a profile to activate, or cases to move"
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


def activated(activation: Activation) -> dict[str, Any]:
    """Answer with an activation."""
    return {"activation": activation._asdict()}


def migrated(migrations: Sequence[Migration]) -> dict[str, Any]:
    """Answer with migrations."""
    return {"migrations": [one._asdict() for one in migrations]}


def error_of(error: CoordinatorError) -> dict[str, Any]:
    """Answer that nothing was kept, and why."""
    return {"error": type(error).__name__, "message": str(error)}


def outcomes_of(value: dict[str, Any]) -> list[Outcome]:
    """Read outcomes from an answer."""
    return [
        Outcome(
            one["event_id"],
            one["decision"],
            None if one["problem"] is None else Problem(**one["problem"]),
        )
        for one in value["outcomes"]
    ]


def activation_of(value: dict[str, Any]) -> Activation:
    """Read an activation from an answer."""
    return Activation(**value["activation"])


def migrations_of(value: dict[str, Any]) -> list[Migration]:
    """Read migrations from an answer."""
    return [Migration(**one) for one in value["migrations"]]


def answered(message: bytes, read: Callable[[dict[str, Any]], Answer]) -> Answer:
    """
    Read an answer by what was asked.

    Raises:
        StoreFault, OperatorError: What the other side met.
        NotOursError: It is something else.
    """
    try:
        value = orjson.loads(message)
        if "error" not in value:
            return read(value)
        raised = _RAISED.get(value["error"], StoreError)(value["message"])
    except (ValueError, TypeError, LookupError) as error:
        message_ = "it is no answer to what was asked"
        raise NotOursError(message_) from error
    raise raised
