"""
The sweeper: the instant a rung comes due, it has that decided.

Timers are rows of the store, so there is nothing to lose here: a sweeper that dies
leaves the row, and the next one finds it overdue. What has been taken is said by the
decision alone. It sleeps until the earliest row, or until it is woken.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from coordinator.events import deadline_passed
from coordinator.runtime.embedded.alarm import Alarm
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.embedded.clock import Clock
from coordinator.runtime.port import DueTimer, Store
from coordinator.runtime.step import Outcome, Submission

__all__ = ["Sweeper", "passed"]

# One transaction's worth.
_BATCH: Final = 500


def passed(store: Store, now: datetime) -> list[Submission]:
    """
    Say which deadlines have passed, as the coordinator's own events.

    One for a key: its decision takes every rung of the key due by then.
    """
    first: dict[str, DueTimer] = {}
    for timer in store.due(now, _BATCH):
        first.setdefault(timer.key, timer)
    return [
        Submission(
            event=deadline_passed(
                key=timer.key,
                obligation=timer.obligation,
                rung=timer.rung,
                due=timer.at,
                at=now,
            )
        )
        for timer in first.values()
    ]


class Sweeper:
    """
    Takes what is due, and then waits.

    Args:
        bus: Where deadlines are decided.
        store: Where the rows are.
        clock: The home's; it tells when.
        alarm: Wakes it at an instant of that clock.
    """

    def __init__(self, bus: Bus, store: Store, clock: Clock, alarm: Alarm) -> None:
        self._bus = bus
        self._store = store
        self._clock = clock
        self._alarm = alarm
        bus.listen(self._look_again)

    async def run(self) -> None:
        """Sweep for ever; a store that cannot keep ends it with that error."""
        while True:
            await self.sweep()
            await self._alarm.wait(self._store.next_due())

    async def sweep(self) -> None:
        """Take everything due by now."""
        while due := passed(self._store, self._clock.now()):
            await self._bus.submit_all(due)

    def _look_again(self, _: Sequence[Submission], outcomes: Sequence[Outcome]) -> None:
        """A decision that set timers may have set one before what is waited for."""
        if any(one.decision and one.decision["timers"] for one in outcomes):
            self._alarm.wake()
