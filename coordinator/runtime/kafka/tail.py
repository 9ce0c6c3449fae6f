"""
Following topics to their end and beyond, outside any consumer group.

For what a process keeps beside the cluster: it reads every partition from the place
that it has already, and knows when it has read all that was there at some moment.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.consuming import consumer, unreadable_cluster
from coordinator.runtime.kafka.outgoing import BrokerFault

__all__ = ["Batch", "Tail"]

Batch = Mapping[TopicPartition, Sequence[ConsumerRecord]]
"""Records read at once, by partition, each partition's in order."""

_ANSWERS_S: Final = 60.0
_SOON_MS: Final = 20
# For records to come; where a partition ends is answered behind that (Kafka's own
# default is half a second, and a start asks twice).
_HOLDS_MS: Final = 100
_WAITS_S: Final = 0.5


class Tail:
    """
    A reader of whole topics; to be started in the event loop that reads.

    Args:
        connection: The cluster.
        topics: Their names on it.
    """

    def __init__(self, connection: Connection, topics: Sequence[str]) -> None:
        self._topics = tuple(topics)
        self._consumer = consumer(
            connection, group_id=None, fetch_max_wait_ms=_HOLDS_MS
        )
        self._news = asyncio.Condition()
        self.places: dict[TopicPartition, int] = {}
        """Of each partition, the offset that is read next."""

    async def start(self, places: Mapping[TopicPartition, int]) -> None:
        """
        Begin to read, each partition from its place, or from its beginning.

        A place that lies beyond a partition's end is not of this cluster, and counts
        as none.

        Raises:
            BrokerFault: No broker answers, or there is no such topic.
        """
        for one, end in (await self._begin()).items():
            place = places.get(one, 0)
            self._go_to(one, place if place <= end else 0)

    async def start_at_end(self) -> None:
        """Begin to read what comes from now on; as `start` does else."""
        for one, end in (await self._begin()).items():
            self._go_to(one, end)

    async def read(self, wait_s: float) -> Batch:
        """
        Read what there is; wait for a record if there is none.

        Raises:
            BrokerFault: It cannot be read.
        """
        try:
            batch: Batch = await self._consumer.getmany(timeout_ms=int(wait_s * 1000))
        except KafkaError as error:
            raise unreadable_cluster(error) from error
        for partition, records in batch.items():
            self.places[partition] = records[-1].offset + 1
        return batch

    async def ends(self) -> dict[TopicPartition, int]:
        """
        Say where each partition ends now.

        Raises:
            BrokerFault: No broker answers.
        """
        try:
            async with asyncio.timeout(_ANSWERS_S):
                ends: dict[TopicPartition, int] = await self._consumer.end_offsets(
                    list(self.places)
                )
        except (KafkaError, TimeoutError) as error:
            raise unreadable_cluster(error) from error
        return ends

    async def follow(self, take: Callable[[Batch], object]) -> None:
        """Have `take` take what comes, for ever; what it raises ends it."""
        while True:
            take(await self.read(_WAITS_S))
            async with self._news:
                self._news.notify_all()

    async def caught_up(self) -> None:
        """
        Wait until whoever follows has taken all that is there now.

        Raises:
            BrokerFault: No broker answers.
        """
        ends = await self.ends()
        await self.until(lambda: self.has_read(ends))

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so by what whoever follows has taken."""
        async with self._news:
            await self._news.wait_for(so)

    async def read_to_end(self, take: Callable[[Batch], object]) -> None:
        """
        Read all that is there now.

        Args:
            take: Takes what is read.

        Raises:
            BrokerFault: It cannot be read, or nothing comes of what is there: a client
                without the right to read a topic waits in silence.
        """
        ends = await self.ends()
        loop = asyncio.get_running_loop()
        until = loop.time() + _ANSWERS_S
        while not self.has_read(ends):
            batch = await self.read(_WAITS_S)
            if batch:
                take(batch)
                until = loop.time() + _ANSWERS_S
            elif loop.time() > until:
                topics = ", ".join(self._topics)
                message = (
                    f"nothing comes of {topics}, though there is something; see"
                    " `coordinator topics acl` for the right to read them"
                )
                raise BrokerFault(message)

    def has_read(self, ends: Mapping[TopicPartition, int]) -> bool:
        """Whether all is read that was there when the topics ended so."""
        return all(self.places[one] >= end for one, end in ends.items())

    def behind(self) -> int:
        """Count the records that are known to be there and are not read."""
        return sum(
            max(0, (self._consumer.highwater(one) or 0) - place)
            for one, place in self.places.items()
        )

    async def stop(self) -> None:
        """Let go."""
        await self._consumer.stop()

    async def _begin(self) -> dict[TopicPartition, int]:
        """Be assigned every partition, and say where each ends."""
        try:
            async with asyncio.timeout(_ANSWERS_S):
                await self._consumer.start()
                await self._see_topics()
                # Without a group, who subscribes to a topic has all its partitions.
                self._consumer.subscribe(self._topics)
                while not (found := self._consumer.assignment()):
                    await self._consumer.getmany(timeout_ms=_SOON_MS)
                ends: dict[TopicPartition, int] = await self._consumer.end_offsets(
                    found
                )
        except (KafkaError, TimeoutError) as error:
            raise unreadable_cluster(error) from error
        return ends

    def _go_to(self, partition: TopicPartition, place: int) -> None:
        self.places[partition] = place
        self._consumer.seek(partition, place)

    async def _see_topics(self) -> None:
        known = await self._consumer.topics()
        missing = [name for name in self._topics if name not in known]
        if missing:
            message = (
                f"the cluster has no topic {missing[0]} that this program may read; run"
                " `coordinator topics apply`, and see `coordinator topics acl`"
            )
            raise BrokerFault(message)
