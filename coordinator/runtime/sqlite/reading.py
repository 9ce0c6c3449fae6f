"""
What anybody may read of a home's database, in this process or another.

Long streams are read in pieces, each a statement of its own, so that no reader keeps
the database from tidying its write-ahead log, and none needs memory for it all.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from coordinator.runtime.instants import from_ms
from coordinator.runtime.port import (
    Entry,
    InboxItem,
    NoticeItem,
    PageItem,
    Rejection,
    StoredProfile,
)
from coordinator.runtime.sqlite.failures import damaged, failure
from coordinator.runtime.sqlite.sums import event_sum, row_sum

__all__ = ["Reading"]

# Rows fetched at once: at most 16 MiB of events, as each has at most 64 KiB.
_PIECE: Final = 256
# Behind every index within one decision.
_LAST: Final = 2**62

Row = tuple[Any, ...]


class Reading:
    """The reading half of a store on a connection; see `port.Store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def history(self, key: str) -> list[Entry]:
        """Read a key's rows in order."""
        rows = self._rows(
            "SELECT * FROM log WHERE origin ="
            " (SELECT position FROM log WHERE key = ? AND seq = 1) ORDER BY seq",
            key,
        )
        return [self._entry(row) for row in rows]

    def log(self, *, after: int = 0, checked: bool = True) -> Iterator[Entry]:
        """Read the log in order, from behind a position; see `port.Store`."""
        statement = "SELECT * FROM log WHERE position > ? ORDER BY position LIMIT ?"
        while piece := self._rows(statement, after, _PIECE):
            for row in piece:
                yield self._entry(row) if checked else _as_it_stands(row)
            after = piece[-1][0]

    def rejected(self, *, after: int = 0) -> Iterator[Rejection]:
        """Read the rejection stream in order, from behind a position."""
        statement = (
            "SELECT position, received_at, sender, event, problem FROM rejection"
            " WHERE position > ? ORDER BY position LIMIT ?"
        )
        while piece := self._rows(statement, after, _PIECE):
            for row in piece:
                yield Rejection(row[0], from_ms(row[1]), *row[2:])
            after = piece[-1][0]

    def inbox(self, agency: str, *, after: int = 0) -> Iterator[InboxItem]:
        """Read an agency's deliveries in order, from behind a position of the log."""
        statement = (
            "SELECT log.*, idx FROM inbox JOIN log USING (position)"
            " WHERE agency = ? AND (inbox.position, idx) > (?, ?)"
            " ORDER BY inbox.position, idx LIMIT ?"
        )
        for row in self._pointed_at(statement, agency, after):
            yield InboxItem(self._entry(row), row[-1])

    def notices(self, office: str) -> Iterator[NoticeItem]:
        """Read an office's notices in order."""
        statement = (
            "SELECT log.*, idx FROM notice JOIN log USING (position)"
            " WHERE office = ? AND (notice.position, idx) > (?, ?)"
            " ORDER BY notice.position, idx LIMIT ?"
        )
        for row in self._pointed_at(statement, office):
            yield NoticeItem(self._entry(row), row[-1])

    def _pointed_at(
        self, statement: str, receiver: str, after: int = 0
    ) -> Iterator[Row]:
        """Read rows of the log that a table points at, place by place."""
        position, idx = after, _LAST
        while piece := self._rows(statement, receiver, position, idx, _PIECE):
            yield from piece
            position, idx = piece[-1][0], piece[-1][-1]

    def pages(self) -> Iterator[PageItem]:
        """Read every page in order."""
        statement = (
            "SELECT log.*, id, state, idx FROM page JOIN log USING (position)"
            " WHERE (page.position, idx) > (?, ?) ORDER BY page.position, idx LIMIT ?"
        )
        position, idx = 0, 0
        while piece := self._rows(statement, position, idx, _PIECE):
            for row in piece:
                yield self._page(row)
            position, idx = piece[-1][0], piece[-1][-1]

    def queued_pages(self, limit: int) -> list[PageItem]:
        """Give pages not yet handed over, oldest first."""
        rows = self._rows(
            "SELECT log.*, id, state, idx FROM page JOIN log USING (position)"
            " WHERE state = 'queued' ORDER BY page.position, idx LIMIT ?",
            limit,
        )
        return [self._page(row) for row in rows]

    def _page(self, row: Row) -> PageItem:
        entry = self._entry(row)
        page_id, state, idx = row[-3:]
        try:
            decision: Mapping[str, Any] = orjson.loads(entry.decision_bytes)
            page, exercise = decision["pages"][idx], decision["exercise"]
        except (ValueError, LookupError) as error:
            raise damaged(self._path) from error
        return PageItem(page_id, entry.key, entry.received_at, exercise, page, state)

    def profiles(self) -> list[StoredProfile]:
        """Read the kept profiles in order."""
        rows = self._rows(
            "SELECT reference, digest, value FROM profile ORDER BY position"
        )
        return [StoredProfile(*row) for row in rows]

    def active_profile(self) -> str | None:
        """Give the active profile's reference; None in a new home."""
        return self._setting("active_profile")

    def version(self) -> int:
        """Give a number that changes whenever another connection has written."""
        return int(self._rows("PRAGMA data_version")[0][0])

    def clock_offset(self) -> int:
        """Give how far this home's clock is from the machine's, in milliseconds."""
        return int(self._setting("clock_offset") or 0)

    def next_due(self) -> datetime | None:
        """Give the earliest timer's instant."""
        rows = self._rows("SELECT min(at) FROM timer")
        return None if rows[0][0] is None else from_ms(rows[0][0])

    def noted(self, begins: str) -> dict[str, str]:
        """Give the notes whose names begin so, by the rest of their names."""
        rows = self._rows(
            "SELECT name, value FROM setting WHERE substr(name, 1, ?) = ?",
            len(begins),
            begins,
        )
        return {name.removeprefix(begins): value for name, value in rows}

    def _setting(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM setting WHERE name = ?", name)
        return rows[0][0] if rows else None

    def _rows(self, statement: str, *values: object) -> list[Row]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise failure(self._path, error) from error

    def _entry(self, row: Row) -> Entry:
        """Read a row of the log, and see that it is the one that was written."""
        event, decision, _, of_row = row[9:13]
        if of_row is not None and (
            not isinstance(event, bytes)
            or not isinstance(decision, bytes)
            or row_sum(row[:9], event_sum(event), decision) != of_row
        ):
            raise damaged(self._path)
        return _as_it_stands(row)


def _as_it_stands(row: Row) -> Entry:
    position, key, seq, _, event_id, received_at, profile, sender, known = row[:9]
    return Entry(
        position,
        key,
        seq,
        event_id,
        from_ms(received_at),
        profile,
        sender,
        None if known is None else bool(known),
        row[9],
        row[10],
    )
