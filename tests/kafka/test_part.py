"""Of everybody's timers and pages, a process acts for its own ones only."""

from datetime import timedelta

import pytest

from coordinator.runtime.kafka.part import OwnPart
from coordinator.runtime.memory import MemoryStore
from tests.contract.rows import T0, Writer, page, timer

OTHERS = 300
NOON = T0 + timedelta(hours=3)


@pytest.fixture
def part() -> OwnPart:
    """Give a part of a store in which others' things come long before its own."""
    store, write = MemoryStore(), Writer()
    for number in range(OTHERS):
        pages = [page(f"p{number}", None, None)]
        store.append(
            [write.entry(f"other {number}", timers=[timer("o", 1, 5)], pages=pages)]
        )
    for number in range(3):
        timers = [timer(f"o{number}", 1, 60 + number)]
        pages = [page(f"own {number}", None, None)]
        store.append([write.entry(f"own {number}", timers=timers, pages=pages)])
    return OwnPart(store, store, lambda key: key.startswith("own"))


def test_its_own_come_however_many_stand_before_them(part: OwnPart) -> None:
    """In the order in which they come to be done."""
    assert [one.key for one in part.due(NOON, 10)] == ["own 0", "own 1", "own 2"]
    assert [one.key for one in part.due(NOON, 2)] == ["own 0", "own 1"]
    assert [one.id for one in part.queued_pages(2)] == ["own 0", "own 1"]


def test_it_sleeps_until_the_first_of_its_own(part: OwnPart) -> None:
    """What others are to do does not wake it."""
    assert part.next_due() == T0 + timedelta(minutes=60)
    assert part.due(T0 + timedelta(minutes=59), 10) == []


def test_what_is_marked_is_done_with(part: OwnPart) -> None:
    """The next ones follow."""
    part.mark_pages({"own 0": "sent"})

    assert [one.id for one in part.queued_pages(10)] == ["own 1", "own 2"]


def test_where_nothing_is_its_own_there_is_nothing_to_do() -> None:
    """Others' timers and pages are left to them."""
    store = MemoryStore()
    pages = [page("p", None, None)]
    store.append([Writer().entry("a", timers=[timer("o", 1, 5)], pages=pages)])
    part = OwnPart(store, store, lambda _: False)

    assert part.next_due() is None
    assert part.due(NOON, 10) == []
    assert part.queued_pages(10) == []
