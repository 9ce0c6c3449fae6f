"""
A process's part in a consumer group: which partitions are its own, and work on them.

    assigned ─▶ work.begin ─▶ read ─▶ work.do ─▶ commit, now and then ─▶ read …
    revoked  ─▶ what is in hand is finished and committed first (drain)

Rule 1: nothing is committed before `do` has returned, that is, before all that follows
from a record is durable. Rule 2: nothing is done for a partition before `begin` has
said where to go on. Rule 3: what was read before a hand-over is not done after it.

A process that slept through a hand-over finds it out when it commits. What it wrote in
between is a copy of what its successor wrote, and is known as such by whoever reads it.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

import structlog
from aiokafka import ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.consuming import consumer, unreadable_cluster

__all__ = ["Done", "Group", "Work"]

_log = structlog.get_logger(__name__)

_ANSWERS_S: Final = 60.0
# A worker that is silent for so long has its partitions given to another.
_SILENT_MS: Final = 6_000
_BEATS_MS: Final = 1_500
# For finishing what is in hand, or for what beginning takes.
_HANDS_OVER_MS: Final = 120_000
_COMMITS_S: Final = 0.5
_LOOKS_S: Final = 10.0
_WAITS_MS: Final = 500


class Done(NamedTuple):
    """
    How far a partition is done: the offset behind it, to go on from.

    `note` is a word that is committed with it, and given back to whoever goes on.
    """

    next: int
    note: str = ""


class Work(Protocol):
    """What a process does with the partitions that are its own."""

    async def begin(
        self, partitions: Mapping[TopicPartition, str]
    ) -> Mapping[TopicPartition, int]:
        """
        Take partitions over; all others that were taken over before are let go.

        Args:
            partitions: With the note that was committed last; empty where none was.

        Returns:
            The offset to go on from, of those where it is not the committed one.
        """

    async def do(
        self, taken: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Done]:
        """
        Do what records call for; called now and then with none, too.

        Returns:
            How far partitions are done: up to there all that follows is durable.
        """


class Group(ConsumerRebalanceListener):  # type: ignore[misc]  # untyped
    """
    A member of a consumer group; to be run in one event loop.

    Args:
        connection: The cluster.
        group: The group's name on it.
        topics: Names of topics, or a regular expression for them.
        work: What to do.
    """

    def __init__(
        self,
        connection: Connection,
        group: str,
        topics: Sequence[str] | str,
        work: Work,
    ) -> None:
        self._work = work
        self._topics = topics
        self._consumer = consumer(
            connection,
            group_id=group,
            session_timeout_ms=_SILENT_MS,
            heartbeat_interval_ms=_BEATS_MS,
            rebalance_timeout_ms=_HANDS_OVER_MS,
            metadata_max_age_ms=30_000,
        )
        self._busy = asyncio.Lock()
        self._generation = 0
        self._begun = 0
        self._owned: frozenset[TopicPartition] = frozenset()
        self._group = group
        self._connection = connection
        self._done: dict[TopicPartition, Done] = {}
        self._committed: dict[TopicPartition, Done] = {}
        self._given: dict[TopicPartition, int] = {}
        self._commit_at = 0.0
        self.handled = 0
        """Records done since the start."""

    async def run(self, stop: asyncio.Event) -> None:
        """
        Work until told to stop, and leave the group then.

        Raises:
            BrokerFault: The cluster cannot be read.
        """
        try:
            async with asyncio.timeout(_ANSWERS_S):
                await self._consumer.start()
            self._subscribe()
            while not stop.is_set():
                await self._turn()
            async with self._busy:
                await self._commit()
        except (KafkaError, TimeoutError) as error:
            raise unreadable_cluster(error) from error
        finally:
            with suppress(KafkaError):
                await self._consumer.stop()  # which drains, and leaves the group

    def is_at_work(self) -> bool:
        """Whether it has begun with what was shared out last."""
        return 0 < self._generation == self._begun

    def partitions(self) -> frozenset[TopicPartition]:
        """Give the partitions that are this process's own."""
        return self._owned

    def behind(self) -> int:
        """Count the records that are known to be there and are not done."""
        return sum(
            max(0, (self._consumer.highwater(one) or 0) - self._done[one].next)
            for one in self._owned & self._done.keys()
        )

    async def unread(self) -> int:
        """
        Count the records that are there and were not given to work, as of now.

        Where the broker does not say, one counts as unread: it may be this client that
        hears nothing.
        """
        places = {one: self._given[one] for one in self._owned & self._given.keys()}
        try:
            async with asyncio.timeout(_LOOKS_S):
                ends = await self._consumer.end_offsets(list(places)) if places else {}
        except (KafkaError, TimeoutError):
            return 1
        return sum(max(0, ends[one] - place) for one, place in places.items())

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Finish what is in hand, before others begin where we end."""
        async with self._busy:
            if revoked:
                await self._commit()
            self._owned = frozenset()
            self._generation += 1

    async def on_partitions_assigned(
        self, assigned: Collection[TopicPartition]
    ) -> None:
        """Take note; the loop begins with them, as that may take its time."""
        self._owned = frozenset(assigned)
        self._generation += 1

    def _subscribe(self) -> None:
        if isinstance(self._topics, str):
            self._consumer.subscribe(pattern=self._topics, listener=self)
        else:
            self._consumer.subscribe(self._topics, listener=self)

    async def _turn(self) -> None:
        generation = self._generation
        if generation != self._begun:
            async with self._busy:
                await self._begin(generation)
            return
        taken = await self._consumer.getmany(timeout_ms=_WAITS_MS)
        async with self._busy:
            if generation != self._generation:
                return  # read before a hand-over
            self._done.update(await self._work.do(taken))
            self.handled += sum(map(len, taken.values()))
            for one, records in taken.items():
                self._given[one] = records[-1].offset + 1
            if asyncio.get_running_loop().time() >= self._commit_at:
                await self._commit()

    async def _begin(self, generation: int) -> None:
        owned = self._owned
        done = await self._last(owned)
        notes = {one: done[one].note for one in owned}
        for one, place in (await self._work.begin(notes)).items():
            done[one] = done[one]._replace(next=place)
        if generation != self._generation:
            return
        for one in done:
            self._consumer.seek(one, done[one].next)
        self._done, self._committed = done, dict(done)
        self._given = {one: place.next for one, place in done.items()}
        self._begun = generation
        _log.info("group.assigned", partitions=len(owned))

    async def _last(
        self, owned: Collection[TopicPartition]
    ) -> dict[TopicPartition, Done]:
        """Ask what was committed last; where nothing was, all is to be done."""
        if not owned:
            return {}
        admin = AIOKafkaAdminClient(**self._connection.for_aiokafka())
        try:
            async with asyncio.timeout(_ANSWERS_S):
                await admin.start()
                said = await admin.list_consumer_group_offsets(
                    self._group, partitions=list(owned)
                )
                begins = await self._consumer.beginning_offsets(list(owned))
        finally:
            await admin.close()
        return {
            one: Done(said[one].offset, said[one].metadata)
            if one in said and said[one].offset >= 0
            else Done(begins[one])
            for one in owned
        }

    async def _commit(self) -> None:
        """Say how far all is durable; what is not said is only read once more."""
        self._commit_at = asyncio.get_running_loop().time() + _COMMITS_S
        news = {
            one: done
            for one, done in self._done.items()
            if one in self._owned and done != self._committed.get(one)
        }
        if not news or self._begun != self._generation:
            return
        try:
            async with asyncio.timeout(_ANSWERS_S):
                await self._consumer.commit({one: tuple(news[one]) for one in news})
            self._committed.update(news)
        except (CommitFailedError, IllegalStateError):
            _log.warning("group.handed_over", partitions=len(news))
        except (KafkaError, TimeoutError) as error:
            _log.warning("group.commit_failed", error=type(error).__name__)
