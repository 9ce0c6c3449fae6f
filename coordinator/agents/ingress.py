"""
The ingress agent: what agencies send, let into the intake or turned away.

    agency.<id>.outbox ─┬▶ case.intake
                        └▶ rejected, and a receipt in the agency's inbox

A record of an outbox goes to one place, once: whoever takes an outbox over first reads
what was let in before.
"""

from collections.abc import Mapping, Sequence

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.seen import Seen
from coordinator.runtime.kafka.sorting import Sorted, Sorter
from coordinator.topics import OUTBOX

__all__ = ["IngressAgent"]


class IngressAgent:
    """
    The work of a member of the group `ingress`, on outboxes.

    Args:
        cluster: Joined.
        seen: What was let in before, whoever let it in; running.
        sorter: Says where a record belongs.
    """

    def __init__(self, cluster: Cluster, seen: Seen, sorter: Sorter) -> None:
        self._cluster = cluster
        self._seen = seen
        self._sorter = sorter

    async def begin(
        self, _: Mapping[TopicPartition, str]
    ) -> Mapping[TopicPartition, int]:
        """Read what predecessors let in, and go on where they committed."""
        await self._cluster.versions.some_active()
        await self._seen.catch_up()
        return {}

    async def do(
        self, taken: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Done]:
        """Let in, or turn away, what was read."""
        fresh: dict[str, bytes] = {}
        found: list[Sorted] = []
        origins: list[tuple[str, int, bytes]] = []

        def earlier(event_id: str) -> bytes | None:
            return fresh.get(event_id) or self._seen.event(event_id)

        for outbox, records in taken.items():
            names = self._cluster.connection.names
            agency = names.agency_of(OUTBOX, outbox.topic) or ""
            for message in records:
                whose = (agency, message.offset, message.value or b"")
                if self._seen.has(*whose):
                    continue
                one = self._sorter.sort(message, agency, earlier)
                found.append(one)
                origins.append(whose)
                if one.event_id is not None:
                    fresh.setdefault(one.event_id, message.value)
        if found:
            await self._write(found)
            self._seen.note(list(fresh.items()), origins)
        return {one: Done(records[-1].offset + 1) for one, records in taken.items()}

    async def _write(self, found: Sequence[Sorted]) -> None:
        producer = self._cluster.producer
        # A receipt for one who has no inbox yet is not waited for.
        answers = [
            one.answer
            for one in found
            if one.answer is not None and await producer.has(one.answer.topic)
        ]
        # What is among the rejected is not looked at again, so its answer goes first.
        await producer.send_all(answers)
        await producer.send_all([one.out for one in found])
