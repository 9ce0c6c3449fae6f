"""
Timers follow from decisions, whatever the batches they come in.

Its rows are written by hand, so this is about stores: memory's and SQLite's, which is
also what a worker on Kafka mirrors the log into.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.runtime.memory import MemoryStore
from coordinator.runtime.port import NewEntry, Store
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.rows import T0, Writer, page, timer
from tests.contract.stores import Shelf


@pytest.fixture
def write() -> Writer:
    """Give what numbers entries."""
    return Writer()


def due(store: Store, minutes: float) -> list[tuple[str, str, int]]:
    """List what is due by so many minutes after the beginning."""
    at = T0 + timedelta(minutes=minutes)
    return [(one.key, one.obligation, one.rung) for one in store.due(at, 1000)]


def test_a_rung_is_due_at_its_instant(store: Store, write: Writer) -> None:
    """Not a millisecond before it, and at it."""
    store.append([write.entry("a", opened=["o"], timers=[timer("o", 1, 30)])])

    assert store.next_due() == T0 + timedelta(minutes=30)
    assert store.due(T0 + timedelta(minutes=30, milliseconds=-1), 10) == []
    (one,) = store.due(T0 + timedelta(minutes=30), 10)
    assert one == (T0 + timedelta(minutes=30), "a", "o", 1)


def test_what_is_due_comes_by_instant_then_by_setting(
    store: Store, write: Writer
) -> None:
    """Rungs of one instant come in the order in which they were set."""
    store.append(
        [
            write.entry("b", timers=[timer("o2", 0, 5), timer("o2", 1, 9)]),
            write.entry("a", timers=[timer("o1", 1, 9), timer("o0", 2, 9)]),
            write.entry("c", timers=[timer("o3", 1, 4)]),
        ]
    )
    store.append([write.entry("b", timers=[timer("o2", 0, 9)])])

    assert due(store, 10) == [
        ("c", "o3", 1),
        ("b", "o2", 1),
        ("a", "o1", 1),
        ("a", "o0", 2),
        ("b", "o2", 0),
    ]
    assert [one.obligation for one in store.due(T0 + timedelta(minutes=10), 2)] == [
        "o3",
        "o2",
    ]


def test_a_decision_takes_every_due_rung_of_its_key(
    store: Store, write: Writer
) -> None:
    """Those of other keys stay, and so do those a moment later."""
    store.append(
        [
            write.entry("a", timers=[timer("o", 0, 5), timer("o", 1, 6)]),
            write.entry("b", timers=[timer("p", 1, 5)]),
            write.entry("a", timers=[timer("q", 1, 5)]),
        ]
    )

    store.append([write.entry("a", 5)])

    assert due(store, 60) == [("b", "p", 1), ("a", "o", 1)]


def test_a_closed_obligation_has_no_rungs(store: Store, write: Writer) -> None:
    """Whatever instants they were set to."""
    store.append(
        [
            write.entry("a", timers=[timer("o", 0, 5), timer("o", 1, 60)]),
            write.entry("a", timers=[timer("p", 1, 60)]),
        ]
    )

    store.append([write.entry("a", 1, closed=["o"])])

    assert due(store, 600) == [("a", "p", 1)]


def test_a_page_takes_its_rung(store: Store, write: Writer) -> None:
    """A rung that was paged before its time is not paged again at it."""
    store.append(
        [
            write.entry(
                "a", timers=[timer("o", 1, 5), timer("o", 2, 6), timer("o", 3, 7)]
            )
        ]
    )

    paged = [page("p1", "o", 2), page("p2", None, None)]
    store.append([write.entry("a", 1, pages=paged)])

    assert due(store, 60) == [("a", "o", 1), ("a", "o", 3)]


def test_a_rung_that_was_taken_may_be_set_again(store: Store, write: Writer) -> None:
    """The last rung repeats: its page takes it, and the same decision sets it."""
    store.append([write.entry("a", timers=[timer("o", 2, 5)])])

    again = write.entry("a", 5, pages=[page("p", "o", 2)], timers=[timer("o", 2, 65)])
    store.append([again])

    assert due(store, 64) == []
    assert due(store, 65) == [("a", "o", 2)]


def test_timers_outlive_a_restart(store: Store, shelf: Shelf, write: Writer) -> None:
    """A home that is opened again knows what is still to come, and takes it."""
    store.append([write.entry("a", timers=[timer("o", 1, 5), timer("o", 2, 90)])])

    again = shelf.open()

    assert due(again, 60) == [("a", "o", 1)]
    again.append([write.entry("a", 60)])
    assert again.next_due() == T0 + timedelta(minutes=90)


# --- any decisions, in any batches ---------------------------------------------------

KEYS = st.sampled_from(["a", "b"])
RUNGS = st.integers(0, 2)
MINUTES = st.integers(0, 6)


Drawn = tuple[str, int, dict[str, Any]]
"""A key, minutes since the decision before in thirds, and what the decision holds."""


@st.composite
def decisions(draw: st.DrawFn) -> list[Drawn]:
    """Draw decisions about a few obligations, each of one key."""
    drawn: list[Drawn] = []
    for _ in range(draw(st.integers(1, 12))):
        key = draw(KEYS)
        rungs = st.tuples(st.sampled_from([f"{key}1", f"{key}2", f"{key}3"]), RUNGS)
        timers = draw(st.dictionaries(rungs, st.integers(0, 9), max_size=4))
        paged = draw(st.lists(rungs, max_size=2))
        closed = draw(st.lists(rungs, max_size=1))
        lists = {
            "timers": [timer(owed, rung, at) for (owed, rung), at in timers.items()],
            "pages": [
                page(f"{len(drawn)}-{place}", owed, rung)
                for place, (owed, rung) in enumerate(paged)
            ],
            "closed": [owed for owed, _ in closed],
        }
        drawn.append((key, draw(MINUTES), lists))
    return drawn


def entries_of(drawn: list[Drawn]) -> list[NewEntry]:
    """Write drawn decisions; time never goes back, and what is new was opened."""
    write, now, entries = Writer(), 0, []
    known: set[str] = set()
    for key, minutes, lists in drawn:
        now += minutes // 3
        about = {one["obligation"] for one in lists["timers"]}
        shut = set(lists["closed"])
        lists["timers"] = [
            one for one in lists["timers"] if one["obligation"] not in shut
        ]
        lists["opened"] = sorted(about - known)
        known |= about
        entries.append(write.entry(key, now, **lists))
    return entries


@given(decisions(), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_a_batch_comes_to_the_same_as_its_entries_one_by_one(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[Drawn],
    sizes: list[int],
) -> None:
    """However decisions are grouped, SQLite has the timers that memory has."""
    entries = entries_of(drawn)
    memory = MemoryStore()
    for entry in entries:
        memory.append([entry])
    path: Path = tmp_path_factory.mktemp("home") / "bus.sqlite"
    sqlite = SqliteStore(path)
    rest = entries
    for size in sizes:
        sqlite.append(rest[:size])
        rest = rest[size:]

    assert sqlite.due(T0 + timedelta(days=1), 1000) == memory.due(
        T0 + timedelta(days=1), 1000
    )
    assert sqlite.next_due() == memory.next_due()
    sqlite.close()
