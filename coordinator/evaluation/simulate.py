"""
A protocol tried out on a file of events: no store, no wall clock.

Each event is received at its `recordedtime` or else its `time`; a time before the
last one counts as the last. Deadlines and reminders due up to and at that moment
fire first: by the rung's instant, then order of opening, then rung. Pages count as
sent, with no record of it; one to somebody named unreachable gives its record.

Source: `coordinator simulate --help`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from coordinator.events import (
    Event,
    Problem,
    Rejected,
    decode,
    format_time,
    own,
    parse_time,
)
from coordinator.protocol import (
    Admission,
    Decision,
    Knows,
    Record,
    Rules,
    State,
    apply,
    decide,
    received_at,
)

__all__ = ["Simulation", "Step", "knows_everything"]


def _nobody_has_a_key(_: str) -> None:
    return None


knows_everything = Knows(
    agency=lambda _: True, contact=lambda _: True, public_key=_nobody_has_a_key
)
"""A directory for simulations: every well-formed agency and contact is in it."""


class Step(NamedTuple):
    """One record of a simulation: what was decided on, or why it was turned away."""

    event: Event | None
    decision: Decision | None
    problem: Problem | None


class Simulation:
    """
    A run of the protocol in virtual time.

    Args:
        rules: The protocol version; every key opens under it.
        unreachable: (agency, role) pairs whom no page reaches; an office's id
            stands for both.
        knows: The directory; by default everybody is in it.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        unreachable: Iterable[tuple[str, str]] = (),
        knows: Knows = knows_everything,
    ) -> None:
        self.now: datetime | None = None
        self.states: dict[str, State] = {}
        self._rules = rules
        self._unreachable = frozenset(unreachable)
        self._admission = Admission(rules, knows, own_types=True)
        self._decided: dict[str, bytes] = {}
        self._opened: dict[str, int] = {}
        self._timers: list[tuple[datetime, int, int, str, str]] = []

    def take(self, raw: bytes) -> Iterator[Step]:
        """Fire what is due by the event's receipt, then decide the event."""
        try:
            event = decode(raw)
        except Rejected as rejected:
            yield Step(None, None, rejected.problem)
            return
        at = event.recordedtime or event.time
        if self.now is not None and at < self.now:
            at = self.now
        yield from self.run_until(at)
        record = self._admission.admit(
            event, sender=None, at=at, earlier=self._decided.get(event.id)
        )
        if isinstance(record, Problem):
            yield Step(event, None, record)
            return
        self._decided[event.id] = event.raw
        yield from self._decide(record)

    def run_until(self, at: datetime) -> Iterator[Step]:
        """Move the clock on, firing what is due up to and at the instant."""
        while self._timers and self._timers[0][0] <= at:
            due, _, rung, key, obligation = heappop(self._timers)
            owed = self.states[key].obligations[obligation]
            if owed.pending.get(rung) != format_time(due):
                continue  # closed, moved, or taken in another record's decision
            self.now = due
            event = own.deadline_passed(
                key=key, obligation=obligation, rung=rung, due=due, at=due
            )
            yield from self._decide(Record(key, due, self._rules, event))
        self.now = at

    def _decide(self, record: Record) -> Iterator[Step]:
        state = self.states.setdefault(record.key, State(record.key))
        record = record._replace(received_at=received_at(state, record))
        decision = decide(state, record)
        apply(state, record, decision)
        for opened in decision["opened"]:
            self._opened[opened["id"]] = len(self._opened)
        for timer in decision["timers"]:
            obligation, rung = timer["obligation"], timer["rung"]
            at = parse_time(timer["at"])
            order = self._opened[obligation]
            heappush(self._timers, (at, order, rung, record.key, obligation))
        yield Step(record.event, decision, None)
        for page in decision["pages"]:
            if (page["agency"], page["role"]) in self._unreachable:
                event = own.page_unreachable(
                    key=record.key, page_id=page["id"], at=record.received_at
                )
                yield from self._decide(
                    Record(record.key, record.received_at, self._rules, event)
                )
