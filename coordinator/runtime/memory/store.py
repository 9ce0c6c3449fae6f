"""
The port in plain lists and dicts: for tests, and as its shortest reading.

Each entry is taken by itself, in order, just as the port says it; the runtimes that
write whole batches must come to the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from coordinator.events import parse_time
from coordinator.protocol import Decision
from coordinator.runtime.port import (
    DueTimer,
    Entry,
    InboxItem,
    NewEntry,
    NewRejection,
    NoticeItem,
    PageItem,
    Rejection,
    StoredProfile,
    StoreError,
    StoreFault,
)

__all__ = ["MemoryStore"]


class _Timer(NamedTuple):
    at: datetime
    turn: int
    key: str
    obligation: str
    rung: int


class MemoryStore:
    """A home's store in memory; see `port.Store`. Closing it loses nothing."""

    def __init__(self) -> None:
        self._log: list[Entry] = []
        self._decisions: list[Decision] = []
        self._rejections: list[Rejection] = []
        self._by_key: dict[str, list[Entry]] = {}
        self._decided: dict[str, bytes] = {}
        self._timers: dict[tuple[str, int], _Timer] = {}
        self._turns = 0
        self._pages: dict[str, PageItem] = {}
        self._profiles: dict[str, StoredProfile] = {}
        self._active: str | None = None
        self._clock_offset = 0

    def append(
        self,
        entries: Sequence[NewEntry],
        rejections: Sequence[NewRejection] = (),
        *,
        activates: str | None = None,
    ) -> None:
        """Keep decided records, with what follows from them, all or none."""
        lengths = {key: len(rows) for key, rows in self._by_key.items()}
        for entry in entries:
            lengths[entry.key] = lengths.get(entry.key, 0) + 1
            if entry.seq != lengths[entry.key]:
                message = "nothing was kept: another process decided meanwhile"
                raise StoreFault(message)
        if activates is not None and activates not in self._profiles:
            message = f"{activates} is not kept here; add it first"
            raise StoreError(message)
        for entry in entries:
            self._keep(entry)
        for one in rejections:
            self._rejections.append(Rejection(len(self._rejections) + 1, *one))
        self._active = activates or self._active

    def _keep(self, new: NewEntry) -> None:
        entry = Entry(len(self._log) + 1, *new[:8], new.decision_bytes)
        decision = new.decision
        self._log.append(entry)
        self._decisions.append(decision)
        self._by_key.setdefault(entry.key, []).append(entry)
        self._decided.setdefault(entry.event_id, entry.event)
        closed = {one["id"] for one in decision["closed"]}
        paged = {(one["obligation"], one["rung"]) for one in decision["pages"]}
        for rung, timer in list(self._timers.items()):
            is_due = timer.key == entry.key and timer.at <= entry.received_at
            if is_due or timer.obligation in closed or rung in paged:
                del self._timers[rung]
        for one in decision["timers"]:
            self._turns += 1
            self._timers[one["obligation"], one["rung"]] = _Timer(
                parse_time(one["at"]),
                self._turns,
                entry.key,
                one["obligation"],
                one["rung"],
            )
        for page in decision["pages"]:
            made: Mapping[str, Any] = {**page}
            self._pages[page["id"]] = PageItem(
                page["id"],
                entry.key,
                entry.received_at,
                decision["exercise"],
                made,
                "queued",
            )

    def mark_pages(self, states: Mapping[str, str]) -> None:
        """Say what became of pages, by their ids."""
        for page_id in states.keys() & self._pages.keys():
            page = self._pages[page_id]
            self._pages[page_id] = page._replace(state=states[page_id])

    def add_profile(self, profile: StoredProfile) -> None:
        """Keep a profile, once; the same reference with another digest: StoreError."""
        kept = self._profiles.setdefault(profile.reference, profile)
        if kept.digest != profile.digest:
            message = f"{profile.reference} was kept with other content"
            raise StoreError(message)

    def set_clock_offset(self, milliseconds: int) -> None:
        """Keep how far this home's clock is from the machine's."""
        self._clock_offset = milliseconds

    def history(self, key: str) -> list[Entry]:
        """Read a key's rows in order."""
        return list(self._by_key.get(key, ()))

    def decided(self, event_ids: Collection[str]) -> dict[str, bytes]:
        """Find the bytes of events that were decided, by their ids."""
        return {one: self._decided[one] for one in event_ids if one in self._decided}

    def next_due(self) -> datetime | None:
        """Give the earliest timer's instant."""
        return min((timer.at for timer in self._timers.values()), default=None)

    def due(self, at: datetime, limit: int) -> list[DueTimer]:
        """Give timers due by an instant: by instant, then order of setting, rung."""
        due = sorted(timer for timer in self._timers.values() if timer.at <= at)
        return [
            DueTimer(timer.at, timer.key, timer.obligation, timer.rung)
            for timer in due[:limit]
        ]

    def queued_pages(self, limit: int) -> list[PageItem]:
        """Give pages not yet handed over, oldest first."""
        return [page for page in self.pages() if page.state == "queued"][:limit]

    def log(self, *, after: int = 0, checked: bool = True) -> Iterator[Entry]:
        """Read the log in order, from behind a position; memory needs no check."""
        del checked
        return iter(self._log[after:])

    def rejected(self, *, after: int = 0) -> Iterator[Rejection]:
        """Read the rejection stream in order, from behind a position."""
        return iter(self._rejections[after:])

    def inbox(self, agency: str, *, after: int = 0) -> Iterator[InboxItem]:
        """Read an agency's deliveries in order, from behind a position of the log."""
        rows = zip(self._log, self._decisions, strict=True)
        for entry, decision in islice(rows, after, None):
            for place, delivery in enumerate(decision["deliveries"]):
                if delivery["to"] == agency:
                    yield InboxItem(entry, place)

    def notices(self, office: str) -> Iterator[NoticeItem]:
        """Read an office's notices in order."""
        for entry, decision in zip(self._log, self._decisions, strict=True):
            for place, notice in enumerate(decision["notices"]):
                if notice["to"] == office:
                    yield NoticeItem(entry, place)

    def pages(self) -> Iterator[PageItem]:
        """Read every page in order."""
        return iter(list(self._pages.values()))

    def profiles(self) -> list[StoredProfile]:
        """Read the kept profiles in order."""
        return list(self._profiles.values())

    def active_profile(self) -> str | None:
        """Give the active profile's reference; None in a new home."""
        return self._active

    def version(self) -> int:
        """Give a number that changes whenever something was written."""
        return len(self._log)

    def clock_offset(self) -> int:
        """Give how far this home's clock is from the machine's, in milliseconds."""
        return self._clock_offset

    def close(self) -> None:
        """Let go of nothing: the store is the memory."""
