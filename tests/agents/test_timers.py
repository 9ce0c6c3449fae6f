"""The sweeper: each deadline is decided at its instant, once, whatever else fails."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
import pytest

from coordinator.agents.timers import Sweeper
from coordinator.protocol import Decision, Record, State, decide
from coordinator.runtime.alarm import alarm_of
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.memory import MemoryStore
from coordinator.runtime.passing import passed
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.step import Listener, Outcome, Step, Submission
from tests.contract.telling import T0, Teller, step_on, tell


class Desk(NamedTuple):
    """A bus with a sweeper on it."""

    store: MemoryStore
    step: Step
    clock: ManualClock
    bus: Bus
    sweeper: Sweeper


@pytest.fixture
async def desk() -> Desk:
    """Give a bus with a sweeper, on a clock that is moved by hand."""
    store = MemoryStore()
    step = step_on(store)
    clock = ManualClock(T0)
    bus = Bus(step, store, clock)
    return Desk(store, step, clock, bus, Sweeper(bus, store, clock, alarm_of(clock)))


@contextmanager
def running(sweeper: Sweeper) -> Iterator[asyncio.Task[None]]:
    """Let the sweeper run while the block does."""
    task = asyncio.ensure_future(sweeper.run())
    try:
        yield task
    finally:
        task.cancel()


async def settled() -> None:
    """Let everything that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def fired(desk: Desk) -> list[tuple[str, datetime]]:
    """List the coordinator's own decisions: verdict and receipt."""
    return [
        (orjson.loads(row.decision_bytes)["verdict"], row.received_at)
        for row in desk.store.log()
        if orjson.loads(row.event)["source"] == "urn:nz:agency:coordinator"
    ]


async def test_a_rung_is_taken_at_its_instant(desk: Desk) -> None:
    """Not before, and not again: the reminder at 45 minutes, the first rung at 60."""
    with running(desk.sweeper):
        await desk.bus.submit(tell(1)[0])
        desk.clock.set(T0 + timedelta(minutes=44, seconds=59))
        await settled()
        assert fired(desk) == []

        for minutes in (45, 45, 59, 60):
            desk.clock.set(T0 + timedelta(minutes=minutes))
            await settled()

    assert fired(desk) == [
        ("accepted", T0 + timedelta(minutes=45)),
        ("accepted", T0 + timedelta(minutes=60)),
    ]


async def test_what_fell_due_while_nobody_ran_is_taken_at_once(desk: Desk) -> None:
    """One event for a key: its decision takes all the key's due rungs."""
    await desk.bus.submit_all([tell(number)[0] for number in range(3)])
    desk.clock.advance(timedelta(hours=5))

    assert len(passed(desk.store, desk.clock.now())) == 3
    with running(desk.sweeper):
        await settled()

    assert fired(desk) == [("accepted", desk.clock.now())] * 3
    assert passed(desk.store, desk.clock.now()) == []


async def test_more_than_a_batch_due_at_once_are_all_taken(desk: Desk) -> None:
    """A transaction at a time, each once."""
    count = 700
    await desk.bus.submit_all([tell(number)[0] for number in range(count)])
    desk.clock.advance(timedelta(minutes=45))

    await desk.sweeper.sweep()

    assert fired(desk) == [("accepted", desk.clock.now())] * count


async def test_a_timer_set_before_the_awaited_one_wakes_it(desk: Desk) -> None:
    """The sweeper sleeps until the earliest there is, not the earliest there was."""
    await desk.bus.submit(tell(1)[0])
    with running(desk.sweeper):
        desk.clock.advance(timedelta(minutes=45))
        await settled()
        referred = Teller(1)
        await desk.bus.submit(referred.rest()[0])  # Police have 30 minutes
        await settled()
        desk.clock.advance(timedelta(minutes=22, seconds=30))
        await settled()

    assert [at - T0 for _, at in fired(desk)] == [
        timedelta(minutes=45),
        timedelta(minutes=67, seconds=30),
    ]


async def test_after_a_fault_it_tries_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk delays deadlines and loses none; nobody need restart anything."""
    await desk.bus.submit(tell(1)[0])

    def full(*_: object, **__: object) -> list[Outcome]:
        message = "nothing was kept: the disk is full"
        raise StoreFault(message)

    with running(desk.sweeper), monkeypatch.context() as patch:
        patch.setattr(desk.step, "take", full)
        desk.clock.advance(timedelta(minutes=45))
        await settled()
        assert fired(desk) == []
        patch.undo()
        desk.clock.advance(timedelta(seconds=5))
        await settled()

    assert [verdict for verdict, _ in fired(desk)] == ["accepted"]


async def test_a_store_past_mending_ends_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deadlines that cannot be kept are a matter for the operator, at once."""
    await desk.bus.submit(tell(1)[0])
    desk.clock.advance(timedelta(minutes=45))

    def damaged(*_: object, **__: object) -> list[Outcome]:
        message = "the database is damaged"
        raise StoreError(message)

    monkeypatch.setattr(desk.step, "take", damaged)
    with pytest.raises(StoreError):
        await desk.sweeper.run()


async def test_a_key_that_cannot_be_decided_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is left, in the rejection stream once, until the next start."""
    await desk.bus.submit_all([tell(number)[0] for number in range(3)])
    stuck = Teller(1).case

    def failing(state: State, record: Record) -> Decision:
        if state.key == stuck:
            raise ZeroDivisionError
        return decide(state, record)

    monkeypatch.setattr("coordinator.runtime.deciding.decide", failing)
    with running(desk.sweeper) as task:
        for minutes in (45, 50, 60):
            desk.clock.set(T0 + timedelta(minutes=minutes))
            await settled()
        assert not task.done()

    assert [verdict for verdict, _ in fired(desk)] == ["accepted"] * 4
    assert len(list(desk.store.rejected())) == 1
    monkeypatch.undo()
    again = Sweeper(desk.bus, desk.store, desk.clock, alarm_of(desk.clock))
    await again.sweep()
    assert [verdict for verdict, _ in fired(desk)] == ["accepted"] * 5


async def test_stuck_keys_in_front_hide_nothing(desk: Desk) -> None:
    """However many rows of theirs come first."""
    await desk.bus.submit_all([tell(number)[0] for number in range(600)])
    desk.clock.advance(timedelta(minutes=45))
    stuck = {Teller(number).case for number in range(599)}

    (left,) = passed(desk.store, desk.clock.now(), without=stuck)

    assert left.event is not None
    assert left.event.subject == Teller(599).case
    with suppress(ValueError):
        stuck.add(Teller(599).case)
    assert passed(desk.store, desk.clock.now(), without=stuck) == []


class Behind:
    """A desk whose receipts are stamped by a clock that is two seconds behind."""

    def __init__(self, bench: Desk) -> None:
        self.bench = bench
        self.asked: list[datetime] = []

    async def submit_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Decide by the other clock."""
        now = self.bench.clock.now()
        self.asked += [now for _ in submissions]
        return self.bench.step.take(submissions, now - timedelta(seconds=2))

    def listen(self, _: Listener) -> None:
        """Tell nobody."""


async def test_a_clock_that_is_behind_is_waited_for(desk: Desk) -> None:
    """What is due by our clock and not yet by that one is asked once, then again."""
    desk.step.take([tell(1)[0]], T0)
    other = Behind(desk)
    sweeper = Sweeper(other, desk.store, desk.clock, alarm_of(desk.clock))
    with running(sweeper):
        for seconds in (0, 1, 2, 3):
            desk.clock.set(T0 + timedelta(minutes=45, seconds=seconds))
            await settled()

    assert [(at - T0).total_seconds() for at in other.asked] == [2700, 2702]
    assert [verdict for verdict, _ in fired(desk)] == ["noop", "accepted"]
    assert len([page for page in desk.store.pages() if page.page["rung"] == 0]) == 1
