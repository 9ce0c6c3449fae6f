"""
The case agent: decides every record of the intake, in order, exactly once.

    case.intake ─▶ decide ─▶ case.log

It goes on behind the last position that the log has, whatever was committed. A record
that our own code fails on goes to the rejected, and holds up no other.
"""

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.deciding import Decider
from coordinator.runtime.kafka.caselog import CaseLog, Row
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.intake import Stood, Taken
from coordinator.runtime.kafka.logged import to_log
from coordinator.runtime.kafka.metrics import count_decision
from coordinator.runtime.kafka.rejecting import poison
from coordinator.runtime.port import StoreError, StoreFault

__all__ = ["CaseAgent"]


class CaseAgent:
    """The work of a member of the group `case`, on the partitions of the intake."""

    def __init__(self, cluster: Cluster, log: CaseLog) -> None:
        self._cluster = cluster
        self._log = log
        self._decider = Decider(log.history)

    async def begin(
        self, partitions: Mapping[TopicPartition, str]
    ) -> Mapping[TopicPartition, int]:
        """Read the log of partitions to its end, and go on behind it."""
        decided = await self._log.begin([one.partition for one in partitions])
        # Somebody else may have decided meanwhile: states are read again.
        self._decider.forget(self._decider.keys())
        return {one: decided[one.partition] + 1 for one in partitions}

    async def do(
        self, taken: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Done]:
        """Decide what was read, and write it down."""
        await asyncio.gather(
            *[self._decide(one.partition, records) for one, records in taken.items()]
        )
        return {one: Done(records[-1].offset + 1) for one, records in taken.items()}

    async def _decide(self, partition: int, records: Sequence[ConsumerRecord]) -> None:
        rows: list[Row] = []
        stood: set[Stood] = set()
        for message in records:
            if message.offset <= self._log.position(partition):
                continue
            try:
                taken = await self._cluster.read(message)
                if taken.stood is not None:
                    if taken.stood in stood or self._log.has(partition, *taken.stood):
                        continue  # a copy of what was taken before
                    stood.add(taken.stood)
                rows.append(self._row(taken, message.offset))
            except (StoreError, StoreFault):
                raise
            except Exception as error:  # noqa: BLE001 - one record holds up no other
                await self._write(partition, rows)
                rows = []
                await self._give_up(message, error)
        await self._write(partition, rows)

    async def _give_up(self, message: ConsumerRecord, error: Exception) -> None:
        """Keep what we failed on, and tell its sender, who may have no inbox."""
        kept, receipt = poison(self._cluster.connection, message, error)
        out, producer = [kept], self._cluster.producer
        if receipt is not None and await producer.has(receipt.topic):
            out.append(receipt)
        await producer.send_all(out)

    def _row(self, taken: Taken, position: int) -> Row:
        given, origin = taken
        try:
            record, decision = self._decider.decide(given)
        except Exception:
            self._decider.forget([given.key])
            raise
        count_decision(decision)
        value = to_log(
            record, decision, at=given.received_at, position=position, origin=origin
        )
        return Row(position, given.key, given.sender, origin, value)

    async def _write(self, partition: int, rows: Sequence[Row]) -> None:
        if rows:
            self._decider.forget(await self._log.append(partition, rows))
