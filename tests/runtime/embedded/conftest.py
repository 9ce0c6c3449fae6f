"""What these tests share: a home with a step, a clock and a bus on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Step
from tests.contract.telling import T0, step_on


class Bench(NamedTuple):
    """A bus and its parts."""

    store: SqliteStore
    step: Step
    clock: ManualClock
    bus: Bus


@pytest.fixture
def bench(path: Path) -> Iterator[Bench]:
    """Give a bus on a new home."""
    store = SqliteStore(path)
    step = step_on(store)
    clock = ManualClock(T0)
    yield Bench(store, step, clock, Bus(step, store, clock))
    store.close()
