"""Noticing that nothing is done though records wait."""

import asyncio

import pytest

from coordinator.runtime.kafka.progress import (
    Place,
    Progress,
    StalledError,
    watch,
)

STALL_S = 60.0
LOOKS_S = 5.0


def progress() -> Progress:
    """Give one that allows a minute."""
    return Progress("case.intake", STALL_S, looks_s=LOOKS_S)


def see(of: Progress, places: list[Place], *, since: float = 0.0) -> float:
    """Look at one place after another; gives when the next look is due."""
    at = since
    for place in places:
        of.see(place, at)
        at += LOOKS_S
    return at


def test_records_that_wait_while_none_is_done_end_it() -> None:
    """It names what is read, how much waits, and for how long."""
    looked = progress()
    at = see(looked, [Place(100, 7)] * 12)
    assert looked.still_s == 55.0
    with pytest.raises(StalledError, match=r"^case\.intake: 7 records .* 60 s"):
        looked.see(Place(100, 7), at)


def test_more_and_more_records_end_it_as_well() -> None:
    """That more wait by now is no progress."""
    with pytest.raises(StalledError):
        see(progress(), [Place(100, behind) for behind in range(7, 20)])


def test_work_that_is_slow_goes_on() -> None:
    """One record done begins the time anew, however many wait."""
    slow = [Place(done, 1000 + 9 * done) for done in range(5) for _ in range(12)]
    see(progress(), slow)


def test_nothing_to_do_is_no_standing_still() -> None:
    """A quiet night is not a fault."""
    see(progress(), [Place(100, 0)] * 100)


def test_only_what_waits_counts_from_when_it_waits() -> None:
    """After a quiet night the first record has the whole time."""
    looked = progress()
    at = see(looked, [Place(100, 0)] * 100)
    see(looked, [Place(100, 1)] * 12, since=at)
    assert looked.still_s == 11 * LOOKS_S


def test_a_process_that_was_stopped_has_not_stood_still() -> None:
    """Hours in which nobody looked count as no more than two looks."""
    looked = progress()
    looked.see(Place(100, 7), 0.0)
    looked.see(Place(100, 7), 7200.0)
    assert looked.still_s == 2 * LOOKS_S


async def stands() -> Place:
    """Be a process that has one record to do and does not do it."""
    return Place(1, 1)


async def test_watching_ends_with_the_error() -> None:
    """So does the task group that it is in, and the process with it."""
    looked = Progress("case.intake", 0.02, looks_s=0.01)
    async with asyncio.timeout(10):
        with pytest.raises(StalledError):
            await watch(looked, stands, looks_s=0.01)
