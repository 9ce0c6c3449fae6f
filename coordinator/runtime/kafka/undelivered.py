"""
What cannot be delivered yet, since its receiver has no inbox on the cluster.

It is tried again and again, and the place in the log that it comes from stays
uncommitted meanwhile: whoever goes on from there delivers it, and what came behind it
once more, with the same ids. What comes for a receiver that is waited for waits too, so
that an inbox has its deliveries in order.
"""

from collections.abc import Mapping

import structlog
from aiokafka.structs import TopicPartition

from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.outgoing import Outgoing, Producer

__all__ = ["Undelivered"]

_log = structlog.get_logger(__name__)


class Undelivered:
    """What waits for a topic, by the partitions of the log that it comes from."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._waiting: dict[str, dict[TopicPartition, list[tuple[Done, Outgoing]]]] = {}
        self._last: dict[TopicPartition, Done] = {}
        self._said: set[str] = set()

    def clear(self) -> None:
        """Forget it: whoever has the partitions now reads it again."""
        self._waiting.clear()
        self._last.clear()

    def waits_for(self, topic: str) -> bool:
        """Whether something waits for a topic."""
        return topic in self._waiting

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
        waiting = self._waiting.setdefault(record.topic, {})
        waiting.setdefault(partition, []).append((before, record))

    async def bounded(
        self, done: Mapping[TopicPartition, Done]
    ) -> dict[TopicPartition, Done]:
        """
        Deliver what can be delivered by now, and say how far partitions are done.

        Args:
            done: How far they would be if nothing waited.
        """
        self._last.update(done)
        for topic, waiting in list(self._waiting.items()):
            if await self._producer.has(topic):
                await self._producer.send_all(
                    [record for some in waiting.values() for _, record in some]
                )
                del self._waiting[topic]
        bounded = dict(self._last)
        for waiting in self._waiting.values():
            for partition, some in waiting.items():
                bounded[partition] = min(bounded[partition], some[0][0])
        return bounded
