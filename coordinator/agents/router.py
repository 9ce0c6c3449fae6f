"""
The router: what was decided, told to those whom it concerns, and to its sender.

    case.log ─┬▶ agency.<id>.inbox   deliveries, each in its receiver's view
              └▶ agency.<id>.inbox   a receipt, for the sender

It acts on the first decision of each intake record. An agency that has no inbox yet
holds up nobody else: the place in the log stays uncommitted until it has one.
"""

from collections.abc import Mapping, Sequence

import structlog
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.events import Rejected
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.inbox import told
from coordinator.runtime.kafka.logged import UnreadableError, read_log
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.undelivered import Undelivered

__all__ = ["Router"]

_log = structlog.get_logger(__name__)


class Router:
    """The work of a member of the group `router`, on the partitions of the log."""

    def __init__(self, cluster: Cluster) -> None:
        self._connection = cluster.connection
        self._versions = cluster.versions
        self._producer = cluster.producer
        self._undelivered = Undelivered(cluster.producer)
        self._positions: dict[TopicPartition, int] = {}

    async def begin(
        self, partitions: Mapping[TopicPartition, str]
    ) -> Mapping[TopicPartition, int]:
        """Go on where predecessors committed, behind the position that they noted."""
        self._positions = {
            one: int(note) if note else -1 for one, note in partitions.items()
        }
        self._undelivered.clear()
        return {}

    async def do(
        self, taken: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Done]:
        """Tell what was read."""
        out: list[Outgoing] = []
        done: dict[TopicPartition, Done] = {}
        for partition, records in taken.items():
            for message in records:
                before = Done(message.offset, str(self._positions[partition]))
                for one in await self._told(partition, message):
                    if await self._can_take(one.topic):
                        out.append(one)
                    else:
                        self._undelivered.add(partition, before, one)
            last = records[-1].offset + 1
            done[partition] = Done(last, str(self._positions[partition]))
        await self._producer.send_all(out)
        return await self._undelivered.bounded(done)

    async def _can_take(self, topic: str) -> bool:
        """Whether a topic is there, and has all that was for it before."""
        if self._undelivered.waits_for(topic):
            return False
        return await self._producer.has(topic)

    async def _told(
        self, partition: TopicPartition, message: ConsumerRecord
    ) -> list[Outgoing]:
        """Say whom to tell what; nobody of what no case worker can have written."""
        try:
            logged = read_log(message.value)
            if logged.position <= self._positions[partition]:
                return []  # a copy: the first one counted
            for reference in {logged.profile, logged.decision["profile"]}:
                await self._versions.know(reference)
            out = list(told(self._connection, logged, self._versions.rules))
        except (UnreadableError, Rejected, LookupError) as error:
            _log.error(
                "log.unreadable",
                partition=message.partition,
                offset=message.offset,
                error=type(error).__name__,
            )
            return []
        self._positions[partition] = logged.position
        return out
