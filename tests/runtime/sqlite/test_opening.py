"""A database is opened only if it is ours, current and sound; one line says why."""

import sqlite3
from pathlib import Path

import pytest

from coordinator.runtime.port import StoreError
from coordinator.runtime.sqlite.schema import APPLICATION_ID, MIGRATIONS
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.rows import Writer


def pragma(path: Path, name: str) -> int | str:
    """Read a setting of a database's header."""
    connection = sqlite3.connect(path)
    try:
        value: int | str = connection.execute(f"PRAGMA {name}").fetchone()[0]
        return value
    finally:
        connection.close()


def run_sql(path: Path, *statements: str) -> None:
    """Change a database behind the store's back."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def refusal(path: Path, *, read_only: bool = False) -> str:
    """Open a file that is refused, and give the line that says why."""
    with pytest.raises(StoreError) as refused:
        SqliteStore(path, read_only=read_only)
    text = str(refused.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text


def test_a_new_database_is_marked_as_ours_and_durable(path: Path) -> None:
    """Its header has our id and the schema's version, and it writes ahead."""
    SqliteStore(path).close()

    assert pragma(path, "application_id") == APPLICATION_ID
    assert pragma(path, "user_version") == len(MIGRATIONS)
    assert pragma(path, "journal_mode") == "wal"


def test_an_empty_file_is_as_good_as_none(path: Path) -> None:
    """A home whose making was cut short before the first write is made."""
    path.touch()
    SqliteStore(path).close()

    assert pragma(path, "user_version") == len(MIGRATIONS)


def test_a_reader_makes_nothing(path: Path) -> None:
    """Where there is no store, it says what to run."""
    assert "run `coordinator run` or `coordinator emit` first" in refusal(
        path, read_only=True
    )
    assert not path.exists()
    path.touch()
    assert "run `coordinator run` first" in refusal(path, read_only=True)
    assert path.stat().st_size == 0


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """The one that decides makes its home first; a wrong path is an error."""
    assert "cannot be opened" in refusal(tmp_path / "no" / "bus.sqlite")


@pytest.mark.parametrize("read_only", [False, True])
def test_another_programs_database_is_left_alone(
    path: Path, *, read_only: bool
) -> None:
    """Nothing in it is changed, not even how it keeps its journal."""
    run_sql(path, "CREATE TABLE theirs (x)")
    before = path.read_bytes()

    assert "another program's database" in refusal(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_database_is_not_touched(path: Path, *, read_only: bool) -> None:
    """An older coordinator would not understand it."""
    SqliteStore(path).close()
    run_sql(path, "PRAGMA user_version = 99")

    assert "newer coordinator (its schema is 99" in refusal(path, read_only=read_only)


def test_a_reader_leaves_an_older_database_to_the_one_that_decides(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says to run that one; which runs just the migrations that are missing."""
    SqliteStore(path).close()
    added = ("CREATE TABLE later (x)",)
    monkeypatch.setattr(
        "coordinator.runtime.sqlite.opening.MIGRATIONS", (*MIGRATIONS, added)
    )

    assert "older coordinator" in refusal(path, read_only=True)
    SqliteStore(path).close()

    assert pragma(path, "user_version") == len(MIGRATIONS) + 1
    SqliteStore(path, read_only=True).close()


def test_a_migration_happens_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that fails half-way leaves the database at the version before it."""
    SqliteStore(path).close()
    broken = ("CREATE TABLE later (x)", "CREATE TABLE log (x)")
    with monkeypatch.context() as patch:
        patch.setattr(
            "coordinator.runtime.sqlite.opening.MIGRATIONS", (*MIGRATIONS, broken)
        )
        refusal(path)

    store = SqliteStore(path)
    store.append([Writer().entry("a")])
    store.close()
    assert pragma(path, "user_version") == len(MIGRATIONS)


def test_a_reader_reads_beside_a_writer_and_without_one(path: Path) -> None:
    """While the log is written ahead, after that, and after the writer has gone."""
    writer = SqliteStore(path)
    write = Writer()
    writer.append([write.entry("a", deliveries=["police"])])
    reader = SqliteStore(path, read_only=True)
    assert [row.seq for row in reader.log()] == [1]

    writer.append([write.entry("a")])
    assert [row.seq for row in reader.history("a")] == [1, 2]
    writer.close()
    assert [row.seq for row in reader.log(after=1)] == [2]
    reader.close()

    late = SqliteStore(path, read_only=True)
    assert [one.entry.seq for one in late.inbox("police")] == [1]
    late.close()


def test_a_reader_cannot_write(path: Path) -> None:
    """Whoever reads cannot change anything by mistake."""
    SqliteStore(path).close()
    reader = SqliteStore(path, read_only=True)

    with pytest.raises(StoreError, match="may not be written"):
        reader.append([Writer().entry("a")])
    with pytest.raises(StoreError, match="may not be written"):
        reader.set_clock_offset(1)
    reader.close()


def test_each_named_stream_can_be_read_in_sql(path: Path) -> None:
    """Outbox and intake are views of what is one row here."""
    store = SqliteStore(path)
    entry = Writer().entry("a", 1, sender="customs", event=b'{"x": 1}')
    store.append([entry], [])
    store.close()

    connection = sqlite3.connect(path)
    intake = connection.execute(
        "SELECT position, key, seq, received, sender, event FROM intake"
    ).fetchall()
    outbox = connection.execute(
        "SELECT sender, received, event, log_position, rejection_position FROM outbox"
    ).fetchall()
    connection.close()
    at = "2026-03-02T20:16:00.000Z"
    assert intake == [(1, "a", 1, at, "customs", '{"x": 1}')]
    assert outbox == [("customs", at, b'{"x": 1}', 1, None)]
