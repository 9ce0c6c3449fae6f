"""
What one key's log has established: the case machine's memory.

A `State` is the fold of a key's log records and of nothing else, so it can be
thrown away and rebuilt. `decide` reads it; only `apply` (in `fold.py`) changes
it. A key is a case reference or a standing scope (`alert:…`, `agency:…`).

Everything that `decide` looks up is indexed, so that a decision costs the same in
a case of ten events and in one of ten thousand. Instants are kept as the log writes
them (`Instant`): the width is fixed, so the order of texts is the order of times.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from coordinator.protocol.record import Record
    from coordinator.protocol.rules import Obliged, Rules

__all__ = [
    "Assignment",
    "Certificate",
    "Debtor",
    "Fact",
    "Firing",
    "Instant",
    "Obligation",
    "PageOut",
    "State",
    "Timer",
]


Debtor = tuple[str, str | None]
"""Who owes, and about which person."""

Instant = str
"""An instant as `format_time` writes it: UTC, milliseconds, `Z`."""


@dataclass(slots=True, eq=False)
class Fact:
    """
    An accepted event, as later decisions need it.

    `sent_to` are agency ids, `at` is its receipt, `closed` are ids of obligations,
    `rules` are those it was decided by; `record` is for deciding it again without an
    event that was retracted.
    """

    seq: int
    at: Instant
    id: str
    name: str
    agency: str
    person: str | None
    data: dict[str, Any]
    sent_to: tuple[str, ...]
    closed: tuple[str, ...]
    record: "Record"
    rules: "Rules"


@dataclass(slots=True, eq=False)
class Firing:
    """The latest paging of a rung: its pages, and which of them reached nobody."""

    rung: int
    pages: set[str]
    unreachable: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Obligation:
    """
    An open (or once open) obligation.

    `person` is whom it is about, if it is about one and not the case; `order` counts
    the key's openings; `pending` maps rungs not yet taken to their
    instants; `reached` is the highest rung taken that counts (0: none);
    `also` is the agency paged beside the owner; `rests_on` the person and number of
    each certificate whose withdrawal withdraws it; `exercise` that of the event that
    opened it.
    """

    id: str
    rules: "Obliged"
    owner: str
    scope: str
    person: str | None
    due: Instant
    order: int
    also: str | None
    rests_on: tuple[tuple[str, str], ...]
    exercise: bool
    pending: dict[int, Instant] = field(default_factory=dict)
    reached: int = 0
    firing: Firing | None = None
    paged: set[str] = field(default_factory=set)
    acknowledged_until: Instant | None = None
    open: bool = True


class Timer(NamedTuple):
    """A rung's instant. Stale when the obligation closed or the rung moved."""

    at: Instant
    order: int
    rung: int
    obligation: Obligation

    @property
    def live(self) -> bool:
        """Whether this rung is still to be taken at this instant."""
        return (
            self.obligation.open and self.obligation.pending.get(self.rung) == self.at
        )


class PageOut(NamedTuple):
    """A page decided at a seq: about which obligation (None: a breach), to whom."""

    seq: int
    obligation: Obligation | None
    agency: str
    rung: int | None


class Assignment(NamedTuple):
    """An agency's contact for a role in this case; `valid_to` None is open-ended."""

    contact_id: str
    valid_from: Instant
    valid_to: Instant | None


@dataclass(slots=True, eq=False)
class Certificate:
    """
    A certificate issued to a person, and every agency told of it.

    `kind` is "" where the profile knows no kinds; `told` an ordered set of agency ids
    without the issuer's.
    """

    kind: str
    number: str
    issuer: str
    valid_to: Instant | None
    told: dict[str, None] = field(default_factory=dict)
    withdrawn: bool = False

    def in_force(self, at: Instant) -> bool:
        """Whether it stands at an instant: not withdrawn and not past valid_to."""
        return not self.withdrawn and (self.valid_to is None or at <= self.valid_to)


@dataclass(slots=True, eq=False)
class State:
    """
    One key's state.

    `seq` counts its decisions; `at` is the last one's instant; `rules` are the
    protocol version it goes by (None before the first record); `exists` and
    `exercise` are set by its first accepted event; `accepted` holds every event ever
    accepted, `facts` those that stand: were not retracted; certificates are by person,
    in order of issue; `open` finds open obligations by name, scope, owner; `again`
    maps the id of what a retraction opened again to its new one.
    """

    key: str
    rules: "Rules | None" = None
    seq: int = 0
    at: Instant | None = None
    exercise: bool | None = None
    exists: bool = False

    accepted: dict[str, Fact] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    latest: dict[tuple[str, str | None], Fact] = field(default_factory=dict)
    references: dict[tuple[str, str, Any, str | None], Fact] = field(
        default_factory=dict
    )
    parties: set[str] = field(default_factory=set)
    assigned: dict[tuple[str, str], Assignment] = field(default_factory=dict)
    certificates: dict[str, list[Certificate]] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    pages: dict[str, PageOut] = field(default_factory=dict)

    openings: int = 0
    obligations: dict[str, Obligation] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)
    open: dict[str, dict[str, dict[Debtor, Obligation]]] = field(default_factory=dict)
    closed_before: set[tuple[str, str, str | None, str | None]] = field(
        default_factory=set
    )
    timers: list[Timer] = field(default_factory=list)

    @property
    def is_case(self) -> bool:
        """Whether the key is a case reference; a scope has a colon."""
        return ":" not in self.key

    def all_open(self) -> Iterator[Obligation]:
        """Give every obligation that is open, by name, scope and owner."""
        for by_scope in self.open.values():
            for by_debtor in by_scope.values():
                yield from by_debtor.values()

    def owed(self, obligation_id: str) -> Obligation | None:
        """Find an obligation by any id that it has had."""
        while (new := self.again.get(obligation_id)) is not None:
            obligation_id = new
        return self.obligations.get(obligation_id)

    def due_by(self, at: Instant) -> list[Timer]:
        """List the live timers up to and at an instant, by instant, order, rung."""
        timers = self.timers
        if not timers or timers[0].at > at:
            return []
        # The heap's top is due: rare, so a scan of this key's timers is fine.
        return sorted(t for t in set(timers) if t.at <= at and t.live)
