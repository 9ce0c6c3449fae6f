"""
The bare disk: SQLite with one table and nothing else, as durable as a home.

The table has the columns of a home's log and no index but its own key. What it is
given are the very rows that a home kept: the cost of keeping bytes, without that of
deciding, of finding anything again, or of what follows from a decision.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from coordinator.runtime.port import Entry

__all__ = ["Row", "append", "bare_log", "row_of"]

Row = tuple[Any, ...]

_CREATE: Final = (
    "CREATE TABLE log (position INTEGER PRIMARY KEY, key TEXT, seq INTEGER,"
    " event_id TEXT, received_at INTEGER, profile TEXT, sender TEXT,"
    " contact_known INTEGER, event BLOB, decision BLOB)"
)
_INSERT: Final = "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def row_of(entry: Entry) -> Row:
    """Give a row of a home's log as plain values."""
    at_ms = int(entry.received_at.timestamp() * 1000)
    return (*entry[:4], at_ms, *entry[5:])


@contextmanager
def bare_log(folder: Path) -> Iterator[sqlite3.Connection]:
    """Make the table: write-ahead log, `synchronous=FULL`; take it away after."""
    path = folder / "bare.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_CREATE)
        yield connection
    finally:
        connection.close()
        for file in folder.glob(f"{path.name}*"):
            file.unlink()


def append(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Keep rows in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, rows)
    connection.execute("COMMIT")
