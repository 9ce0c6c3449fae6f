"""
Records of the intake: an event, and beside it what ingress stamped on it.

The broker's own time of appending is the time of receipt, unless a header says another
one, as an import's does; only the coordinator may write to the intake at all.

Source: `coordinator.topics.headers`; docs/adr/0012-topics.md.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from aiokafka.structs import ConsumerRecord

from coordinator.events import Problem, Rejected, decode, format_time, parse_time
from coordinator.protocol import Record, Rules
from coordinator.runtime.kafka.outgoing import Headers, Outgoing
from coordinator.topics import headers, partition_for

__all__ = [
    "Stood",
    "Taken",
    "header",
    "number",
    "read_intake",
    "stamped",
    "to_intake",
    "unreadable",
    "when",
]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


Stood = tuple[str, int, bytes]
"""A sender, an offset in its outbox, and the event that stands there."""


class Taken(NamedTuple):
    """A record read; `origin` is the offset it had in its sender's outbox, if one's."""

    record: Record
    origin: int | None

    @property
    def stood(self) -> Stood | None:
        """Say where in its sender's outbox what stood; None if it came through none."""
        record, origin = self
        if record.sender is None or origin is None:
            return None
        return record.sender, origin, record.event.raw


def to_intake(
    topic: str,
    partitions: int,
    record: Record,
    *,
    received_at: datetime | None = None,
    origin: int | None = None,
) -> Outgoing:
    """
    Write a record for the intake.

    Args:
        topic: The intake's name.
        partitions: How many it has.
        record: As it was let in; its own receipt is not written.
        received_at: When it was received, in place of the broker's time.
        origin: Its offset in the sender's outbox, if it came through one's.
    """
    known = record.contact_known
    said = {
        headers.CONTENT_TYPE: headers.CLOUDEVENT,
        headers.PROFILE: record.rules.reference,
        headers.SENDER: record.sender,
        headers.CONTACT_KNOWN: None if known is None else _word(known),
        headers.RECEIVED_AT: None if received_at is None else format_time(received_at),
        headers.OFFSET: None if origin is None else str(origin),
    }
    return Outgoing(
        topic=topic,
        partition=partition_for(record.key, partitions),
        key=record.key.encode(),
        value=record.event.raw,
        headers=stamped(said),
    )


def read_intake(
    message: ConsumerRecord, partitions: int, versions: Mapping[str, Rules]
) -> Taken:
    """
    Read a record of the intake.

    Args:
        message: As it stands there.
        partitions: How many the intake has.
        versions: Protocol versions, by reference.

    Raises:
        Rejected: Nobody of ours can have written it so.
        KeyError: Its protocol version is not known here (yet).
    """
    try:
        event = decode(message.value or b"")
        key = (message.key or b"").decode()
        fits = partition_for(key, partitions) == message.partition
        at, origin = when(message), number(message, headers.OFFSET)
        profile = header(message, headers.PROFILE)
        known = header(message, headers.CONTACT_KNOWN)
        sender = header(message, headers.SENDER)
        if not key or not fits or profile is None:
            raise unreadable()
    except ValueError as error:
        raise unreadable() from error
    record = Record(
        key=key,
        received_at=at,
        rules=versions[profile],
        event=event,
        contact_known=None if known is None else known == _word(said=True),
        sender=sender,
    )
    return Taken(record, origin)


def when(message: ConsumerRecord) -> datetime:
    """
    Say when a record was received; aware UTC, whole milliseconds.

    Raises:
        ValueError: The header is no time.
    """
    said = header(message, headers.RECEIVED_AT)
    if said is not None:
        return parse_time(said)
    return _EPOCH + timedelta(milliseconds=message.timestamp or 0)


def header(message: ConsumerRecord, name: str) -> str | None:
    """
    Give a header's text; None where there is none.

    Raises:
        ValueError: It is no UTF-8.
    """
    for said, value in message.headers:
        if said == name:
            return bytes(value).decode()
    return None


def number(message: ConsumerRecord, name: str) -> int | None:
    """
    Give a header's whole number; None where there is none.

    Raises:
        ValueError: It is none.
    """
    said = header(message, name)
    return None if said is None else int(said)


def stamped(said: Mapping[str, str | None]) -> Headers:
    """Write headers; what does not apply is left out."""
    return tuple(
        (name, value.encode()) for name, value in said.items() if value is not None
    )


def _word(said: bool) -> str:  # noqa: FBT001 - what is said is true or false
    return "true" if said else "false"


def unreadable() -> Rejected:
    """Say that nobody of ours can have written a record so; the caller raises it."""
    detail = "it takes a key, in its own partition, and what ingress stamps beside it"
    return Rejected(Problem.of("unreadable", detail))
