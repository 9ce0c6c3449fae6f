"""
Reading a stretch of one partition, from one offset up to another.

For what is read again now and then: what somebody else wrote in between, or what stood
there before a worker began.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.consuming import consumer, unreadable_cluster

__all__ = ["Span"]

_ANSWERS_S: Final = 60.0
# A broker answers nothing else on a connection while a fetch waits for more records.
_WAITS_MS: Final = 50


class Span:
    """Reads stretches, one at a time; to be started in the event loop that reads."""

    def __init__(self, connection: Connection) -> None:
        self._consumer = consumer(
            connection, group_id=None, fetch_max_wait_ms=_WAITS_MS
        )

    async def start(self) -> None:
        """
        Connect.

        Raises:
            BrokerFault: No broker answers.
        """
        try:
            async with asyncio.timeout(_ANSWERS_S):
                await self._consumer.start()
        except (KafkaError, TimeoutError) as error:
            raise unreadable_cluster(error) from error

    async def stop(self) -> None:
        """Let go."""
        await self._consumer.stop()

    async def end(self, partition: TopicPartition) -> int:
        """
        Say where a partition ends now.

        Raises:
            BrokerFault: No broker answers.
        """
        try:
            async with asyncio.timeout(_ANSWERS_S):
                ends = await self._consumer.end_offsets([partition])
        except (KafkaError, TimeoutError) as error:
            raise unreadable_cluster(error) from error
        return int(ends[partition])

    async def read(
        self, partition: TopicPartition, start: int, end: int
    ) -> AsyncIterator[Sequence[ConsumerRecord]]:
        """
        Read a stretch in pieces, each of one record at least.

        Args:
            partition: Which.
            start: The first record's offset.
            end: The offset behind the last one's; it must be there already.

        Raises:
            BrokerFault: It cannot be read.
        """
        if start >= end:
            return
        self._consumer.assign([partition])
        self._consumer.seek(partition, start)
        try:
            while start < end:
                taken = await self._taken(partition)
                piece = [one for one in taken if one.offset < end]
                if piece:
                    yield piece
                if taken:
                    start = taken[-1].offset + 1
        finally:
            self._consumer.unsubscribe()

    async def _taken(self, partition: TopicPartition) -> Sequence[ConsumerRecord]:
        try:
            async with asyncio.timeout(_ANSWERS_S):
                taken: Mapping[
                    TopicPartition, Sequence[ConsumerRecord]
                ] = await self._consumer.getmany(partition, timeout_ms=1000)
        except (KafkaError, TimeoutError) as error:
            raise unreadable_cluster(error) from error
        return taken.get(partition, ())
