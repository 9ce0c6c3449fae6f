"""A full disk: one clear line, nothing acknowledged; and on once there is room."""

import subprocess
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.port import StoreFault
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.telling import T0, Teller, step_on, tell

ROOT = Path(__file__).parents[2]
FULL = Path(__file__).with_name("full.py")


async def test_what_was_not_kept_is_not_acknowledged(tmp_path: Path) -> None:
    """Up to the fault everything answered is there, and nothing after it."""
    path = tmp_path / "bus.sqlite"
    store = SqliteStore(path, max_pages=120)
    bus = Bus(step_on(store), store, ManualClock(T0))
    number = 0
    with suppress(StoreFault):
        for number in count():
            await bus.submit_all(tell(number))
    assert number > 0
    for _ in range(3):
        with pytest.raises(StoreFault) as full:
            await bus.submit_all(tell(number))
        assert str(full.value) == (
            f"{path}: nothing was kept: the disk is full; make room, then send it again"
        )
    assert [row.key for row in store.log()] == [
        Teller(kept).case for kept in range(number) for _ in range(10)
    ]
    store.close()

    roomy = SqliteStore(path)
    outcomes = step_on(roomy).take(tell(number), T0)
    assert [one.verdict for one in outcomes] == ["accepted"] * 10
    roomy.close()


def test_the_same_process_goes_on_once_there_is_room(tmp_path: Path) -> None:
    """The write-ahead log itself may be what finds no room."""
    path = tmp_path / "bus.sqlite"
    done = subprocess.run(
        [sys.executable, str(FULL), str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = [line.split(" ", 1) for line in done.stdout.splitlines()]
    kept = [rest for kind, rest in told if kind == "kept"]
    faults = [rest for kind, rest in told if kind == "fault"]
    room = [rest for kind, rest in told if kind == "room"]
    assert kept
    assert len(faults) == 3
    assert {fault.split(";")[0] for fault in faults} <= {
        f"{path}: nothing was kept: the disk is full",
        f"{path}: nothing was kept: the disk refused to write or read",
    }
    accepted = " ".join(["accepted"] * 10)
    assert room == [f"{len(kept)} {accepted}", f"{len(kept) + 1} {accepted}"]
    store = SqliteStore(path, read_only=True)
    assert [row.key for row in store.log()] == [
        Teller(number).case for number in range(len(kept) + 2) for _ in range(10)
    ]
    store.close()
