"""Every record of a campaign's topics, as it stands there; read by aiokafka alone."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, REJECTED, Topic

__all__ = ["Topics"]

_ANSWERS_S: Final = 60.0


class Topics:
    """
    What stands in the topics, as far as it was read.

    Args:
        connection: The cluster.
        agencies: Who has an outbox and an inbox.
        partitions: Of the intake and of the log.
    """

    def __init__(
        self, connection: Connection, agencies: Sequence[str], partitions: int
    ) -> None:
        self.connection = connection
        self.agencies = agencies
        self.partitions = partitions
        self._records: defaultdict[TopicPartition, list[ConsumerRecord]]
        self._records = defaultdict(list)

    async def read_on(self) -> None:
        """Read every topic to its end."""
        consumer = AIOKafkaConsumer(
            **self.connection.for_aiokafka(), enable_auto_commit=False
        )
        async with asyncio.timeout(_ANSWERS_S):
            await consumer.start()
            try:
                await self._read(consumer)
            finally:
                await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        every = self._every()
        consumer.assign(every)
        for one in every:
            consumer.seek(one, self._next(one))
        ends = await consumer.end_offsets(every)
        while any(self._next(one) < ends[one] for one in every):
            for one, records in (await consumer.getmany(timeout_ms=200)).items():
                self._records[one] += records

    def of(
        self, topic: Topic, agency: str | None = None, partition: int = 0
    ) -> list[ConsumerRecord]:
        """Give the records of a partition, in order."""
        name = self.connection.names.of(topic, agency)
        return self._records[TopicPartition(name, partition)]

    def count(self) -> int:
        """Count all that was read."""
        return sum(map(len, self._records.values()))

    def _next(self, one: TopicPartition) -> int:
        records = self._records[one]
        return int(records[-1].offset) + 1 if records else 0

    def _every(self) -> list[TopicPartition]:
        names = self.connection.names
        return [
            *(
                TopicPartition(names.of(topic, agency), 0)
                for topic in (OUTBOX, INBOX)
                for agency in self.agencies
            ),
            *(
                TopicPartition(names.of(topic), partition)
                for topic in (INTAKE, LOG)
                for partition in range(self.partitions)
            ),
            TopicPartition(names.of(REJECTED), 0),
        ]
