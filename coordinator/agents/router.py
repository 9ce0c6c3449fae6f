"""
The router: what was decided, told to those whom it concerns, and to its sender.

    case.log ─┬▶ agency.<id>.inbox   deliveries, each in its receiver's view
              └▶ agency.<id>.inbox   a receipt, for the sender

It acts on the first decision of each intake record. An agency that has no inbox yet
holds up nobody else: the place in the log stays uncommitted until it has one.
"""

from collections.abc import Iterator, Mapping, Sequence

import structlog
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.inbox import delivery, receipt
from coordinator.runtime.kafka.logged import UnreadableError, read_log, record_in
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.undelivered import Undelivered
from coordinator.runtime.step import Outcome

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
                for one in self._told(partition, message):
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

    def _told(
        self, partition: TopicPartition, message: ConsumerRecord
    ) -> Iterator[Outgoing]:
        try:
            logged = read_log(message.value)
            if logged.position <= self._positions[partition]:
                return  # a copy: the first one counted
            record = record_in(logged, self._versions.rules.__getitem__)
        except (UnreadableError, ValueError, LookupError) as error:
            _log.error(
                "log.unreadable",
                partition=message.partition,
                offset=message.offset,
                error=type(error).__name__,
            )
            return
        self._positions[partition] = logged.position
        rules = self._versions.rules[logged.decision["profile"]]
        for one in logged.decision["deliveries"]:
            if one["to"] not in rules.spec.offices:
                yield delivery(self._connection, record, one, rules)
        if logged.sender is not None:
            outcome = Outcome(record.event.id, logged.decision, None)
            yield receipt(
                self._connection, logged.sender, outcome, origin=logged.origin
            )
