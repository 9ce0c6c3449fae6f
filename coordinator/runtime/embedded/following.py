"""
What follows from decisions, as rows: the log's own, and every table made from it.

A batch is worked out first and written afterwards, each table in one statement. For
timers that means their net effect: rows of the database to go, then rows to set. It
is the same as taking the entries one after another, since what a later entry takes
away again is never set.
"""

from collections.abc import Mapping, Sequence

from coordinator.protocol import Decision
from coordinator.runtime.embedded.instants import text_to_ms, to_ms
from coordinator.runtime.port import NewEntry

__all__ = ["Following"]

# Room for the indexes within one decision; turns grow with the log's positions.
_TURNS = 1 << 16

LogRow = tuple[int, str, int, int, str, int, str, str | None, bool | None, bytes, bytes]
Rung = tuple[str, int]
"""An obligation's id and the rung's number."""
Instant = tuple[int, int]
"""A rung's instant in milliseconds, and its turn among those of the same instant."""


class Following:
    """
    The rows of one batch.

    Args:
        earliest: A lower bound of every timer's instant so far, in milliseconds.
        origins: The first row's position of each key that has one.

    Attributes:
        earliest: The same once all is written; too low where rungs fell `due`.
        begun: The first rows' positions of the keys that the batch begins.
        due: For origins of which rungs fell due: the instant up to which.
        closed: Origin and obligation, all of whose rungs go.
        dropped: Origin, obligation and rung that goes, or is set again.
    """

    def __init__(self, earliest: int, origins: Mapping[str, int]) -> None:
        self.earliest = earliest
        self.begun: dict[str, int] = {}
        self.log: list[LogRow] = []
        self.due: dict[int, int] = {}
        self.closed: list[tuple[int, str]] = []
        self.dropped: list[tuple[int, str, int]] = []
        self.inbox: list[tuple[str, int, int]] = []
        self.notices: list[tuple[str, int, int]] = []
        self.pages: list[tuple[int, int, str]] = []
        self._origins = origins
        self._opened: set[str] = set()
        self._set: dict[int, dict[Rung, Instant]] = {}

    @property
    def timers(self) -> list[tuple[int, str, int, int, int]]:
        """Give the rungs to set: origin, obligation, rung, instant and turn."""
        return [
            (origin, *rung, *instant)
            for origin, mine in self._set.items()
            for rung, instant in mine.items()
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
            self.log.append(
                (
                    position,
                    key,
                    seq,
                    origin,
                    entry.event_id,
                    at,
                    entry.profile,
                    entry.sender,
                    entry.contact_known,
                    entry.event,
                    entry.decision_bytes,
                )
            )
            for idx, delivery in enumerate(decision["deliveries"]):
                self.inbox.append((delivery["to"], position, idx))
            for idx, notice in enumerate(decision["notices"]):
                self.notices.append((notice["to"], position, idx))
            for idx, page in enumerate(decision["pages"]):
                self.pages.append((position, idx, page["id"]))
            self._take_timers(decision, origin, at, position * _TURNS)

    def _take_timers(self, decision: Decision, origin: int, at: int, turn: int) -> None:
        """Take what is due and what was closed or paged away, then set what is set."""
        mine = self._set.setdefault(origin, {})
        if at >= self.earliest:
            self.due[origin] = at  # a key's instants never fall
            for rung in [rung for rung, (due, _) in mine.items() if due <= at]:
                self._drop(origin, rung, mine)
        for closed in decision["closed"]:
            for rung in [rung for rung in mine if rung[0] == closed["id"]]:
                del mine[rung]
            if closed["id"] not in self._opened:
                self.closed.append((origin, closed["id"]))
        for page in decision["pages"]:
            if page["obligation"] is not None and page["rung"] is not None:
                self._drop(origin, (page["obligation"], page["rung"]), mine)
        for opened in decision["opened"]:
            self._opened.add(opened["id"])
        for place, timer in enumerate(decision["timers"], turn):
            due = text_to_ms(timer["at"])
            mine[timer["obligation"], timer["rung"]] = due, place
            self.earliest = min(self.earliest, due)

    def _drop(self, origin: int, rung: Rung, mine: dict[Rung, Instant]) -> None:
        """Drop a rung: what the batch set, and the row that may stand since before."""
        mine.pop(rung, None)
        self.dropped.append((origin, *rung))
