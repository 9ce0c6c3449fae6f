"""
An archive brought onto a cluster, nothing lost and nothing twice.

    profiles ─▶ intake, log ─▶ rejected ─▶ the activation

Rule 1: the log's records come with the offsets that the intake's were given, and the
decisions as they stand in the archive: nothing is decided anew. Rule 2: the activation
is written last. Whoever works on the cluster waits for one, and so until all is there.
Rule 3: each partition is either empty, or begins with what the archive has for it; an
import that was killed goes on behind that. A cluster that holds anything else is left
as it is.

Source: docs/adr/0014-moving.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.events import OperatorError, decode, format_time
from coordinator.protocol import Record, Rules
from coordinator.runtime.archive import Archive, pieces
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.intake import header, stamped
from coordinator.runtime.kafka.logged import to_log
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.tail import Tail
from coordinator.runtime.kafka.versions import activation_record, profile_record
from coordinator.runtime.port import NewEntry, NewRejection, StoredProfile
from coordinator.topics import INTAKE, LOG, REJECTED, headers

__all__ = ["Told", "bring_in", "check_not_begun"]

Told = Callable[[int], object]
"""Told of records that are there, as many as came to be since it was told last."""

_ELSEWHERE: Final = (
    "name another COORDINATOR_KAFKA_PREFIX, and run `coordinator topics apply`"
)
# Records of the intake written at once; the log's follow them.
_AT_ONCE: Final = 500
_WAITS_S: Final = 0.5


Placed = tuple[int, Outgoing]
"""A record, and the offset that it must have in its partition."""


@dataclass(slots=True)
class _Stretch:
    """
    A partition: how many records the archive has for it, and how many stand there.

    The sums are over those that there are of both.
    """

    there: int
    due: int = 0
    sum_due: Any = field(default_factory=sha256)
    sum_there: Any = field(default_factory=sha256)

    @property
    def agrees(self) -> bool:
        """Whether one begins with the other."""
        return bool(self.sum_due.digest() == self.sum_there.digest())


async def bring_in(
    cluster: Cluster,
    archive: Archive,
    versions: Mapping[str, Rules],
    now: datetime,
    told: Told,
) -> int:
    """
    Write an archive to a cluster, as far as it is not there yet.

    Args:
        cluster: Joined.
        archive: Whole, and checked.
        versions: Its protocol versions, by reference.
        now: When its active version comes into force here; aware UTC.
        told: Told how far it is.

    Returns:
        How many of the archive's events were written that were not there before.

    Raises:
        OperatorError: The cluster holds something else; nothing was written.
        BrokerFault: Not all was confirmed; done again, it goes on.
    """
    importing = _Importing(cluster, archive, versions)
    await importing.compare()
    if importing.is_there():
        told(archive.manifest.records)
        return 0
    if cluster.versions.active is not None:
        message = (
            f"{cluster.versions.active} is active on this cluster already; an archive"
            f" is for a cluster where nothing is yet: {_ELSEWHERE}"
        )
        raise OperatorError(message)
    return await importing.write(now, told)


async def check_not_begun(cluster: Cluster) -> None:
    """
    See to it that no archive stands here half-way.

    Raises:
        OperatorError: One does.
    """
    if cluster.versions.active is not None:
        return
    tail = Tail(cluster.connection, [cluster.connection.names.of(INTAKE)])
    try:
        await tail.start({})
        ends = await tail.ends()
        while not tail.has_read(ends):
            for messages in (await tail.read(_WAITS_S)).values():
                if any(header(one, headers.RECEIVED_AT) for one in messages):
                    message = (
                        "an archive was brought here half-way, and nothing can be"
                        " activated before it is whole: run `coordinator import` again"
                    )
                    raise OperatorError(message)
    finally:
        await tail.stop()


class _Importing:
    def __init__(
        self, cluster: Cluster, archive: Archive, versions: Mapping[str, Rules]
    ) -> None:
        names = cluster.connection.names
        self._cluster = cluster
        self._archive = archive
        self._versions = versions
        self._log = names.of(LOG)
        self._rejected = names.of(REJECTED)
        self._topics = [names.of(INTAKE), self._log, self._rejected]
        self._stretches: dict[TopicPartition, _Stretch] = {}

    async def compare(self) -> None:
        """
        Compare what the archive has for each partition with what stands there.

        Raises:
            OperatorError: Something else does.
        """
        tail = Tail(self._cluster.connection, self._topics)
        try:
            await tail.start({})
            ends = await tail.ends()
            self._stretches = {one: _Stretch(end) for one, end in ends.items()}
            for place, out in self._all():
                stretch = self._stretch(out)
                if place < stretch.there:
                    _add(stretch.sum_due, place, out.key, out.value, out.headers)
                stretch.due = place + 1
            while not tail.has_read(ends):
                for where, messages in (await tail.read(_WAITS_S)).items():
                    self._read(self._stretches[where], messages)
        finally:
            await tail.stop()
        for where, stretch in self._stretches.items():
            is_more = stretch.there > stretch.due
            if not stretch.agrees or (is_more and not self._cluster.versions.active):
                raise _other(where)

    def is_there(self) -> bool:
        """Whether all of it was there before; more may be, by now."""
        return self._cluster.versions.active is not None and all(
            one.there >= one.due for one in self._stretches.values()
        )

    async def write(self, now: datetime, told: Told) -> int:
        """Write what is not there yet, and then the activation."""
        connection, producer = self._cluster.connection, self._cluster.producer
        profiles = self._check_profiles()
        await producer.send_all([profile_record(connection, one) for one in profiles])
        written = 0
        for some in pieces(self._decided(), _AT_ONCE):
            written += await self._keep([intake for intake, _ in some])
            await self._keep([log for _, log in some])
            told(len(some))
        for turned_away in pieces(self._turned_away(), _AT_ONCE):
            await self._keep(turned_away)
        await self._check_ends()
        active = next(
            one for one in profiles if one.reference == self._archive.manifest.active
        )
        partitions = self._cluster.partitions
        last = activation_record(connection, active, at=now, partitions=partitions)
        await producer.send_all([last])
        return written

    def _check_profiles(self) -> list[StoredProfile]:
        kept = {one.reference: one.digest for one in self._cluster.versions.kept}
        profiles = [
            one for one in self._archive.items() if isinstance(one, StoredProfile)
        ]
        for one in profiles:
            if kept.get(one.reference, one.digest) != one.digest:
                message = (
                    f"{one.reference} is kept on this cluster with other content than"
                    f" in the archive; {_ELSEWHERE}"
                )
                raise OperatorError(message)
        return profiles

    async def _keep(self, placed: Sequence[Placed]) -> int:
        """Write those that are not there, and see that they stand where they must."""
        new = [
            (place, out) for place, out in placed if place >= self._stretch(out).there
        ]
        sent = await self._cluster.producer.send_all([out for _, out in new])
        for (place, out), written in zip(new, sent, strict=True):
            if written.offset != place:
                raise _other(TopicPartition(out.topic, out.partition))
        return len(new)

    async def _check_ends(self) -> None:
        """See that nobody else wrote; what is active is not written yet."""
        tail = Tail(self._cluster.connection, self._topics)
        try:
            await tail.start_at_end()
            ends = dict(tail.places)
        finally:
            await tail.stop()
        for where, end in ends.items():
            if end != self._stretches[where].due:
                raise _other(where)

    def _read(self, stretch: _Stretch, messages: Sequence[ConsumerRecord]) -> None:
        for one in messages:
            if one.offset < min(stretch.there, stretch.due):
                _add(stretch.sum_there, one.offset, one.key, one.value, one.headers)

    def _stretch(self, out: Outgoing) -> _Stretch:
        return self._stretches[TopicPartition(out.topic, out.partition)]

    def _all(self) -> Iterator[Placed]:
        for pair in self._decided():
            yield from pair
        yield from self._turned_away()

    def _decided(self) -> Iterator[tuple[Placed, Placed]]:
        """Give each record of the intake, and the log's of it, which has its place."""
        ends: Counter[int] = Counter()
        for entry in self._archive.items():
            if isinstance(entry, NewEntry):
                record = Record(
                    key=entry.key,
                    received_at=entry.received_at,
                    rules=self._versions[entry.profile],
                    event=decode(entry.event),
                    contact_known=entry.contact_known,
                    sender=entry.sender,
                )
                at = entry.received_at
                intake = self._cluster.intake(record, received_at=at)
                place = ends[intake.partition]
                ends[intake.partition] += 1
                value = to_log(
                    record, entry.decision, at=at, position=place, origin=None
                )
                log = Outgoing(self._log, intake.partition, intake.key, value)
                yield (place, intake), (place, log)

    def _turned_away(self) -> Iterator[Placed]:
        rejections = (
            one for one in self._archive.items() if isinstance(one, NewRejection)
        )
        for place, one in enumerate(rejections):
            said = {
                headers.PROBLEM: one.problem.decode(),
                headers.SENDER: one.sender,
                headers.RECEIVED_AT: format_time(one.received_at),
            }
            yield place, Outgoing(self._rejected, 0, None, one.event, stamped(said))


def _add(
    running: Any,  # noqa: ANN401 - hashlib names no type for it
    place: int,
    key: bytes | None,
    value: bytes | None,
    said: Iterable[tuple[str, bytes]],
) -> None:
    """Sum up a record, so that no other one has the same sum."""
    parts = [str(place).encode(), key or b"", value or b""]
    for name, text in said:
        parts += [name.encode(), bytes(text)]
    for part in (*parts, b""):
        running.update(len(part).to_bytes(8) + part)


def _other(where: TopicPartition) -> OperatorError:
    return OperatorError(
        f"{where.topic}, partition {where.partition}, holds something else than the"
        f" archive; an archive is for a cluster where nothing is yet: {_ELSEWHERE}"
    )
