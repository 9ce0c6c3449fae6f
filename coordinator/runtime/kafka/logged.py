"""
Records of the log: a decision beside the intake record that it was made on.

Whoever follows the log takes the first decision of each intake record, and passes over
what stands there again: a worker that was thought dead may have written it once more.
A partition's positions grow, so that a copy is known by its position alone.

Source: `coordinator.topics.records.Decided`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import orjson

from coordinator.events import CoordinatorError, decode, format_time, parse_time
from coordinator.protocol import Decision, Record, Rules
from coordinator.runtime.port import NewEntry

__all__ = ["Logged", "UnreadableError", "read_log", "record_in", "to_entry", "to_log"]


class UnreadableError(CoordinatorError):
    """A record of the log that no case worker can have written."""


class Logged(NamedTuple):
    """A record of the log, read; members as `Decided` has them."""

    position: int
    received_at: datetime
    profile: str
    sender: str | None
    contact_known: bool | None
    origin: int | None
    event: bytes
    decision: Decision


def to_log(
    record: Record,
    decision: Decision,
    *,
    at: datetime,
    position: int,
    origin: int | None,
) -> bytes:
    """
    Write a decision for the log.

    Args:
        record: As it was decided on.
        decision: What was decided.
        at: When the record was received, before that was raised.
        position: The record's offset in the intake.
        origin: The record's offset in its sender's outbox.
    """
    return orjson.dumps(
        {
            "position": position,
            "received_at": format_time(at),
            "profile": record.rules.reference,
            "sender": record.sender,
            "contact_known": record.contact_known,
            "origin": origin,
            "event": record.event.raw.decode(),
            "decision": decision,
        }
    )


def read_log(value: bytes | None) -> Logged:
    """
    Read a record of the log.

    Raises:
        UnreadableError: It is none.
    """
    try:
        read = orjson.loads(value or b"")
        decision: Decision = read["decision"]
        if not Decision.__required_keys__ <= decision.keys():
            raise _unreadable()
        return Logged(
            position=int(read["position"]),
            received_at=parse_time(read["received_at"]),
            profile=str(read["profile"]),
            sender=read["sender"],
            contact_known=read["contact_known"],
            origin=read["origin"],
            event=str(read["event"]).encode(),
            decision=decision,
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _unreadable() from error


def record_in(logged: Logged, version: Callable[[str], Rules]) -> Record:
    """
    Make the intake record again, as it was decided on.

    Raises:
        Rejected: The event cannot be read.
        KeyError: `version` does not know the protocol version.
    """
    decision = logged.decision
    return Record(
        key=decision["case"],
        received_at=parse_time(decision["at"]),
        rules=version(logged.profile),
        event=decode(logged.event),
        contact_known=logged.contact_known,
        sender=logged.sender,
    )


def to_entry(logged: Logged) -> NewEntry:
    """Make what a store keeps of it."""
    decision = logged.decision
    return NewEntry(
        key=decision["case"],
        seq=decision["seq"],
        event_id=decision["input"]["id"],
        received_at=parse_time(decision["at"]),
        profile=logged.profile,
        sender=logged.sender,
        contact_known=logged.contact_known,
        event=logged.event,
        decision=decision,
        decision_bytes=orjson.dumps(decision),
    )


def _unreadable() -> UnreadableError:
    return UnreadableError("it takes a decision, and the intake record that it is of")
