"""
Waiting for an instant of a home's clock, or to be woken before it.

On Linux the kernel holds the alarm (timerfd, on the clock that tells the date): it
goes off at the instant however long the machine was suspended meanwhile, and at once
when somebody sets the machine's clock, without a look at it in between. Elsewhere a
wait ends at the latest after a minute, and whoever waits looks at the clock again; a
jump of the clock is then noticed a minute late.

An alarm may end early and never late, so that what is due is looked up afterwards.
"""

import asyncio
import sys
from contextlib import suppress
from datetime import datetime
from typing import Final, Protocol

from coordinator.runtime.clock import Clock, ManualClock, SystemClock
from coordinator.runtime.instants import to_ms
from coordinator.runtime.timerfd import Timerfd

__all__ = ["Alarm", "PatientAlarm", "alarm_of"]

# Only where there is no timerfd: how late a jump of the clock may be noticed.
_LONGEST_S: Final = 60.0


class Alarm(Protocol):
    """For one waiter, in one event loop."""

    async def wait(self, until: datetime | None) -> None:
        """Wait until an instant (None: for ever) or until woken, whichever is first."""

    def wake(self) -> None:
        """End the wait; if nobody waits, the next wait ends at once."""

    def close(self) -> None:
        """Let go of what it holds open."""


def alarm_of(clock: Clock) -> Alarm:
    """
    Make an alarm for a clock, in the event loop that will wait.

    A clock of no known kind is taken to run at the machine's speed.
    """
    if isinstance(clock, ManualClock):
        return _WatchingAlarm(clock)
    if sys.platform == "linux" and isinstance(clock, SystemClock):
        return _KernelAlarm(clock)
    return PatientAlarm(clock)


class _WakingAlarm:
    """What every alarm has: being woken."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """End the wait; if nobody waits, the next wait ends at once."""
        self._woken.set()

    def close(self) -> None:
        """Let go of nothing: there is nothing held open."""


class _WatchingAlarm(_WakingAlarm):
    """An alarm of a clock that is moved by hand: each move is a look at it."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self._leave = clock.watch(self.wake)

    async def wait(self, until: datetime | None) -> None:
        """Wait until the clock is moved or somebody wakes us."""
        if until is None or self._clock.now() < until:
            await self._woken.wait()
        self._woken.clear()

    def close(self) -> None:
        """Watch no more."""
        self._leave()


class PatientAlarm(_WakingAlarm):
    """An alarm of the event loop's own, which does not notice the clock being set."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    async def wait(self, until: datetime | None) -> None:
        """Wait, at the longest a minute."""
        wait_s = _LONGEST_S
        if until is not None:
            wait_s = min(wait_s, (until - self._clock.now()).total_seconds())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, wait_s)):
                await self._woken.wait()
        self._woken.clear()


class _KernelAlarm(_WakingAlarm):
    """An alarm that the kernel holds."""

    def __init__(self, clock: SystemClock) -> None:
        super().__init__()
        self._offset = clock.offset
        self._timer = Timerfd()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._timer.fd, self._rung)

    async def wait(self, until: datetime | None) -> None:
        """Wait until the kernel rings, the machine's clock is set, or we are woken."""
        if until is not None and not self._timer.set(to_ms(until - self._offset)):
            self._woken.set()
        await self._woken.wait()
        self._woken.clear()

    def _rung(self) -> None:
        self._timer.clear()
        self._woken.set()

    def close(self) -> None:
        """Give the timer back."""
        self._loop.remove_reader(self._timer.fd)
        self._timer.close()
