"""
The partitions of the log that a case worker answers for: read once, then written.

    cache (disposable) ─▶ the log's tail ─▶ written from here on, a batch at a time

Rule 1: a partition's state is what its log says. It is read to its end before
anything is decided, and after each batch the place where that came to stand says
whether somebody else wrote in between; if so, theirs is read, and of each position the
first counts. So a worker that was thought dead, and one that took over from it, agree
on what was decided, whatever either of them had in hand.

Rule 2: the cache is written behind the log, and lost without harm.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.protocol import Decision, Record
from coordinator.runtime.kafka.cache import Cache
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.logged import (
    UnreadableError,
    read_log,
    record_in,
)
from coordinator.runtime.kafka.outgoing import LARGEST, Outgoing
from coordinator.runtime.kafka.span import Span
from coordinator.runtime.port import StoreError
from coordinator.topics import INTAKE, LOG

__all__ = ["TABLES", "CaseLog", "Row"]

TABLES: Final = (
    """
    CREATE TABLE decided (
        partition INTEGER NOT NULL,
        position  INTEGER NOT NULL,
        key       TEXT    NOT NULL,
        sender    TEXT,
        origin    INTEGER,
        value     BLOB    NOT NULL,
        PRIMARY KEY (partition, position)
    )
    """,
    "CREATE INDEX decided_by_key ON decided (key)",
    """
    CREATE INDEX decided_by_origin ON decided (sender, origin, partition)
     WHERE origin IS NOT NULL
    """,
)
"""What a case worker's cache holds: the log's records, as they stand there."""

_KEEP: Final = "INSERT OR IGNORE INTO decided VALUES (?, ?, ?, ?, ?, ?)"
# A batch must stay under what the topic takes, whatever its own records' heads need.
_BATCH: Final = LARGEST - 2**17


class Row(NamedTuple):
    """A record about to be written to the log: the value, and what it is of."""

    position: int
    key: str
    sender: str | None
    origin: int | None
    value: bytes


@dataclass(slots=True)
class _Part:
    """Of a partition: where its log ends, what was decided last, whose came last."""

    end: int = 0
    position: int = -1
    origins: dict[str, int] = field(default_factory=dict)

    def passes(self, row: Row) -> None:
        self.position = max(self.position, row.position)
        if row.sender is not None and row.origin is not None:
            self.origins[row.sender] = max(self.origins.get(row.sender, -1), row.origin)


class CaseLog:
    """
    The log, as one case worker reads and writes it.

    Args:
        cluster: Joined.
        cache: Made with `TABLES`.
        span: What reads a stretch of the log; started.
    """

    def __init__(self, cluster: Cluster, cache: Cache, span: Span) -> None:
        self._topic = cluster.connection.names.of(LOG)
        self._intake = cluster.connection.names.of(INTAKE)
        self._cache = cache
        self._producer = cluster.producer
        self._span = span
        self._versions = cluster.versions
        self._parts: dict[int, _Part] = {}
        self._reading = asyncio.Lock()

    async def begin(self, partitions: Collection[int]) -> Mapping[int, int]:
        """
        Answer for partitions, and for no others any more.

        Returns:
            The position up to which each is decided; -1 where nothing is.

        Raises:
            BrokerFault: The log cannot be read.
        """
        places = self._cache.places()
        for partition in partitions:
            if partition not in self._parts:
                self._parts[partition] = self._cached(partition, places)
            await self._catch_up(partition)
            await self._see_order(partition)
        for partition in self._parts.keys() - set(partitions):
            del self._parts[partition]
        return {one: part.position for one, part in self._parts.items()}

    async def _see_order(self, partition: int) -> None:
        """See to it that the log is of the intake that is there, and of no other."""
        end = await self._span.end(TopicPartition(self._intake, partition))
        position = self._parts[partition].position
        if position >= end:
            message = (
                f"partition {partition} of the log decides record {position} of the"
                f" intake, which ends at {end}: they are not of one cluster, or the"
                " intake has lost records. Nothing is decided; move what is there by"
                " `coordinator export` and `import`"
            )
            raise StoreError(message)

    def position(self, partition: int) -> int:
        """Say up to which position a partition is decided; -1 where nothing is."""
        return self._parts[partition].position

    def has(self, partition: int, sender: str, origin: int, event: bytes) -> bool:
        """
        Whether what stood there in a sender's outbox is decided already.

        The same offset of an outbox that was made anew holds something else.
        """
        if origin > self._parts[partition].origins.get(sender, -1):
            return False
        rows = self._cache.rows(
            "SELECT value FROM decided"
            " WHERE sender = ? AND origin = ? AND partition = ?",
            sender,
            origin,
            partition,
        )
        return any(read_log(value).event == event for (value,) in rows)

    def history(self, key: str) -> Iterator[tuple[Record, Decision]]:
        """Read what was decided under a key, in order."""
        for (value,) in self._cache.rows(
            "SELECT value FROM decided WHERE key = ? ORDER BY partition, position", key
        ):
            logged = read_log(value)
            yield record_in(logged, self._versions.rules.__getitem__), logged.decision

    async def append(self, partition: int, rows: Sequence[Row]) -> list[str]:
        """
        Write what was decided next in a partition.

        Returns:
            The keys of which somebody else had written meanwhile: what was decided
            under them must be read again.

        Raises:
            BrokerFault: It was not confirmed, but may be written all the same.
        """
        foreign: list[str] = []
        for batch in _batches(rows):
            part = self._parts[partition]
            key_ = [row.key.encode() for row in batch]
            first = await self._producer.send_in_one(
                [
                    Outgoing(self._topic, partition, key, row.value)
                    for key, row in zip(key_, batch, strict=True)
                ]
            )
            if first > part.end:
                foreign += await self._absorb(partition, first)
            own = [row for row in batch if row.position > part.position]
            part.end = first + len(batch)
            self._keep(partition, own)
        return foreign

    def _cached(self, partition: int, places: Mapping[TopicPartition, int]) -> _Part:
        place = places.get(TopicPartition(self._topic, partition), 0)
        part = _Part(end=place)
        if place:
            ((last,),) = self._cache.rows(
                "SELECT max(position) FROM decided WHERE partition = ?", partition
            )
            part.position = -1 if last is None else last
            part.origins = dict(
                self._cache.rows(
                    "SELECT sender, max(origin) FROM decided"
                    " WHERE partition = ? AND origin IS NOT NULL GROUP BY sender",
                    partition,
                )
            )
        return part

    async def _catch_up(self, partition: int) -> None:
        """Read what stands in the log behind what is known of it."""
        end = await self._span.end(TopicPartition(self._topic, partition))
        await self._absorb(partition, end)

    async def _absorb(self, partition: int, end: int) -> list[str]:
        """Read a partition up to an offset, and give the keys of what was new."""
        async with self._reading:
            return await self._read(partition, end)

    async def _read(self, partition: int, end: int) -> list[str]:
        part = self._parts[partition]
        keys: list[str] = []
        where = TopicPartition(self._topic, partition)
        async for messages in self._span.read(where, part.end, end):
            rows = []
            for message in messages:
                row = await self._row(message)
                if row is not None and row.position > part.position:
                    rows.append(row)
                    part.passes(row)
            part.end = messages[-1].offset + 1
            self._keep(partition, rows)
            keys += [row.key for row in rows]
        part.end = max(part.end, end)
        return keys

    async def _row(self, message: ConsumerRecord) -> Row | None:
        """Read a record of the log; None for what no case worker can have written."""
        try:
            logged = read_log(message.value)
        except UnreadableError:
            return None
        # What another worker wrote may rest on a version that is not read here yet.
        if not await self._versions.know(logged.profile):
            return None
        return Row(
            logged.position,
            logged.decision["case"],
            logged.sender,
            logged.origin,
            message.value,
        )

    def _keep(self, partition: int, rows: Sequence[Row]) -> None:
        part = self._parts[partition]
        for row in rows:
            part.passes(row)
        self._cache.keep(
            {_KEEP: [(partition, *row) for row in rows]},
            {TopicPartition(self._topic, partition): part.end},
        )


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Part rows so that each part is one batch of the topic's."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        takes = len(row.value) + len(row.key) + 64
        if batch and size + takes > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += takes
    if batch:
        yield batch
