"""
What is in the intake, or among the rejected, already: so that nothing goes in twice.

    event id         ─▶ the event's bytes, of the first record with it
    sender, offset   ─▶ what stood there in the sender's outbox, and was dealt with

It follows both topics, whoever writes them. The file is disposable.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import orjson
from aiokafka.structs import ConsumerRecord

from coordinator.runtime.kafka.cache import Cache
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import header, number
from coordinator.runtime.kafka.tail import Batch, Tail
from coordinator.topics import INTAKE, OUTBOX, REJECTED, headers

__all__ = ["TABLES", "Seen"]

TABLES: Final = (
    "CREATE TABLE event (id TEXT PRIMARY KEY, event BLOB NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE origin (
        sender TEXT, place INTEGER, digest BLOB, PRIMARY KEY (sender, place, digest)
    ) WITHOUT ROWID
    """,
)
"""What its cache holds."""

_EVENT: Final = "INSERT OR IGNORE INTO event VALUES (?, ?)"
_ORIGIN: Final = "INSERT OR IGNORE INTO origin VALUES (?, ?, ?)"


class Seen:
    """
    Follows the intake and the rejected; to be started, and run, in one event loop.

    Args:
        connection: The cluster.
        cache: Made with `TABLES`.
    """

    def __init__(self, connection: Connection, cache: Cache) -> None:
        names = connection.names
        self._names = names
        self._rejected = names.of(REJECTED)
        self._cache = cache
        self._tail = Tail(connection, [names.of(INTAKE), self._rejected])

    async def start(self) -> None:
        """Begin where the cache ends; BrokerFault where it cannot be read."""
        await self._tail.start(self._cache.places())

    async def run(self) -> None:
        """Follow, for ever; BrokerFault ends it."""
        await self._tail.follow(self._take)

    async def catch_up(self) -> None:
        """Wait until all is read that is there now; it must be running."""
        await self._tail.caught_up()

    async def stop(self) -> None:
        """Let go."""
        await self._tail.stop()

    def event(self, event_id: str) -> bytes | None:
        """Find the bytes of an event that was let in; the first with its id."""
        rows = self._cache.rows("SELECT event FROM event WHERE id = ?", event_id)
        return rows[0][0] if rows else None

    def has(self, sender: str, place: int, value: bytes) -> bool:
        """
        Whether what stands at an offset of a sender's outbox was dealt with.

        The same offset of an outbox that was made anew holds something else.
        """
        return bool(
            self._cache.rows(
                "SELECT 1 FROM origin WHERE sender = ? AND place = ? AND digest = ?",
                sender,
                place,
                _digest(value),
            )
        )

    def note(
        self,
        events: Sequence[tuple[str, bytes]],
        origins: Sequence[tuple[str, int, bytes]],
    ) -> None:
        """
        Add what was just written, without waiting until it is read.

        Args:
            events: Ids and bytes of events that were let in.
            origins: Senders, offsets and bytes of what was dealt with.
        """
        dealt = [(sender, place, _digest(value)) for sender, place, value in origins]
        self._cache.keep({_EVENT: events, _ORIGIN: dealt}, {})

    def _take(self, batch: Batch) -> None:
        events: list[tuple[str, bytes]] = []
        origins: list[tuple[str, int, bytes]] = []
        for partition, messages in batch.items():
            for message in messages:
                if partition.topic == self._rejected:
                    origins += self._origin_of(message, self._agency_in(message))
                else:
                    events += _event_in(message)
                    sender = _text(message, headers.SENDER)
                    origins += self._origin_of(message, sender)
        places = {one: self._tail.places[one] for one in batch}
        if places:
            dealt = [(whose, place, _digest(value)) for whose, place, value in origins]
            self._cache.keep({_EVENT: events, _ORIGIN: dealt}, places)

    def _agency_in(self, message: ConsumerRecord) -> str | None:
        topic = _text(message, headers.TOPIC)
        return None if topic is None else self._names.agency_of(OUTBOX, topic)

    def _origin_of(
        self, message: ConsumerRecord, sender: str | None
    ) -> list[tuple[str, int, bytes]]:
        try:
            place = number(message, headers.OFFSET)
        except ValueError:
            return []
        if sender is None or place is None:
            return []
        return [(sender, place, message.value or b"")]


def _event_in(message: ConsumerRecord) -> list[tuple[str, bytes]]:
    """Name an event; what is none has no id to be used again."""
    try:
        event_id = orjson.loads(message.value or b"")["id"]
    except (ValueError, LookupError, TypeError):
        return []
    return [(event_id, message.value)] if isinstance(event_id, str) else []


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=16).digest()


def _text(message: ConsumerRecord, name: str) -> str | None:
    try:
        return header(message, name)
    except ValueError:
        return None
