"""
An event as somebody types it at a terminal, made into the bytes that are sent.

Nothing is checked here that ingress checks: what is wrong is sent as it is, so that it
is answered, and kept, like what any other sender gets wrong.
"""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from ulid import ULID

from coordinator.cli.failures import UsageError
from coordinator.events import CATALOGUE, TYPE_PREFIX, encode, read_case_reference

__all__ = ["NewEvent", "Via", "bytes_of", "data_of", "name_of"]


class Via(StrEnum):
    """By which way a report came that another agency writes down."""

    PHONE = "phone"
    PAPER = "paper"


class NewEvent(NamedTuple):
    """
    What was typed; None is what was not.

    Attributes:
        name: The event's, without the prefix of its type.
        sender: The agency that sends it.
        on_behalf_of: The agency that says it, where that is another.
        time: When it happened; aware.
        case: A case reference, as heard or read.
        subject: Any other scope.
    """

    name: str
    sender: str
    data: Any
    time: datetime
    case: str | None = None
    subject: str | None = None
    person: str | None = None
    on_behalf_of: str | None = None
    via: Via | None = None
    id: str | None = None
    correlation: str | None = None
    causation: str | None = None
    exercise: bool = False


def bytes_of(new: NewEvent, now: datetime) -> bytes:
    """
    Write the event.

    Args:
        new: What was typed.
        now: The home's own time: an id's, and when a report was written down.
    """
    known = new.name in CATALOGUE
    raw = encode(
        name=new.name if known else next(iter(CATALOGUE)),
        agency=new.on_behalf_of or new.sender,
        id=new.id or str(ULID.from_datetime(now)),
        time=new.time,
        data=new.data,
        subject=new.subject or _subject(new.case),
        personref=new.person,
        exercise=new.exercise,
        recordedby=new.sender if new.on_behalf_of else None,
        recordedtime=now if new.on_behalf_of else None,
        via=None if new.via is None else new.via.value,
        correlationid=new.correlation,
        causationid=new.causation,
    )
    if known:
        return raw
    # A type that nobody knows has no schema; ingress answers for it.
    attributes = orjson.loads(raw)
    del attributes["dataschema"]
    return orjson.dumps({**attributes, "type": TYPE_PREFIX + new.name})


def name_of(text: str) -> str:
    """Read a type as typed, with or without its prefix."""
    return text.strip().removeprefix(TYPE_PREFIX)


def data_of(text: str) -> Any:  # noqa: ANN401 - JSON
    """
    Read `--data`.

    Raises:
        UsageError: It is not JSON. The text says where, and quotes nothing of it.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = (
            f"--data: not JSON at character {error.pos + 1} ({error.msg.lower()});"
            " it takes an object, in single quotes to keep the shell's hands off it"
        )
        raise UsageError(message) from None
    except RecursionError:
        message = "--data: nested too deeply; it takes an object"
        raise UsageError(message) from None


def _subject(case: str | None) -> str | None:
    """Read a reference; what is none is sent as typed, and answered by ingress."""
    return case and (read_case_reference(case) or case)
