"""A damaged database: a line that says so, whatever was damaged, and never a guess."""

import random
import sqlite3
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.telling import T0, step_on, tell

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a database of some hundred pages, all in its file."""
    path = tmp_path / "bus.sqlite"
    store = SqliteStore(path)
    step = step_on(store)
    for number in range(30):
        step.take(tell(number), T0)
    store.close()
    assert path.stat().st_size > 50 * PAGE
    return path


def overwrite(path: Path, start: int, count: int) -> None:
    """Put something else in a file's place."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(random.Random(start).randbytes(count))


def test_a_damaged_header_is_no_database(path: Path) -> None:
    """Nobody takes it for a new one."""
    overwrite(path, 0, 100)
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="no database, or a damaged one"):
            SqliteStore(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_file_cut_short_is_damaged(path: Path) -> None:
    """What is missing is not taken for never having been."""
    with path.open("r+b") as file:
        file.truncate(10 * PAGE)

    with pytest.raises(StoreError, match="damaged"):
        list(SqliteStore(path, read_only=True).log())


def test_damage_everywhere_is_said_in_one_line(path: Path) -> None:
    """To whoever decides and to whoever reads."""
    overwrite(path, PAGE, path.stat().st_size - PAGE)

    with pytest.raises(StoreError) as damaged:
        SqliteStore(path)
    assert str(damaged.value) == (
        f"{path}: the database is damaged; stop, keep the file, and put a backup in its"
        " place"
    )
    with pytest.raises(StoreError, match="damaged"):
        SqliteStore(path, read_only=True)


def read(path: Path, what: Callable[[SqliteStore], Iterable[object]]) -> list[object]:
    """Read something of a home, as another process would."""
    store = SqliteStore(path, read_only=True)
    try:
        return list(what(store))
    finally:
        store.close()


def decide(path: Path) -> list[str]:
    """Have things decided about old cases and a new one; give their verdicts."""
    store = SqliteStore(path)
    try:
        events = [event for number in range(0, 30, 5) for event in tell(number)]
        outcomes = step_on(store).take([*events, *tell(99)], T0)
        return [outcome.verdict for outcome in outcomes]
    finally:
        store.close()


USES: list[Callable[[Path], list[Any]]] = [
    lambda path: read(path, lambda store: store.log()),
    lambda path: read(path, lambda store: store.inbox("police")),
    lambda path: read(path, lambda store: store.pages()),
    lambda path: read(path, lambda store: store.due(T0 + timedelta(days=99), 10**6)),
    decide,
]


@pytest.mark.parametrize("seed", range(20))
def test_damage_is_an_error_or_does_not_matter(path: Path, seed: int) -> None:
    """Whichever page is overwritten: our own error in one line, or the right answer."""
    sound = path.with_name("sound.sqlite")
    copy(path, sound)
    chance = random.Random(seed)
    pages = path.stat().st_size // PAGE
    overwrite(path, chance.randrange(1, pages) * PAGE, PAGE)

    for use in USES:
        try:
            met: list[object] | str = use(path)
        except (StoreError, StoreFault) as error:
            met = str(error)
        if isinstance(met, str):
            assert "\n" not in met
        else:
            assert met == use(sound)


@pytest.mark.parametrize("column", ["event", "decision", "received_at", "profile"])
def test_a_row_that_is_not_what_was_written_is_damage(path: Path, column: str) -> None:
    """A changed byte that leaves every page in order, and every JSON readable."""
    connection = sqlite3.connect(path)
    connection.execute(
        f"UPDATE log SET {column} = CAST(replace(CAST({column} AS TEXT), '2', '3')"  # noqa: S608 - the four above
        f" AS {'BLOB' if column in ('event', 'decision') else 'TEXT'})"
        " WHERE position = 3"
    )
    connection.commit()
    connection.close()

    with pytest.raises(StoreError, match="damaged"):
        read(path, lambda store: store.log())


def test_a_damaged_event_is_not_compared_with_one_sent_again(path: Path) -> None:
    """Its sender is not told that the id was used with other content."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE log SET event = x'7b7d' WHERE position = 3")
    (third,) = connection.execute(
        "SELECT event_id FROM log WHERE position = 3"
    ).fetchone()
    connection.commit()
    connection.close()
    store = SqliteStore(path)
    with pytest.raises(StoreError, match="damaged"):
        store.decided([third])
    store.close()


def test_a_row_that_cannot_be_read_back_is_damage(path: Path) -> None:
    """Its case is not decided from what is left of it."""
    connection = sqlite3.connect(path)
    # A row of before there were sums.
    connection.execute(
        "UPDATE log SET decision = x'7b', row_sum = NULL WHERE position = 3"
    )
    connection.commit()
    connection.close()

    store = SqliteStore(path)
    with pytest.raises(StoreError, match="row 3 cannot be read back"):
        step_on(store).take(tell(0), T0)
    store.close()


def test_a_page_that_cannot_be_read_back_is_damage(path: Path) -> None:
    """Nobody is paged about something else."""
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO page VALUES (3, 9, 'p', 'queued')")
    connection.commit()
    connection.close()

    store = SqliteStore(path)
    with pytest.raises(StoreError, match="damaged"):
        store.queued_pages(10)
    store.close()


def test_timers_that_cannot_be_read_back_are_damage(path: Path) -> None:
    """No deadline is guessed, and none is passed over."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE timer SET rungs = x'7b7d'")
    connection.commit()
    connection.close()
    later = T0 + timedelta(days=9)

    store = SqliteStore(path)
    with pytest.raises(StoreError, match="timers are damaged"):
        store.due(later, 10)
    with pytest.raises(StoreError, match="timers are damaged"):
        step_on(store).take(tell(0)[:1], later)
    store.close()
