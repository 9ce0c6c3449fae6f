"""
The coordinator's own events, made ready for the intake.

Their ids are worked out from what they say, so that a crash between making one and
keeping it, or two workers that both make it, still give one event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Required, TypedDict, Unpack

import orjson

from coordinator.events.catalogue import CATALOGUE
from coordinator.events.envelope import Event
from coordinator.events.fields import SOURCE_PREFIX
from coordinator.events.ids import made_id
from coordinator.events.times import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_AGENCY: Final = "coordinator"
_SOURCE: Final = SOURCE_PREFIX + _AGENCY


def _own(
    name: str, key: str, event_id: str, at: datetime, data: dict[str, Any]
) -> Event:
    """Build an event whose subject is `key`; only the data needs checking."""
    kind = CATALOGUE[name]
    time = format_time(at)
    payload = kind.model.model_validate(data)
    raw = orjson.dumps(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": _SOURCE,
            "type": kind.type,
            "subject": key,
            "time": time,
            "dataschema": kind.dataschema,
            "data": data,
        }
    )
    return Event(
        id=event_id,
        source=_SOURCE,
        agency=_AGENCY,
        type=kind.type,
        name=name,
        subject=key,
        time=parse_time(time),
        personref=None,
        exercise=False,
        recordedtime=None,
        recordedby=None,
        via=None,
        correlationid=None,
        causationid=None,
        signature=None,
        version=kind.version,
        data=data,
        payload=payload,
        raw=raw,
    )


def deadline_passed(
    *, key: str, obligation: str, rung: int, due: datetime, at: datetime
) -> Event:
    """
    Say that a rung of an obligation under `key` came due.

    The id comes from obligation, rung and due, as an acknowledgement moves rungs: the
    same rung at another time is another event.
    """
    written = format_time(due)
    return _own(
        "deadline.passed",
        key,
        made_id(obligation, rung, written),
        at,
        {"obligation_id": obligation, "rung": rung, "due": written},
    )


PageState = Literal["sent", "failed", "unreachable"]

_STATES: Final[dict[str, PageState]] = {
    CATALOGUE["page.sent"].type: "sent",
    CATALOGUE["page.failed"].type: "failed",
    CATALOGUE["page.unreachable"].type: "unreachable",
}


class PageOutcome(TypedDict, total=False):
    """
    What became of a page: under which key, to whom and through which kind of channel.

    `try_no`, from 1, tells one failed try from the next; it is in no event's data.
    """

    key: Required[str]
    page_id: Required[str]
    at: Required[datetime]
    channel: str | None
    contact_id: str | None
    try_no: int


def page_sent(**outcome: Unpack[PageOutcome]) -> Event:
    """Say that a page was handed to a channel, which must be named."""
    return _page("page.sent", outcome)


def page_failed(**outcome: Unpack[PageOutcome]) -> Event:
    """Say that one try to send a page failed, on a channel which must be named."""
    return _page("page.failed", outcome)


def page_unreachable(**outcome: Unpack[PageOutcome]) -> Event:
    """Say that all was tried; once for a page, whoever was tried last."""
    return _page("page.unreachable", outcome)


def _page(name: str, outcome: PageOutcome) -> Event:
    page_id = outcome["page_id"]
    channel = outcome.get("channel")
    contact_id = outcome.get("contact_id")
    data = {"page_id": page_id, "channel": channel, "contact_id": contact_id}
    parts: tuple[str | int, ...] = (name, page_id)
    if name != "page.unreachable":
        parts += (channel or "", contact_id or "", outcome.get("try_no", 1))
    return _own(
        name,
        outcome["key"],
        made_id(*parts),
        outcome["at"],
        {field: value for field, value in data.items() if value is not None},
    )


def page_state(event_type: str, raw: bytes) -> tuple[str, PageState] | None:
    """Say of which page an event tells what became of it; None for other events."""
    state = _STATES.get(event_type)
    return None if state is None else (orjson.loads(raw)["data"]["page_id"], state)


def protocol_activated(
    *, key: str, profile: str, version: int | str, digest: str, at: datetime
) -> Event:
    """Say that a version holds under `key`; the id has the time, as one may return."""
    return _own(
        "protocol.activated",
        key,
        made_id("protocol.activated", key, profile, digest, format_time(at)),
        at,
        {"profile": profile, "version": version, "digest": digest},
    )


class Migration(TypedDict):
    """An open case's change of version, `before` and `after` as in its records."""

    key: str
    before: int | str
    after: int | str
    difference: str
    at: datetime


def protocol_migrated(**migration: Unpack[Migration]) -> Event:
    """Say that the case `key` goes over to another version of the protocol."""
    key, at = migration["key"], migration["at"]
    before, after = migration["before"], migration["after"]
    return _own(
        "protocol.migrated",
        key,
        made_id("protocol.migrated", key, before, after, format_time(at)),
        at,
        {"from": before, "to": after, "difference": migration["difference"]},
    )


def exercise_started(
    *, exercise_ref: str, agencies: Sequence[str], at: datetime
) -> Event:
    """Say that a drill begins, under its own scope."""
    return _exercise("exercise.started", exercise_ref, agencies, at)


def exercise_ended(
    *, exercise_ref: str, agencies: Sequence[str], at: datetime
) -> Event:
    """Say that a drill is over, under its own scope."""
    return _exercise("exercise.ended", exercise_ref, agencies, at)


def _exercise(
    name: str, exercise_ref: str, agencies: Sequence[str], at: datetime
) -> Event:
    return _own(
        name,
        f"exercise:{exercise_ref}",
        made_id(name, exercise_ref, format_time(at)),
        at,
        {"exercise_ref": exercise_ref, "agencies": list(agencies)},
    )
