"""
What a store of the bus promises, whatever keeps it.

One process decides; any number may read. `append` is the only way in: one
transaction, durable when it returns. Rows of the log hold the intake record and its
decision side by side, so that the intake, the log and each agency's inbox are read
from one place and cannot disagree.

Source: docs/adr/0003-one-transaction.md.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from coordinator.events import OperatorError, TransientError
from coordinator.protocol import Decision

__all__ = [
    "DueTimer",
    "Entry",
    "InboxItem",
    "NewEntry",
    "NewRejection",
    "NoticeItem",
    "PageItem",
    "Pages",
    "Rejection",
    "Store",
    "StoreError",
    "StoreFault",
    "StoredProfile",
    "Timers",
]


class StoreFault(TransientError):  # noqa: N818 - a fault passes, an error stays
    """The store could not write (disk full, locked): nothing was committed."""


class StoreError(OperatorError):
    """The store is damaged or is not ours: an operator must look at it."""


class NewEntry(NamedTuple):
    """
    A decided intake record, about to be kept.

    `received_at` is aware UTC in whole milliseconds, `profile` the version active at
    receipt, `event` the bytes exactly as sent, `decision` the record and
    `decision_bytes` the same as written.
    """

    key: str
    seq: int
    event_id: str
    received_at: datetime
    profile: str
    sender: str | None
    contact_known: bool | None
    event: bytes
    decision: Decision
    decision_bytes: bytes


class NewRejection(NamedTuple):
    """Bytes that ingress turned away, and the problem, as JSON."""

    received_at: datetime
    sender: str | None
    event: bytes
    problem: bytes


class Entry(NamedTuple):
    """A row of the log, read back; `position` counts the log's rows from 1."""

    position: int
    key: str
    seq: int
    event_id: str
    received_at: datetime
    profile: str
    sender: str | None
    contact_known: bool | None
    event: bytes
    decision_bytes: bytes


class Rejection(NamedTuple):
    """A row of the rejection stream; `position` counts its rows from 1."""

    position: int
    received_at: datetime
    sender: str | None
    event: bytes
    problem: bytes


class DueTimer(NamedTuple):
    """A rung's instant; `key` is the case (or scope) its obligation is of."""

    at: datetime
    key: str
    obligation: str
    rung: int


class InboxItem(NamedTuple):
    """A delivery: the log's row, and its place in that decision's deliveries."""

    entry: Entry
    place: int


class PageItem(NamedTuple):
    """A page decided: its case, the record's page object, and what became of it."""

    id: str
    key: str
    at: datetime
    exercise: bool
    page: Mapping[str, Any]
    state: str


class NoticeItem(NamedTuple):
    """A notice decided: the log's row, and its place in that decision's notices."""

    entry: Entry
    place: int


class StoredProfile(NamedTuple):
    """A resolved profile, as kept: `<name>/<version>`, digest, and its JSON value."""

    reference: str
    digest: str
    value: bytes


class Timers(Protocol):
    """The rungs still to come, for whoever sees to it that they come."""

    def next_due(self) -> datetime | None:
        """Give the earliest timer's instant."""

    def due(self, at: datetime, limit: int) -> list[DueTimer]:
        """Give timers due by an instant: by instant, then order of setting, rung."""


class Pages(Protocol):
    """The pages to be handed over, for whoever hands them over."""

    def queued_pages(self, limit: int) -> list[PageItem]:
        """Give pages not yet handed over, oldest first."""

    def mark_pages(self, states: Mapping[str, str]) -> None:
        """Say what became of pages, by id: `sent`, `failed` or `unreachable`."""


class Store(Timers, Pages, Protocol):
    """
    Everything kept, for one process that decides and any number that read.

    Raises, anywhere: `StoreFault` where nothing was committed and a retry may help,
    `StoreError` where it cannot.
    """

    # --- written by the process that decides ---

    def append(
        self,
        entries: Sequence[NewEntry],
        rejections: Sequence[NewRejection] = (),
        *,
        activates: str | None = None,
    ) -> None:
        """
        Keep decided records, with what follows from them, in one transaction.

        What follows: timers (every timer of the key due by the record's instant is
        taken; those of closed obligations go; each page takes its rung's; then those
        the decision sets are set), pages (state `queued`), inboxes, notices. A profile
        that the records activate, which must be kept already, is the active one from
        then on. Durable on return; on any error nothing was kept.
        """

    def add_profile(self, profile: StoredProfile) -> None:
        """Keep a profile, once; the same reference with another digest: StoreError."""

    def set_clock_offset(self, milliseconds: int) -> None:
        """Keep how far this home's clock is from the machine's (a demo's)."""

    # --- read by the process that decides ---

    def history(self, key: str) -> list[Entry]:
        """Read a key's rows in order."""

    def decided(self, event_ids: Collection[str]) -> dict[str, bytes]:
        """Find the bytes of events that were decided, by their ids."""

    # --- read by anybody ---

    def log(self, *, after: int = 0, checked: bool = True) -> Iterator[Entry]:
        """
        Read the log in order, from behind a position.

        Not `checked`, a row is given as it stands, though it is not what was written:
        for a replay, which finds out by itself what is different.
        """

    def rejected(self, *, after: int = 0) -> Iterator[Rejection]:
        """Read the rejection stream in order, from behind a position."""

    def inbox(self, agency: str, *, after: int = 0) -> Iterator[InboxItem]:
        """Read an agency's deliveries in order, from behind a position of the log."""

    def notices(self, office: str) -> Iterator[NoticeItem]:
        """Read an office's notices in order."""

    def pages(self) -> Iterator[PageItem]:
        """Read every page in order."""

    def profiles(self) -> list[StoredProfile]:
        """Read the kept profiles in order."""

    def active_profile(self) -> str | None:
        """Give the active profile's reference; None in a new home."""

    def version(self) -> int:
        """Give a number that changes whenever somebody else has written."""

    def clock_offset(self) -> int:
        """Give how far this home's clock is from the machine's, in milliseconds."""

    def close(self) -> None:
        """Let go of what the store holds open."""
