"""
An agency's tray: what it was sent and has not dealt with yet, on a disk of its own.

    kept ─▶ waiting ─▶ done
              │  ▲ put off, with the time of the next try
              ▼  │
            parked          until somebody looks, and has it tried again

Rule 1: whatever is kept stays until it is done, over any crash; each change is on the
disk before the call returns. Rule 2: a delivery is kept once, by its id, and the id of
what is done stays for good; its content does not. Rule 3: what was said in handling a
delivery is written down first, so that it is said again in the same words.

One process works from a tray (a lock on a file beside it); any may look into it.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from coordinator.events import OperatorError
from coordinator.runtime.instants import from_ms, to_ms
from coordinator.runtime.line import Arrival
from coordinator.runtime.sqlite.failures import failure

__all__ = ["Parked", "Tray", "TrayBusyError", "Waiting", "working_from"]

_APPLICATION_ID: Final = 0x4E5A5459
_SCHEMA: Final = """
CREATE TABLE delivery (
    number   INTEGER PRIMARY KEY,          -- in order of arrival
    id       TEXT    NOT NULL UNIQUE,
    key      TEXT    NOT NULL,             -- the case or scope
    view     TEXT    NOT NULL,
    event    BLOB,                         -- null once it is done
    place    INTEGER NOT NULL,
    state    TEXT    NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,   -- begun in all
    tries    INTEGER NOT NULL DEFAULT 0,   -- begun since it was put back last
    retry_at INTEGER NOT NULL DEFAULT 0,   -- milliseconds since 1970, UTC
    why      TEXT                          -- it was parked
) STRICT;
CREATE INDEX waiting ON delivery (key, number) WHERE state = 'waiting';
CREATE INDEX parked ON delivery (number) WHERE state = 'parked';
CREATE INDEX placed ON delivery (place);
CREATE TABLE said (
    delivery TEXT NOT NULL,
    place    TEXT NOT NULL,
    event    BLOB NOT NULL,
    PRIMARY KEY (delivery, place)
) STRICT, WITHOUT ROWID;
"""


class TrayBusyError(OperatorError):
    """Another process works from this tray."""


class Waiting(NamedTuple):
    """
    A delivery to be handled.

    `attempts` counts those that were begun so far, `tries` those since somebody put it
    back; `retry_at` (aware UTC) is when the next may begin.
    """

    id: str
    case: str
    view: str
    event: bytes
    attempts: int
    tries: int
    retry_at: datetime


class Parked(NamedTuple):
    """A delivery that nobody handles any more: how often it was tried, and why."""

    id: str
    case: str
    attempts: int
    why: str


class Tray:
    """
    A tray, opened; made if it is not there.

    Args:
        path: The database's file; its folder must be there.

    Raises, anywhere: `StoreFault` where nothing was changed and a retry may help,
    `StoreError` where somebody must look at the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._database = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        except sqlite3.Error as error:
            raise failure(path, error) from error
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    def _prepare(self) -> None:
        self._do("PRAGMA journal_mode = WAL")
        self._do("PRAGMA synchronous = FULL")
        self._do("PRAGMA fullfsync = ON")
        with self._transaction():
            ((application,),) = self._do("PRAGMA application_id")
            if application == 0:
                for statement in _SCHEMA.split(";\n"):
                    self._do(statement)
                self._do(f"PRAGMA application_id = {_APPLICATION_ID}")
            elif application != _APPLICATION_ID:
                message = f"{self._path}: no agency's tray; name another home"
                raise OperatorError(message)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # --- what arrives ---

    def keep(self, arrivals: Sequence[Arrival]) -> list[str]:
        """
        Keep what arrived, in order, but for what was kept before.

        Returns:
            The cases of what waits now.
        """
        cases = []
        with self._transaction():
            for one in arrivals:
                new = self._do(
                    "INSERT INTO delivery (id, key, view, event, place)"
                    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                    " SET place = max(place, excluded.place) RETURNING state, key",
                    *(one.id, one.case, one.view, one.event, one.place),
                )
                cases += [key for state, key in new if state == "waiting"]
        return cases

    def kept_to(self) -> int | None:
        """Give the last place of the inbox that was kept; None in a new tray."""
        ((place,),) = self._do("SELECT max(place) FROM delivery")
        return None if place is None else int(place)

    # --- handling it ---

    def cases(self) -> list[str]:
        """List the cases of which something waits."""
        rows = self._do("SELECT DISTINCT key FROM delivery WHERE state = 'waiting'")
        return [key for (key,) in rows]

    def first_of(self, case: str) -> Waiting | None:
        """Give what waits longest of a case."""
        rows = self._do(
            "SELECT id, key, view, event, attempts, tries, retry_at FROM delivery"
            " WHERE state = 'waiting' AND key = ? ORDER BY number LIMIT 1",
            case,
        )
        for *waiting, retry_at in rows:
            return Waiting._make((*waiting, from_ms(retry_at)))
        return None

    def begin(self, delivery: str) -> None:
        """Count one more attempt, before it is made."""
        self._do(
            "UPDATE delivery SET attempts = attempts + 1, tries = tries + 1"
            " WHERE id = ?",
            delivery,
        )

    def put_off(self, delivery: str, until: datetime) -> None:
        """Leave it, and all that waits behind it, until an instant; aware UTC."""
        at = to_ms(until)
        self._do("UPDATE delivery SET retry_at = ? WHERE id = ?", at, delivery)

    def park(self, delivery: str, why: str) -> None:
        """Put it aside for somebody to look at; what waits behind it may go on."""
        self._do(
            "UPDATE delivery SET state = 'parked', why = ? WHERE id = ?", why, delivery
        )

    def done(self, delivery: str) -> None:
        """Have done with it; only its id stays."""
        with self._transaction():
            self._do("DELETE FROM said WHERE delivery = ?", delivery)
            self._do(
                "UPDATE delivery SET state = 'done', event = NULL WHERE id = ?",
                delivery,
            )

    # --- what is said in handling it ---

    def said(self, delivery: str, place: str) -> bytes | None:
        """Give the event that was said at a place in the handling of a delivery."""
        rows = self._do(
            "SELECT event FROM said WHERE delivery = ? AND place = ?", delivery, place
        )
        return rows[0][0] if rows else None

    def say(self, delivery: str, place: str, event: bytes) -> None:
        """Write down what is about to be said there."""
        self._do("INSERT INTO said VALUES (?, ?, ?)", delivery, place, event)

    def unsay(self, delivery: str, place: str) -> None:
        """Forget what was said there, since it was not taken."""
        self._do("DELETE FROM said WHERE delivery = ? AND place = ?", delivery, place)

    # --- looking after it ---

    def parked(self) -> list[Parked]:
        """List what is parked, in order of arrival."""
        rows = self._do(
            "SELECT id, key, attempts, why FROM delivery WHERE state = 'parked'"
            " ORDER BY number"
        )
        return [Parked(*row) for row in rows]

    def try_again(self, delivery: str) -> bool:
        """Have a parked delivery tried again, from its place; False: none is parked."""
        return bool(
            self._do(
                "UPDATE delivery SET state = 'waiting', tries = 0, retry_at = 0,"
                " why = NULL WHERE id = ? AND state = 'parked' RETURNING id",
                delivery,
            )
        )

    def version(self) -> int:
        """Give a number that changes whenever another process changed the tray."""
        ((version,),) = self._do("PRAGMA data_version")
        return int(version)

    def _do(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise failure(self._path, error) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._do("BEGIN IMMEDIATE")
        try:
            yield
            self._do("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise


@contextmanager
def working_from(path: Path) -> Iterator[Tray]:
    """
    Open a tray to work from it, alone; its folder is made if it is not there.

    Raises:
        TrayBusyError: Another process works from it.
        OperatorError: The folder or the file cannot be used.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        message = f"{path.parent}: cannot be used ({error.strerror})"
        raise OperatorError(message) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"{path}: another process works from it; stop that one first"
            raise TrayBusyError(message) from None
        tray = Tray(path)
        try:
            yield tray
        finally:
            tray.close()
    finally:
        os.close(lock)  # which lets the next one in
