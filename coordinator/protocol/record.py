"""
The two records the case machine lives between: intake and decision.

An intake record is an event with what ingress stamped on it. A decision record is
a JSON object, kept as a plain `dict` in the order of its schema: it is written to
the log as it stands, and the log is read back into the same shape.

Source: docs/rules.md, Decisions.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, NotRequired

from typing_extensions import TypedDict

from coordinator.events import Event

if TYPE_CHECKING:
    from coordinator.protocol.rules import Rules

__all__ = [
    "ENGINE",
    "Alarm",
    "Breach",
    "Closed",
    "Decision",
    "Delivery",
    "Input",
    "NoticeMade",
    "Opened",
    "Page",
    "Record",
    "TimerSet",
    "Verdict",
]

ENGINE: Final = 1
"""Raised when a change to `decide` changes decisions; replay verifies its own."""

Verdict = Literal["accepted", "refused", "duplicate", "noop"]


class Record(NamedTuple):
    """
    One intake record.

    Attributes:
        key: The case reference or scope; the event's subject, or minted.
        received_at: Aware UTC, whole milliseconds; the only "now" of its decision.
        rules: The protocol version that was active at receipt; of an event that moves
            a case, the one that it brings.
        contact_known: Whether the directory knows the contacts the event names;
            None where it names none.
        sender: The agency whose outbox it came through; None for the operator's
            and the coordinator's own.
    """

    key: str
    received_at: datetime
    rules: "Rules"
    event: Event
    contact_known: bool | None = None
    sender: str | None = None


class Input(TypedDict):
    """The event decided on."""

    id: str
    type: str
    source: str
    time: str
    personref: NotRequired[str]


class Breach(TypedDict):
    """A gate that was not met, in an event that is accepted all the same."""

    rule: str
    cite: str
    detail: str


class Delivery(TypedDict):
    """Who is sent the event, which view of it, and what that view leaves out."""

    id: str
    to: str
    view: Literal["full", "stub"]
    without: list[str]


class Opened(TypedDict):
    """An obligation opened; `due` is absolute."""

    id: str
    name: str
    owner: str
    due: str
    scope: str
    cite: str


class Closed(TypedDict):
    """An obligation closed; `late_by_s` counts elapsed seconds after due."""

    id: str
    name: str
    owner: str
    how: Literal["satisfied", "withdrawn", "superseded"]
    late_by_s: float


class Page(TypedDict):
    """Somebody to be told; `rung` 0 is the reminder, null a breach's."""

    id: str
    obligation: str | None
    name: str | None
    agency: str
    role: str
    rung: int | None
    contact_id: NotRequired[str]
    why: Literal["reminder", "deadline", "breach", "unreachable"]


class TimerSet(TypedDict):
    """A rung's instant, new or moved."""

    obligation: str
    rung: int
    at: str


class Alarm(TypedDict):
    """Something the operator must hear of."""

    id: str
    obligation: str | None
    why: str


class NoticeMade(TypedDict):
    """A notice to an office: that something happened, without personal data."""

    id: str
    to: str
    kind: Literal["initial", "update"]


class Decision(TypedDict):
    """
    A decision record, as in the log; its members in this order.

    Source: docs/rules.md, Decisions.
    """

    seq: int
    case: str
    at: str
    profile: str
    engine: int
    exercise: bool
    input: Input
    verdict: Verdict
    rule: str | None
    cite: str | None
    detail: str | None
    breaches: list[Breach]
    deliveries: list[Delivery]
    opened: list[Opened]
    closed: list[Closed]
    pages: list[Page]
    timers: list[TimerSet]
    alarms: list[Alarm]
    notices: list[NoticeMade]
