"""The notifier: every page is handed over, and what became of it is on record."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, NamedTuple

import orjson
import pytest

from coordinator.agents.notifier import Notifier
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.memory import MemoryStore
from coordinator.runtime.passing import passed
from coordinator.runtime.port import PageItem, StoreError, StoreFault
from coordinator.runtime.step import Outcome, Step
from tests.contract.telling import T0, step_on, tell


class Channel:
    """A channel that notes what it is handed, and fails those it is told to."""

    name = "console"

    def __init__(self) -> None:
        self.handed: list[str] = []
        self.answer: Literal["sent", "failed"] = "sent"

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Note it."""
        self.handed.append(page.id)
        return self.answer


class Desk(NamedTuple):
    """A bus with a notifier on it."""

    store: MemoryStore
    step: Step
    clock: ManualClock
    bus: Bus
    channel: Channel

    def notifier(self) -> Notifier:
        """Start anew, as a new process would."""
        return Notifier(self.bus, self.store, self.clock, self.channel)

    async def page(self, *numbers: int) -> list[str]:
        """Let cases miss their first deadline; give the pages' ids."""
        await self.bus.submit_all([tell(number)[0] for number in numbers])
        self.clock.advance(timedelta(minutes=60))
        await self.bus.submit_all(passed(self.store, self.clock.now()))
        return [page.id for page in self.store.queued_pages(1000)]


@pytest.fixture
async def desk() -> Desk:
    """Give a bus on a clock that is moved by hand."""
    store = MemoryStore()
    step = step_on(store)
    clock = ManualClock(T0)
    return Desk(store, step, clock, Bus(step, store, clock), Channel())


async def settled() -> None:
    """Let everything that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def recorded(desk: Desk) -> list[tuple[str, str, str]]:
    """List the recorded outcomes: type, page, verdict."""
    rows = [
        (orjson.loads(row.event), orjson.loads(row.decision_bytes))
        for row in desk.store.log()
    ]
    return [
        (event["type"], event["data"]["page_id"], decision["verdict"])
        for event, decision in rows
        if "page_id" in event["data"]
    ]


async def test_a_page_is_handed_over_recorded_and_marked(desk: Desk) -> None:
    """Through the intake, so that a replay knows of it."""
    pages = await desk.page(1)

    await desk.notifier().hand_over()

    assert desk.channel.handed == pages
    assert recorded(desk) == [("nz.item23.page.sent", pages[0], "accepted")]
    assert [page.state for page in desk.store.pages()] == ["sent"]


async def test_a_page_that_failed_is_recorded_as_such(desk: Desk) -> None:
    """It is no longer queued: another channel or contact is another matter."""
    pages = await desk.page(1)
    desk.channel.answer = "failed"

    await desk.notifier().hand_over()

    assert recorded(desk) == [("nz.item23.page.failed", pages[0], "accepted")]
    assert [page.state for page in desk.store.pages()] == ["failed"]


async def test_many_are_handed_over_a_bounded_number_at_a_time(desk: Desk) -> None:
    """At most a hundred are in flight, so a crash repeats at most so many."""
    pages = await desk.page(*range(250))
    seen: list[int] = []
    mark_pages = desk.store.mark_pages

    def noting(states: Mapping[str, str]) -> None:
        seen.append(len(states))
        mark_pages(states)

    desk.store.mark_pages = noting  # type: ignore[method-assign]  # a look at what goes by

    await desk.notifier().hand_over()

    assert seen == [100, 100, 50]
    assert desk.channel.handed == pages


async def test_it_is_woken_by_the_next_page(desk: Desk) -> None:
    """Nobody polls: the decision with the page wakes it."""
    task = asyncio.ensure_future(desk.notifier().run())
    await settled()

    pages = await desk.page(1)
    await settled()

    assert desk.channel.handed == pages
    task.cancel()


async def test_a_crash_before_recording_repeats_the_page_with_its_id(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handed over twice, with one id to know it by, and recorded once."""
    pages = await desk.page(1)
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "mark_pages", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await desk.notifier().hand_over()
    assert [page.state for page in desk.store.pages()] == ["queued"]

    await desk.notifier().hand_over()

    assert desk.channel.handed == pages * 2
    assert [verdict for _, _, verdict in recorded(desk)] == ["accepted", "duplicate"]
    assert [page.state for page in desk.store.pages()] == ["sent"]


async def test_a_full_disk_does_not_page_people_again_and_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handed over waits to be recorded, and nothing else is handed over."""
    pages = await desk.page(1)
    notifier = desk.notifier()

    def full(*_: object, **__: object) -> list[Outcome]:
        message = "nothing was kept: the disk is full"
        raise StoreFault(message)

    with monkeypatch.context() as patch:
        patch.setattr(desk.step, "take", full)
        for _ in range(3):
            with pytest.raises(StoreFault):
                await notifier.hand_over()
    more = await desk.page(2)
    await notifier.hand_over()

    assert desk.channel.handed == [*pages, *(one for one in more if one not in pages)]
    assert [page.state for page in desk.store.pages()] == ["sent"] * len(more)


async def test_run_tries_again_after_a_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself, without another page to wake it."""
    monkeypatch.setattr("coordinator.agents.notifier._AGAIN_S", 0.0)
    await desk.page(1)
    mark_pages, tries, marked = desk.store.mark_pages, [], asyncio.Event()

    def sometimes(states: Mapping[str, str]) -> None:
        tries.append(states)
        if len(tries) < 3:
            message = "nothing was kept: another program has it locked"
            raise StoreFault(message)
        mark_pages(states)
        marked.set()

    monkeypatch.setattr(desk.store, "mark_pages", sometimes)
    task = asyncio.ensure_future(desk.notifier().run())
    async with asyncio.timeout(20):
        await marked.wait()

    assert desk.store.queued_pages(1) == []
    assert len(tries) == 3
    assert len(desk.channel.handed) == 1
    task.cancel()


async def test_a_store_past_mending_ends_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outcomes that cannot be kept are a matter for the operator, at once."""
    await desk.page(1)

    def damaged(*_: object, **__: object) -> list[Outcome]:
        message = "the database is damaged"
        raise StoreError(message)

    monkeypatch.setattr(desk.step, "take", damaged)
    with pytest.raises(StoreError):
        await desk.notifier().run()
