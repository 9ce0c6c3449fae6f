"""A database that another program has locked: a line that says so, and nothing lost."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator.runtime.port import StoreFault
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.telling import T0, step_on, tell

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a database with a case in it."""
    path = tmp_path / "bus.sqlite"
    store = SqliteStore(path)
    step_on(store).take(tell(1), T0)
    store.close()
    return path


@pytest.fixture
def locker(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process have the database for itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    yield process
    process.communicate()


def test_a_lock_delays_and_loses_nothing(
    path: Path, locker: subprocess.Popen[str]
) -> None:
    """Deciding fails while it lasts, for all who send, and goes on afterwards."""
    store = SqliteStore(path, busy_timeout_s=0.01)
    step = step_on(store)
    for _ in range(2):
        with pytest.raises(StoreFault) as busy:
            step.take(tell(2), T0)
    with pytest.raises(StoreFault):
        store.mark_pages({"a page": "sent"})

    line = str(busy.value)
    assert line.startswith(f"{path}: nothing was kept: another program has it locked;")
    assert "\n" not in line
    assert len(list(store.log())) == 10  # reading goes on
    locker.communicate()
    outcomes = step.take(tell(2), T0)
    assert [one.verdict for one in outcomes] == ["accepted"] * 10
    store.close()


@pytest.mark.usefixtures("locker")
def test_readers_are_not_locked_out(path: Path) -> None:
    """Whoever looks at a home is not in the way, and nothing is in theirs."""
    reader = SqliteStore(path, read_only=True, busy_timeout_s=0.01)
    assert len(list(reader.log())) == 10
    reader.close()


def test_two_that_decide_cannot_both_keep_a_record(path: Path) -> None:
    """Even without the right to: the later one keeps nothing, looks again, goes on."""
    one, other = SqliteStore(path), SqliteStore(path)
    step, late = step_on(one), step_on(other)
    late.take(tell(2)[:1], T0)
    step.take(tell(2)[1:3], T0)

    with pytest.raises(StoreFault, match="another process decided meanwhile"):
        late.take(tell(2)[3:], T0)
    outcomes = late.take(tell(2)[1:], T0)

    assert [one.verdict for one in outcomes] == [
        *["duplicate"] * 2,
        *["accepted"] * 7,
    ]
    one.close()
    other.close()
