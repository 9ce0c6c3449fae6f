"""
What SQLite's errors mean to whoever meets them: one line, and what to do.

Rule 1: where a retry may help, and nothing was kept, it is a `StoreFault`. Rule 2:
where an operator must look at the file, it is a `StoreError`. Rule 3: the line holds
the file's path and nothing of its content.
"""

import sqlite3
from pathlib import Path
from typing import Final

from coordinator.runtime.port import StoreError, StoreFault

__all__ = ["damaged", "failure"]

# The primary result code is the extended code's low byte.
# Said in SQLite's own list of result codes, rescode.html.
_PRIMARY: Final = 0xFF

_FAULTS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full; make room, then send it again",
    sqlite3.SQLITE_IOERR: (
        "the disk refused to write or read; see that it has room and is sound, then"
        " send it again"
    ),
    sqlite3.SQLITE_BUSY: (
        "another program has it locked; end that one (a backup, an SQL shell), then"
        " send it again"
    ),
    sqlite3.SQLITE_NOMEM: "memory ran out; make some free, then send it again",
    # A key's next decision was kept by somebody else meanwhile.
    sqlite3.SQLITE_CONSTRAINT: ("another process decided meanwhile; send it again"),
}
_FAULTS[sqlite3.SQLITE_LOCKED] = _FAULTS[sqlite3.SQLITE_BUSY]
_FAULTS[sqlite3.SQLITE_PROTOCOL] = _FAULTS[sqlite3.SQLITE_BUSY]

_DAMAGED: Final = (
    "the database is damaged; stop, keep the file, and put a backup in its place"
)
_ERRORS: Final = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: (
        "this is no database, or a damaged one; stop, keep the file, and put a backup"
        " in its place"
    ),
    sqlite3.SQLITE_READONLY: "it may not be written; see whose it is, and its mode",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; see whose it is, and its mode",
    sqlite3.SQLITE_PERM: "it cannot be opened; see whose it is, and its mode",
}


def failure(path: Path, error: sqlite3.Error) -> StoreFault | StoreError:
    """Say what an error of SQLite means; the caller raises it."""
    # Mistakes in using the module itself carry no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    fault = _FAULTS.get(code & _PRIMARY)
    if fault is not None:
        return StoreFault(f"{path}: nothing was kept: {fault}")
    said = _ERRORS.get(code & _PRIMARY)
    if said is None:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        said = f"the database cannot be used ({name})"
    return StoreError(f"{path}: {said}")


def damaged(path: Path) -> StoreError:
    """Say that a row is not what was written; the caller raises it."""
    return StoreError(f"{path}: {_DAMAGED}")
