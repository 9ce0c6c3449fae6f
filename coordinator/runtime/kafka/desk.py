"""
Having something decided on a cluster: into the intake, and back through the log.

It is the coordinator's and the operator's way; an agency has its outbox.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from coordinator.events import Problem, Rejected, decode
from coordinator.protocol import Record
from coordinator.runtime.clock import Clock
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.mirror import Mirror
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.rejecting import rejection
from coordinator.runtime.port import StoreFault
from coordinator.runtime.step import Listener, Outcome, Submission

__all__ = ["KafkaDesk"]

# A case worker may be just starting, or be handing its partitions over.
_DECIDES_S: Final = 120.0


class KafkaDesk:
    """
    Takes submissions from any task of one event loop; see `runtime.desk.Desk`.

    Args:
        cluster: Joined; a version is active.
        mirror: Started, and running.
        gate: What of others' events is let in; None where there are none.
        clock: Tells how far ahead an event's time is.
        stamps: Whether the clock also says when records are received, in place of
            the broker.
        decides_s: How long to wait for decisions; seconds.
    """

    def __init__(  # noqa: PLR0913 - each is a part of its own
        self,
        cluster: Cluster,
        mirror: Mirror,
        gate: Gate | None,
        clock: Clock,
        *,
        stamps: bool = False,
        decides_s: float = _DECIDES_S,
    ) -> None:
        self._cluster = cluster
        self._connection = cluster.connection
        self._versions = cluster.versions
        self._producer = cluster.producer
        self._mirror = mirror
        self._gate = gate
        self._clock = clock
        self._stamps = stamps
        self._decides_s = decides_s

    async def submit_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Have several decided, in order; see `Desk.submit_all`."""
        seen: dict[str, bytes] = {}
        read = [self._read(one, seen) for one in submissions]
        written = await self._producer.send_all(
            [
                self._outgoing(one, submission)
                for one, submission in zip(read, submissions, strict=True)
            ]
        )
        try:
            async with asyncio.timeout(self._decides_s):
                return [
                    Outcome(one.event_id, None, one)
                    if isinstance(one, Problem)
                    else await self._mirror.outcome((at.topic, at.partition, at.offset))
                    for one, at in zip(read, written, strict=True)
                ]
        except TimeoutError as error:
            message = (
                "it is in the intake, and no decision came; see that a case worker"
                " runs. It will be decided; sending it again is harmless"
            )
            raise StoreFault(message) from error

    def listen(self, listener: Listener) -> None:
        """Tell a listener of everything decided from now on."""
        self._mirror.listen(listener)

    def _read(self, one: Submission, seen: dict[str, bytes]) -> Record | Problem:
        now = self._clock.now()
        if one.event is not None:
            rules = self._versions.rules[one.version or str(self._versions.active)]
            return Record(one.event.subject or "", now, rules, one.event)
        if self._gate is None:
            message = "only the coordinator's own events are submitted here"
            raise ValueError(message)
        try:
            event = decode(one.raw)
        except Rejected as rejected:
            return rejected.problem
        earlier = seen.get(event.id) or self._mirror.store.decided([event.id]).get(
            event.id
        )
        read = self._gate.admit(event, sender=one.sender, at=now, earlier=earlier)
        if isinstance(read, Record):  # a rejected one's id is free again
            seen.setdefault(event.id, event.raw)
        return read

    def _outgoing(self, one: Record | Problem, submission: Submission) -> Outgoing:
        if isinstance(one, Problem):
            raw, sender = submission.raw, submission.sender
            return rejection(self._connection, raw, one, sender=sender, place=None)
        at = one.received_at if self._stamps else None
        return self._cluster.intake(one, received_at=at)
