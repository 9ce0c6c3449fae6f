"""An alarm ends a wait at an instant of its clock, or when it is woken."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from coordinator.runtime.alarm import Alarm, PatientAlarm, alarm_of
from coordinator.runtime.clock import Clock, ManualClock, SystemClock
from coordinator.runtime.timerfd import Timerfd

NOON: Final = datetime(2026, 3, 2, tzinfo=UTC)
# Nothing takes so long; a wait that never ends fails its test.
HANGS_S: Final = 20.0


@contextmanager
def alarmed(clock: Clock) -> Iterator[Alarm]:
    """Give an alarm for a clock."""
    alarm = alarm_of(clock)
    yield alarm
    alarm.close()


async def ended(alarm: Alarm, until: datetime | None) -> None:
    """Wait, and fail if it never ends."""
    async with asyncio.timeout(HANGS_S):
        await alarm.wait(until)


async def settled() -> None:
    """Let everything that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def clocks() -> list[Clock]:
    """List a clock of each kind."""
    return [ManualClock(NOON), SystemClock(), SystemClock(offset_ms=-(10**11))]


@pytest.mark.parametrize("clock", clocks())
async def test_an_instant_that_is_past_is_not_waited_for(clock: Clock) -> None:
    """However long ago it was."""
    with alarmed(clock) as alarm:
        await ended(alarm, clock.now())
        await ended(alarm, clock.now() - timedelta(days=30_000))


@pytest.mark.parametrize("clock", clocks())
async def test_it_can_be_woken_before_its_time(clock: Clock) -> None:
    """Woken while nobody waits, it ends the next wait: nothing is missed between."""
    with alarmed(clock) as alarm:
        alarm.wake()
        await ended(alarm, clock.now() + timedelta(days=1))

        waiting = asyncio.create_task(ended(alarm, None))
        await settled()
        assert not waiting.done()
        alarm.wake()
        await waiting


@pytest.mark.parametrize("offset_ms", [0, 86_400_000, -86_400_000])
async def test_the_kernel_rings_no_earlier_than_asked(offset_ms: int) -> None:
    """By the home's clock, wherever that stands."""
    clock = SystemClock(offset_ms=offset_ms)
    with alarmed(clock) as alarm:
        until = clock.now() + timedelta(milliseconds=20)
        await ended(alarm, until)

        assert clock.now() >= until


async def test_a_clock_moved_by_hand_wakes_who_waits_for_it() -> None:
    """Moved not far enough it may be looked at; moved to the instant it must be."""
    clock = ManualClock(NOON)
    with alarmed(clock) as alarm:
        waiting = asyncio.create_task(ended(alarm, NOON + timedelta(hours=1)))
        await settled()
        assert not waiting.done()
        clock.advance(timedelta(hours=1))
        await waiting


async def test_without_the_kernels_timers_the_loop_waits() -> None:
    """A patient alarm ends at its instant too, and can be woken."""
    clock = SystemClock()
    alarm = PatientAlarm(clock)
    until = clock.now() + timedelta(milliseconds=20)
    await ended(alarm, until)
    alarm.wake()
    await ended(alarm, clock.now() + timedelta(days=1))
    await ended(alarm, clock.now() - timedelta(days=1))
    alarm.close()


async def test_the_kernels_timer_can_be_set_again() -> None:
    """The last setting counts, and an instant that is past rings at once."""
    timer = Timerfd()
    rung = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(timer.fd, rung.set)
    far_ms = int((SystemClock().now() + timedelta(days=1)).timestamp() * 1000)
    timer.set(far_ms)
    await settled()
    assert not rung.is_set()

    timer.set(-5)
    async with asyncio.timeout(HANGS_S):
        await rung.wait()
    timer.clear()
    timer.clear()  # it may be looked at once too often

    loop.remove_reader(timer.fd)
    timer.close()


def test_the_clocks_tell_whole_milliseconds() -> None:
    """Aware, in UTC; offsets move the time and not the speed."""
    ahead = SystemClock(offset_ms=3_600_000)
    now = ahead.now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert timedelta() <= now - SystemClock().now() <= timedelta(hours=1)
    assert ManualClock(NOON + timedelta(microseconds=1999)).now() == (
        NOON + timedelta(milliseconds=1)
    )


def test_a_clock_can_be_set_back() -> None:
    """Machines' clocks do that too; whoever no longer watches is not told."""
    clock = ManualClock(NOON)
    seen: list[datetime] = []
    leave = clock.watch(lambda: seen.append(clock.now()))

    clock.set(NOON - timedelta(hours=1))
    leave()
    clock.advance(timedelta(minutes=1))

    assert seen == [NOON - timedelta(hours=1)]
