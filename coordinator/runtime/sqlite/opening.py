"""
Opening a home's database: is it ours, is it up to date, is it durable.

Rule 1: nothing of a file is changed before it is known to be ours. Rule 2: only the
process that decides creates it or brings it up to date; who reads says what to run.
"""

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from coordinator.runtime.port import StoreError
from coordinator.runtime.sqlite.failures import failure
from coordinator.runtime.sqlite.schema import APPLICATION_ID, MIGRATIONS

__all__ = ["open_database"]

# Kept compiled for each connection: every statement of the store, with room.
_STATEMENTS: Final = 256
# How long the write-ahead log grows before it is written back: 16 MiB. One commit in
# some hundreds pays for that, so at SQLite's own 4 MiB it would be the p99.
_TIDY_PAGES: Final = 4096


def open_database(
    path: Path, *, read_only: bool, busy_timeout_s: float, is_copy: bool = False
) -> sqlite3.Connection:
    """
    Open a store's file, made and migrated first where that is allowed.

    Args:
        path: The file; its folder must be there.
        read_only: Change nothing; works beside a process that writes.
        busy_timeout_s: How long another program's lock is waited for.
        is_copy: Do not wait for the disk: all of it is kept elsewhere.

    Raises:
        StoreFault: It is locked, or the disk is full.
        StoreError: There is none, it is damaged, newer, or not ours.
    """
    if read_only and not path.is_file():
        message = (
            f"{path}: there is no store here yet; run `coordinator run` or"
            " `coordinator emit` first, or name another home"
        )
        raise StoreError(message)
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}",
            uri=True,
            timeout=busy_timeout_s,
            isolation_level=None,  # transactions begin and end where we say
            cached_statements=_STATEMENTS,
        )
    except sqlite3.Error as error:
        raise failure(path, error) from error
    try:
        version = _version(connection, path)
        if read_only:
            _check_current(path, version)
        else:
            _make_durable(connection, path)
            if is_copy:
                connection.execute("PRAGMA synchronous = OFF")
            _migrate(connection, version)
    except sqlite3.Error as error:
        connection.close()
        raise failure(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Give the schema's version, 0 in a new file, or refuse the file."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    is_new = application == 0 and version == 0 and tables == 0
    if not is_new and application != APPLICATION_ID:
        message = f"{path}: this is another program's database; name another home"
        raise StoreError(message)
    if version > len(MIGRATIONS):
        message = (
            f"{path}: written by a newer coordinator (its schema is {version}, this"
            f" one knows {len(MIGRATIONS)}); use that one"
        )
        raise StoreError(message)
    return int(version)


def _check_current(path: Path, version: int) -> None:
    if version == 0:
        message = f"{path}: the store is empty; run `coordinator run` first"
        raise StoreError(message)
    if version < len(MIGRATIONS):
        message = (
            f"{path}: written by an older coordinator; run `coordinator run` once to"
            " bring it up to date"
        )
        raise StoreError(message)


def _make_durable(connection: sqlite3.Connection, path: Path) -> None:
    """Write ahead, and wait for the disk at every commit."""
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        message = (
            f"{path}: this file system cannot share memory between processes; choose"
            " a home on a local disk"
        )
        raise StoreError(message)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_TIDY_PAGES}")
    # 64 MiB: the indexes of a large home stay at hand (a negative number is KiB).
    connection.execute("PRAGMA cache_size = -65536")
    # On macOS an ordinary sync leaves the data in the drive's own cache.
    connection.execute("PRAGMA fullfsync = ON")


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
