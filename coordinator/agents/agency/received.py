"""What a handler is given: a delivery, read."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson

from coordinator.events import (
    SOURCE_PREFIX,
    TYPE_PREFIX,
    OperatorError,
    parse_time,
)
from coordinator.runtime.sqlite.tray import Waiting

__all__ = ["Received", "UnreadableError", "received_of"]


class UnreadableError(OperatorError):
    """What came through the inbox is no event; trying it again helps nothing."""


class Received(NamedTuple):
    """
    An event, as the agency may see it.

    Attributes:
        delivery: The delivery's id: the same whenever this event is handed over again.
        attempt: Counts from 1; above it, an earlier attempt failed or was cut short.
        view: `full`, or `stub`: then `data` has only what the protocol lets be seen.
        name: The event's, as `suspicion.reported`.
        id: The event's own.
        agency: Who says it.
        case: The case reference, or another scope.
        person: The pseudonym of whom it is about, if it is about a person.
        time: When it happened; aware UTC.
        exercise: Whether it is part of an exercise.
        data: The event's data, as JSON values.
        raw: The whole CloudEvent, as it came.
    """

    delivery: str
    attempt: int
    view: str
    name: str
    id: str
    agency: str
    case: str
    person: str | None
    time: datetime
    exercise: bool
    data: dict[str, Any]
    raw: bytes


def received_of(waiting: Waiting, attempt: int) -> Received:
    """
    Read a delivery; of its data only the shape is looked at.

    Raises:
        UnreadableError: It is no event of this bus.
    """
    try:
        event = orjson.loads(waiting.event)
        return Received(
            delivery=waiting.id,
            attempt=attempt,
            view=waiting.view,
            name=event["type"].removeprefix(TYPE_PREFIX),
            id=event["id"],
            agency=event["source"].removeprefix(SOURCE_PREFIX),
            case=event["subject"],
            person=event.get("personref"),
            time=parse_time(event["time"]),
            exercise=event.get("exercise", False),
            data=dict(event.get("data", {})),
            raw=waiting.event,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "not an event; whoever runs the bus must look at what was delivered"
        raise UnreadableError(message) from None
