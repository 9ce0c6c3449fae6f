"""
The ingress agent: what agencies send, let into the intake or turned away.

    agency.<id>.outbox ─┬▶ case.intake
                        └▶ rejected, and a receipt in the agency's inbox

It stamps what a decision cannot look up. A record of an outbox goes to one place, once:
whoever takes an outbox over first reads what was let in before.
"""

from collections.abc import Mapping, Sequence

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.events import Problem, Rejected, decode
from coordinator.runtime.clock import Clock
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.inbox import receipt
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.rejecting import place_of, poison, rejection
from coordinator.runtime.kafka.seen import Seen
from coordinator.runtime.port import StoreError
from coordinator.runtime.step import Outcome
from coordinator.topics import OUTBOX

__all__ = ["IngressAgent"]


class IngressAgent:
    """
    The work of a member of the group `ingress`, on outboxes.

    Args:
        cluster: Joined.
        seen: What was let in before, whoever let it in; running.
        gate: What is let in.
        clock: Tells how far ahead an event's time is.
        stamps: Whether the clock also says when records are received, in place of
            the broker.
    """

    def __init__(
        self,
        cluster: Cluster,
        seen: Seen,
        gate: Gate,
        clock: Clock,
        *,
        stamps: bool = False,
    ) -> None:
        self._cluster = cluster
        self._connection = cluster.connection
        self._seen = seen
        self._gate = gate
        self._clock = clock
        self._stamps = stamps

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
        out: list[Outgoing] = []
        receipts: list[Outgoing] = []
        fresh: dict[str, bytes] = {}
        origins: list[tuple[str, int, bytes]] = []
        for outbox, records in taken.items():
            agency = self._connection.names.agency_of(OUTBOX, outbox.topic) or ""
            for message in records:
                whose = (agency, message.offset, message.value or b"")
                if not self._seen.has(*whose):
                    out.append(self._sorted(message, agency, fresh, receipts))
                    origins.append(whose)
        if out:
            # A receipt for one who has no inbox yet is not waited for.
            producer = self._cluster.producer
            out += [one for one in receipts if await producer.has(one.topic)]
            await producer.send_all(out)
            self._seen.note(list(fresh.items()), origins)
        return {one: Done(records[-1].offset + 1) for one, records in taken.items()}

    def _sorted(
        self,
        message: ConsumerRecord,
        agency: str,
        fresh: dict[str, bytes],
        receipts: list[Outgoing],
    ) -> Outgoing:
        try:
            return self._let_in(message, agency, fresh)
        except Rejected as rejected:
            problem = rejected.problem
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one record holds up no other
            return poison(self._connection, message, error)
        outcome = Outcome(problem.event_id, None, problem)
        receipts.append(
            receipt(self._connection, agency, outcome, origin=message.offset)
        )
        return rejection(
            self._connection,
            message.value or b"",
            problem,
            sender=agency,
            place=place_of(message),
        )

    def _let_in(
        self, message: ConsumerRecord, agency: str, fresh: dict[str, bytes]
    ) -> Outgoing:
        event, now = decode(message.value or b""), self._clock.now()
        earlier = fresh.get(event.id) or self._seen.event(event.id)
        record = self._gate.admit(event, sender=agency, at=now, earlier=earlier)
        if isinstance(record, Problem):
            raise Rejected(record)
        fresh.setdefault(event.id, event.raw)
        at = now if self._stamps else None
        return self._cluster.intake(record, received_at=at, origin=message.offset)
