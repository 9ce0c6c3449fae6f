"""
The sweeper: the instant a rung comes due, it has that decided.

Timers are rows of the store, so there is nothing to lose here: a sweeper that dies
leaves the row, and the next one finds it overdue. What has been taken is said by the
decision alone. It sleeps until the earliest row, or until it is woken.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from coordinator.events import parse_time
from coordinator.runtime.alarm import Alarm
from coordinator.runtime.clock import Clock
from coordinator.runtime.desk import Desk
from coordinator.runtime.passing import passed
from coordinator.runtime.port import StoreFault, Timers
from coordinator.runtime.step import Outcome, Submission

__all__ = ["Sweeper", "passed"]

# Before another try, of the store or of what stands behind a stuck key.
_AGAIN: Final = timedelta(seconds=5)
_NONE: Final = timedelta(0)


def unmeasured(_: timedelta) -> None:
    """Measure nothing."""


class Sweeper:
    """
    Takes what is due by the home's `clock`, and then waits for the `alarm`.

    A key whose deadline our own code fails to decide is left until the next start, and
    holds up no other; it is in the operator's log and among the rejected. Where
    receipts are stamped by a clock that is behind this one, it waits for that one.

    `late` is told how late each firing is handed on.
    """

    def __init__(
        self,
        desk: Desk,
        timers: Timers,
        clock: Clock,
        alarm: Alarm,
        late: Callable[[timedelta], object] = unmeasured,
    ) -> None:
        self._desk = desk
        self._timers = timers
        self._clock = clock
        self._alarm = alarm
        self._late = late
        self._stuck: set[str] = set()
        self._behind = _NONE
        desk.listen(self._look_again)

    async def run(self) -> None:
        """Sweep for ever; a StoreError ends it, after a StoreFault it tries again."""
        while True:
            try:
                await self.sweep()
                until = self._next()
            except StoreFault:
                until = self._clock.now() + _AGAIN
            await self._alarm.wait(until)

    async def sweep(self) -> None:
        """Take everything due by now; raises where the store cannot keep it."""
        while due := passed(self._timers, self._now(), without=self._stuck):
            sent = self._clock.now()
            for one in due:
                if one.event is not None:
                    self._late(sent - parse_time(one.event.data["due"]))
            outcomes = await self._desk.submit_all(due)
            for submission, outcome in zip(due, outcomes, strict=True):
                if outcome.decision is None and submission.event is not None:
                    self._stuck.add(submission.event.subject or "")
            decided = [one.decision for one in outcomes if one.decision]
            behind = [sent - parse_time(decision["at"]) for decision in decided]
            self._behind = max(behind, default=_NONE)

    def _now(self) -> datetime:
        """Give the time by the clock that decides, as far as it is known."""
        return self._clock.now() - max(self._behind, _NONE)

    def _next(self) -> datetime | None:
        """Say when to look next: at the earliest row that is not a stuck key's."""
        until = self._timers.next_due()
        if until is None:
            return None
        until += max(self._behind, _NONE)
        return max(until, self._clock.now() + _AGAIN) if self._stuck else until

    def _look_again(self, _: Sequence[Submission], outcomes: Sequence[Outcome]) -> None:
        """A decision that set timers may have set one before what is waited for."""
        if any(one.decision and one.decision["timers"] for one in outcomes):
            self._alarm.wake()
