"""
The store on SQLite: one file, one process that decides, any number that read.

A batch is one transaction, and `synchronous=FULL` makes the disk confirm it before
`append` returns. Everything is written a table at a time.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from coordinator.runtime.instants import FAR_AHEAD, from_ms, to_ms
from coordinator.runtime.port import (
    DueTimer,
    NewEntry,
    NewRejection,
    StoredProfile,
    StoreError,
)
from coordinator.runtime.sqlite.failures import damaged, failure
from coordinator.runtime.sqlite.following import Following, rungs_of
from coordinator.runtime.sqlite.opening import open_database
from coordinator.runtime.sqlite.reading import Reading
from coordinator.runtime.sqlite.sums import event_sum

__all__ = ["SqliteStore"]

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
# Ids looked up by one statement.
_IDS: Final = 100
# Keys whose first row is remembered, about 100 bytes each.
_ORIGINS: Final = 200_000


class SqliteStore(Reading):
    """
    A home's store; see `port.Store`.

    Args:
        path: The file; made if it is not there and may be written.
        read_only: For those that only read: works beside the process that decides,
            and without it.
        busy_timeout_s: How long another program's lock is waited for.
        max_pages: Keep the file under so many pages of 4 KiB; to go beyond is a
            `StoreFault`, as on a full disk.
        is_copy: Of what is kept elsewhere: the disk is not waited for.

    Raises:
        StoreFault: It is locked, or the disk is full.
        StoreError: It is missing, damaged, newer, or not ours.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        busy_timeout_s: float = 2.0,
        max_pages: int | None = None,
        is_copy: bool = False,
    ) -> None:
        super().__init__(
            path,
            open_database(
                path,
                read_only=read_only,
                busy_timeout_s=busy_timeout_s,
                is_copy=is_copy,
            ),
        )
        if max_pages is not None:
            self._rows(f"PRAGMA max_page_count = {max_pages}")
        # A lower bound of every timer's instant: most batches take no rung, and so
        # need not look for one.
        self._earliest = self._earliest_ms()
        self._kept = _Kept(self._connection)
        self._origins: dict[str, int] = {}

    def append(
        self,
        entries: Sequence[NewEntry],
        rejections: Sequence[NewRejection] = (),
        *,
        activates: str | None = None,
        notes: Mapping[str, str] = NOTHING,
    ) -> None:
        """
        Keep decided records, with what follows from them, in one transaction.

        `notes` are kept with them, by their names; `noted` gives them back.
        """
        earliest = self._earliest
        begun: dict[str, int] = {}

        def write(connection: sqlite3.Connection) -> None:
            nonlocal earliest
            if entries:
                (last,) = connection.execute("SELECT max(position) FROM log").fetchone()
                rows = Following(self._kept, earliest, self._origins_of(entries))
                rows.take_all(entries, last or 0)
                _write(connection, rows)
                earliest = self._earliest_ms() if rows.fell_due else rows.earliest
                begun.update(rows.begun)
            if rejections:
                connection.executemany(
                    "INSERT INTO rejection (received_at, sender, event, problem)"
                    " VALUES (?, ?, ?, ?)",
                    [(to_ms(one.received_at), *one[1:]) for one in rejections],
                )
            if activates is not None:
                self._activate(connection, activates)
            for name, value in notes.items():
                _set(connection, name, value)

        self._transact(write)
        self._earliest = earliest
        self._origins.update(begun)

    def mark_pages(self, states: Mapping[str, str]) -> None:
        """Say what became of pages, by their ids."""
        rows = [(state, page_id) for page_id, state in states.items()]
        self._transact(
            lambda connection: connection.executemany(
                "UPDATE page SET state = ? WHERE id = ?", rows
            )
        )

    def add_profile(self, profile: StoredProfile) -> None:
        """Keep a profile, once; the same reference with another digest: StoreError."""

        def write(connection: sqlite3.Connection) -> None:
            kept = connection.execute(
                "SELECT digest FROM profile WHERE reference = ?", (profile.reference,)
            ).fetchone()
            if kept is None:
                connection.execute(
                    "INSERT INTO profile (reference, digest, value) VALUES (?, ?, ?)",
                    profile,
                )
            elif kept[0] != profile.digest:
                message = (
                    f"{self._path}: {profile.reference} was kept with other content;"
                    " a changed profile takes a new version"
                )
                raise StoreError(message)

        self._transact(write)

    def set_clock_offset(self, milliseconds: int) -> None:
        """Keep how far this home's clock is from the machine's."""
        self._transact(
            lambda connection: _set(connection, "clock_offset", str(milliseconds))
        )

    def decided(self, event_ids: Collection[str]) -> dict[str, bytes]:
        """Find the bytes of events that were decided, by their ids."""
        ids = list(event_ids)
        found: dict[str, bytes] = {}
        for start in range(0, len(ids), _IDS):
            some = ids[start : start + _IDS]
            for event_id, event, of_event in self._rows(_DECIDED[len(some)], *some):
                if of_event not in (None, event_sum(event)):
                    raise damaged(self._path)
                found[event_id] = event
        return found

    def due(self, at: datetime, limit: int) -> list[DueTimer]:
        """Give timers due by an instant: by instant, then order of setting, rung."""
        until = to_ms(at)
        rows = self._rows(
            "SELECT key, obligation, rungs"
            " FROM timer JOIN log ON position = timer.origin WHERE at <= ?"
            " ORDER BY at, turn LIMIT ?",
            until,
            limit,
        )
        found = sorted(
            (rung, key, obligation)
            for key, obligation, written in rows
            for rung in rungs_of(written)
            if rung.at <= until
        )
        # What was not fetched comes behind every rung that is among the first.
        return [
            DueTimer(from_ms(rung.at), key, obligation, rung.rung)
            for rung, key, obligation in found[:limit]
        ]

    def close(self) -> None:
        """Let go of the file; what was kept stays."""
        self._connection.close()

    def _activate(self, connection: sqlite3.Connection, reference: str) -> None:
        kept = "SELECT 1 FROM profile WHERE reference = ?"
        if connection.execute(kept, (reference,)).fetchone() is None:
            message = f"{self._path}: {reference} is not kept here; add it first"
            raise StoreError(message)
        _set(connection, "active_profile", reference)

    def _origins_of(self, entries: Sequence[NewEntry]) -> Mapping[str, int]:
        """Find the first rows of the keys that go on."""
        origins = self._origins
        if len(origins) > _ORIGINS:
            origins.clear()
        for entry in entries:
            if entry.seq > 1 and entry.key not in origins:
                rows = self._rows(
                    "SELECT position FROM log WHERE key = ? AND seq = 1", entry.key
                )
                if rows:
                    origins[entry.key] = rows[0][0]
        return origins

    def _earliest_ms(self) -> int:
        found: int | None = self._rows("SELECT min(at) FROM timer")[0][0]
        return FAR_AHEAD if found is None else found

    def _transact(self, write: Callable[[sqlite3.Connection], object]) -> None:
        """Write all or nothing, and leave the connection fit for the next time."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            write(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise failure(self._path, error) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # After some errors SQLite has done so itself.
        if self._connection.in_transaction:
            self._rows("ROLLBACK")


class _Kept:
    """The timers that stand in the database, for `Following`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def rungs(self, origin: int, obligation: str) -> bytes | None:
        """Give an obligation's rungs; None where it has none."""
        row = self._execute(
            "SELECT rungs FROM timer WHERE origin = ? AND obligation = ?",
            (origin, obligation),
        ).fetchone()
        return None if row is None else row[0]

    def due(self, origin: int, at: int) -> list[tuple[str, bytes]]:
        """Give a key's obligations of which a rung is due by an instant."""
        # The plus keeps SQLite to the key's own rows: it would take everybody's due.
        return self._execute(
            "SELECT obligation, rungs FROM timer WHERE origin = ? AND +at <= ?",
            (origin, at),
        ).fetchall()


def _set(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value)
    )


def _write(connection: sqlite3.Connection, rows: Following) -> None:
    for statement, values in (
        ("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.log),
        ("DELETE FROM timer WHERE origin = ? AND obligation = ?", rows.gone),
        ("INSERT OR REPLACE INTO timer VALUES (?, ?, ?, ?, ?)", rows.timers),
        ("INSERT INTO inbox VALUES (?, ?, ?)", rows.inbox),
        ("INSERT INTO notice VALUES (?, ?, ?)", rows.notices),
        ("INSERT INTO page VALUES (?, ?, ?, 'queued')", rows.pages),
    ):
        if values:
            connection.executemany(statement, values)


_DECIDED: Final = [
    "SELECT event_id, event, event_sum FROM log WHERE position IN"  # noqa: S608 - only ? vary
    " (SELECT min(position) FROM log WHERE event_id IN"
    f" ({', '.join('?' * count)}) GROUP BY event_id)"
    for count in range(_IDS + 1)
]
