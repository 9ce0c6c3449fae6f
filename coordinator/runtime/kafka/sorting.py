"""
One record of an outbox, sorted: into the intake, or among the rejected.

What ingress looks up is stamped on what is let in; what is turned away is answered by a
receipt.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from aiokafka.structs import ConsumerRecord

from coordinator.events import Problem, Rejected, decode
from coordinator.runtime.clock import Clock
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.inbox import receipt
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.rejecting import place_of, poison, rejection
from coordinator.runtime.port import StoreError
from coordinator.runtime.step import Outcome

__all__ = ["Earlier", "Sorted", "Sorter"]

Earlier = Callable[[str], bytes | None]
"""Gives the bytes of the first event that was let in with an id, if one was."""


class Sorted(NamedTuple):
    """
    What becomes of a record.

    Attributes:
        out: What is written of it, where it belongs.
        event_id: Of an event that is let in.
        answer: The receipt of one that is not.
    """

    out: Outgoing
    event_id: str | None = None
    answer: Outgoing | None = None


class Sorter:
    """
    Ingress's rules, applied to records.

    Args:
        cluster: Joined.
        gate: What is let in.
        clock: Tells how far ahead an event's time is.
        stamps: Whether the clock also says when records are received, in place of
            the broker.
    """

    def __init__(
        self, cluster: Cluster, gate: Gate, clock: Clock, *, stamps: bool = False
    ) -> None:
        self._cluster = cluster
        self._gate = gate
        self._clock = clock
        self._stamps = stamps

    def sort(self, message: ConsumerRecord, agency: str, earlier: Earlier) -> Sorted:
        """
        Sort a record.

        Args:
            message: As it stands in the outbox.
            agency: Whose outbox it is.
            earlier: What was let in before.

        Raises:
            StoreError: It cannot be said what was let in before.
        """
        connection, value = self._cluster.connection, message.value or b""
        now = self._clock.now()
        try:
            return self._let_in(message, agency, earlier, now)
        except Rejected as rejected:
            problem = rejected.problem
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one record holds up no other
            kept, told = poison(connection, message, error)
            return Sorted(kept, None, told)
        place = place_of(message)
        out = rejection(connection, value, problem, sender=agency, place=place)
        outcome = Outcome(problem.event_id, None, problem)
        answer = receipt(connection, agency, outcome, origin=message.offset)
        return Sorted(out, None, answer)

    def _let_in(
        self, message: ConsumerRecord, agency: str, earlier: Earlier, now: datetime
    ) -> Sorted:
        event = decode(message.value or b"")
        record = self._gate.admit(
            event, sender=agency, at=now, earlier=earlier(event.id)
        )
        if isinstance(record, Problem):
            raise Rejected(record)
        at = now if self._stamps else None
        out = self._cluster.intake(record, received_at=at, origin=message.offset)
        return Sorted(out, event.id)
