"""An agency's tray: what is in it stays until it is done, and is there once."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coordinator.events import OperatorError
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.sqlite.tray import Tray, Waiting, working_from
from tests.agents.agencies import CASE, arrival, view

AT = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a tray's file."""
    return tmp_path / "police.sqlite"


@pytest.fixture
def tray(path: Path) -> Iterator[Tray]:
    """Give a tray."""
    tray = Tray(path)
    yield tray
    tray.close()


def test_it_gives_what_waits_longest_of_a_case(tray: Tray) -> None:
    """What was kept comes back as it came, in order, and only what waits."""
    assert tray.keep([arrival(1), arrival(2), arrival(3, "alert:A-1")]) == [
        CASE, CASE, "alert:A-1"
    ]  # fmt: skip
    assert sorted(tray.cases()) == sorted({CASE, "alert:A-1"})
    assert tray.first_of(CASE) == Waiting("D1", CASE, "full", view(1), 0, 0, EPOCH)
    tray.done("D1")
    waiting = tray.first_of(CASE)
    assert waiting is not None
    assert waiting.id == "D2"
    tray.done("D2")

    assert tray.first_of(CASE) is None
    assert tray.cases() == ["alert:A-1"]


def test_what_comes_again_is_known_for_good(tray: Tray) -> None:
    """An id that was done is never handled again; its content is gone."""
    tray.keep([arrival(1)])
    tray.done("D1")

    assert tray.keep([arrival(1)]) == []
    assert tray.cases() == []


def test_the_last_place_only_grows(tray: Tray) -> None:
    """What comes again from further back does not move it."""
    assert tray.kept_to() is None
    tray.keep([arrival(7), arrival(9)])
    tray.keep([arrival(3)])

    assert tray.kept_to() == 9


def test_attempts_outlive_being_put_back(tray: Tray) -> None:
    """Somebody's putting it back gives it new tries, and hides no earlier attempt."""
    tray.keep([arrival(1)])
    tray.begin("D1")
    tray.put_off("D1", AT)
    waiting = tray.first_of(CASE)
    assert waiting is not None
    assert (waiting.attempts, waiting.tries, waiting.retry_at) == (1, 1, AT)
    tray.park("D1", "why")
    assert tray.first_of(CASE) is None
    assert tray.try_again("D1")
    waiting = tray.first_of(CASE)

    assert waiting is not None
    assert (waiting.attempts, waiting.tries, waiting.retry_at) == (1, 0, EPOCH)


def test_what_was_said_is_there_until_it_is_done(tray: Tray) -> None:
    """What is said in handling a delivery is known by its place, and then gone."""
    tray.keep([arrival(1)])
    tray.say("D1", "x.1", b"one")
    tray.say("D1", "x.2", b"two")
    tray.unsay("D1", "x.2")
    assert (tray.said("D1", "x.1"), tray.said("D1", "x.2")) == (b"one", None)
    tray.done("D1")

    assert tray.said("D1", "x.1") is None


def test_another_process_sees_it_and_is_seen(tray: Tray, path: Path) -> None:
    """A change from outside shows in the version, a change of one's own does not."""
    before = tray.version()
    tray.keep([arrival(1)])
    assert tray.version() == before
    outside = Tray(path)
    outside.park("D1", "why")
    outside.close()

    assert tray.version() != before
    assert [one.id for one in tray.parked()] == ["D1"]


def test_another_programs_database_is_left_alone(path: Path) -> None:
    """A file that is no tray is refused, and stays as it was."""
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA application_id = 7")
    other.close()

    with pytest.raises(OperatorError, match="no agency's tray"):
        Tray(path)


def test_damage_and_a_full_disk_are_told_apart(tray: Tray, path: Path) -> None:
    """One is for somebody to look at, after the other a retry may help."""
    tray.keep([arrival(1)])
    tray._do("PRAGMA max_page_count = 1")  # noqa: SLF001 - a disk cannot be filled here
    with pytest.raises(StoreFault, match="the disk is full"):
        tray.keep([arrival(2, event=b"x" * 100_000)])
    assert tray.kept_to() == 1
    tray.close()
    path.write_bytes(b"not a database, and long enough to be told from one" * 100)
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    with pytest.raises(StoreError, match="no database"):
        Tray(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """One line says where."""
    (tmp_path / "agents").write_text("in the way")
    with (
        pytest.raises(OperatorError, match="agents: cannot be used"),
        working_from(tmp_path / "agents" / "police.sqlite"),
    ):
        raise AssertionError
