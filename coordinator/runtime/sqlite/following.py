"""
What follows from decisions, as rows: the log's own, and every table made from it.

A batch is worked out first and written afterwards, each table in one statement. An
obligation's timers are one row: its rungs, and the earliest one's instant to find it
by. What stands in the database is read only where a decision changes a part of it; an
obligation that the batch opens or closes needs no look.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import orjson

from coordinator.protocol import Decision
from coordinator.runtime.instants import text_to_ms, to_ms
from coordinator.runtime.port import NewEntry, StoreError
from coordinator.runtime.sqlite.sums import event_sum, row_sum

__all__ = ["Following", "Kept", "Rung", "rungs_of"]

# Room for the indexes within one decision; turns grow with the log's positions.
_TURNS = 1 << 16

LogRow = tuple[int | str | bytes | None, ...]
Rungs = dict[int, tuple[int, int]]
"""An obligation's rungs still to come: instant in milliseconds, and turn."""


class Rung(NamedTuple):
    """A rung still to come; sorts by instant, then by the order of setting."""

    at: int
    turn: int
    rung: int


def rungs_of(written: bytes) -> list[Rung]:
    """
    Read an obligation's rungs, in order, as its row has them.

    Raises:
        StoreError: The row is damaged.
    """
    try:
        rungs = [Rung(*one) for one in orjson.loads(written)]
    except (ValueError, TypeError):
        rungs = []
    if not rungs:  # without any there would be no row
        message = "the timers are damaged; keep the database and put a backup in place"
        raise StoreError(message)
    return rungs


class Kept(Protocol):
    """What stands in the database before the batch."""

    def rungs(self, origin: int, obligation: str) -> bytes | None:
        """Give an obligation's rungs; None where it has none."""

    def due(self, origin: int, at: int) -> list[tuple[str, bytes]]:
        """Give a key's obligations of which a rung is due by an instant."""


class Following:
    """
    The rows of one batch.

    Args:
        kept: What stands in the database.
        earliest: A lower bound of every timer's instant so far, in milliseconds.
        origins: The first row's position of each key that has one.

    Attributes:
        earliest: The same once all is written; too low where rungs `fell_due`.
        begun: The first rows' positions of the keys that the batch begins.
    """

    def __init__(self, kept: Kept, earliest: int, origins: Mapping[str, int]) -> None:
        self.earliest = earliest
        self.fell_due = False
        self.begun: dict[str, int] = {}
        self.log: list[LogRow] = []
        self.inbox: list[tuple[int, int, str]] = []
        self.notices: list[tuple[int, int, str]] = []
        self.pages: list[tuple[int, int, str]] = []
        self._kept = kept
        self._origins = origins
        self._opened: set[str] = set()
        self._rungs: dict[int, dict[str, Rungs]] = {}

    @property
    def timers(self) -> list[tuple[int, str, int, int, bytes]]:
        """Give the rows to set: origin, obligation, earliest rung, and all of them."""
        rows = []
        for origin, mine in self._rungs.items():
            for obligation, rungs in mine.items():
                if rungs:
                    found = sorted((*instant, rung) for rung, instant in rungs.items())
                    at, turn, _ = found[0]
                    rows.append((origin, obligation, at, turn, orjson.dumps(found)))
        return rows

    @property
    def gone(self) -> list[tuple[int, str]]:
        """Give the rows to take away: obligations that have no rung left."""
        return [
            (origin, obligation)
            for origin, mine in self._rungs.items()
            for obligation, rungs in mine.items()
            if not rungs and obligation not in self._opened
        ]

    def take_all(self, entries: Sequence[NewEntry], last_position: int) -> None:
        """Take a batch, in order; it goes behind the log's last position so far."""
        for position, entry in enumerate(entries, last_position + 1):
            key, seq, decision = entry.key, entry.seq, entry.decision
            if seq == 1:
                self.begun[key] = origin = position
            else:
                origin = self.begun.get(key) or self._origins[key]
            at = to_ms(entry.received_at)
            known = None if entry.contact_known is None else int(entry.contact_known)
            place = (
                position,
                key,
                seq,
                origin,
                entry.event_id,
                at,
                entry.profile,
                entry.sender,
                known,
            )
            of_event = event_sum(entry.event)
            of_row = row_sum(place, of_event, entry.decision_bytes)
            self.log.append(
                (*place, entry.event, entry.decision_bytes, of_event, of_row)
            )
            for idx, delivery in enumerate(decision["deliveries"]):
                self.inbox.append((position, idx, delivery["to"]))
            for idx, notice in enumerate(decision["notices"]):
                self.notices.append((position, idx, notice["to"]))
            for idx, page in enumerate(decision["pages"]):
                self.pages.append((position, idx, page["id"]))
            mine = self._rungs.setdefault(origin, {})
            if at >= self.earliest:
                self._take_due(origin, mine, at)
            self._take_timers(decision, origin, mine, position * _TURNS)

    def _take_due(self, origin: int, mine: dict[str, Rungs], at: int) -> None:
        """Take every rung of the key due by an instant, whether it was paged or not."""
        self.fell_due = True
        for obligation, written in self._kept.due(origin, at):
            if obligation not in mine:
                mine[obligation] = _by_number(written)
        for rungs in mine.values():
            for rung in [rung for rung, (due, _) in rungs.items() if due <= at]:
                del rungs[rung]

    def _take_timers(
        self, decision: Decision, origin: int, mine: dict[str, Rungs], turn: int
    ) -> None:
        """Take what was closed or paged away, then set what is set."""
        for closed in decision["closed"]:
            mine[closed["id"]] = {}
        for page in decision["pages"]:
            if page["obligation"] is not None and page["rung"] is not None:
                self._of(origin, mine, page["obligation"]).pop(page["rung"], None)
        for opened in decision["opened"]:
            self._opened.add(opened["id"])
            mine[opened["id"]] = {}
        for place, timer in enumerate(decision["timers"], turn):
            due = text_to_ms(timer["at"])
            self._of(origin, mine, timer["obligation"])[timer["rung"]] = due, place
            self.earliest = min(self.earliest, due)

    def _of(self, origin: int, mine: dict[str, Rungs], obligation: str) -> Rungs:
        """Give an obligation's rungs, read if the batch has not met it yet."""
        rungs = mine.get(obligation)
        if rungs is None:
            written = self._kept.rungs(origin, obligation)
            rungs = mine[obligation] = {} if written is None else _by_number(written)
        return rungs


def _by_number(written: bytes) -> Rungs:
    return {one.rung: (one.at, one.turn) for one in rungs_of(written)}
