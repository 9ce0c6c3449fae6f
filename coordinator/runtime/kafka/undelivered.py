"""
What cannot be delivered yet, since its receiver has no inbox on the cluster.

It is tried again and again, and the place in the log that it comes from stays
uncommitted meanwhile: whoever goes on from there delivers it, and what came behind it
once more, with the same ids.
"""

from collections import defaultdict
from collections.abc import Mapping

import structlog
from aiokafka.structs import TopicPartition

from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.outgoing import Outgoing, Producer

__all__ = ["Undelivered"]

_log = structlog.get_logger(__name__)


class Undelivered:
    """What waits for a topic, by the partition of the log that it comes from."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._waiting: defaultdict[TopicPartition, list[tuple[Done, Outgoing]]]
        self._waiting = defaultdict(list)
        self._last: dict[TopicPartition, Done] = {}
        self._said: set[str] = set()

    def clear(self) -> None:
        """Forget it: whoever has the partitions now reads it again."""
        self._waiting.clear()
        self._last.clear()

    def add(self, partition: TopicPartition, before: Done, record: Outgoing) -> None:
        """
        Have something wait.

        Args:
            partition: Of the log.
            before: How far that is done without it.
            record: What is to be written.
        """
        if record.topic not in self._said:
            self._said.add(record.topic)
            _log.error("inbox.missing", topic=record.topic, offset=before.next)
        self._waiting[partition].append((before, record))

    async def bounded(
        self, done: Mapping[TopicPartition, Done]
    ) -> dict[TopicPartition, Done]:
        """
        Deliver what can be delivered by now, and say how far partitions are done.

        Args:
            done: How far they would be if nothing waited.
        """
        self._last.update(done)
        for partition, waiting in list(self._waiting.items()):
            now: list[tuple[Done, Outgoing]] = []
            later: list[tuple[Done, Outgoing]] = []
            for one in waiting:
                is_there = await self._producer.has(one[1].topic)
                (now if is_there else later).append(one)
            await self._producer.send_all([record for _, record in now])
            self._waiting[partition] = later
            if not later:
                del self._waiting[partition]
        return {
            partition: min([last, *(before for before, _ in self._waiting[partition])])
            if partition in self._waiting
            else last
            for partition, last in self._last.items()
        }
