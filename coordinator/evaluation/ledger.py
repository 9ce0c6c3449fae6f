"""
The ledger: which cases there are, what is owed in them, who was paged about it.

One pass over the log, in order. It folds what decisions say, under the protocol version
of each, and never decides: what it shows is what was decided. The clock is an argument
of the questions that need one, so the same ledger answers for any moment.

Memory: a line a case, what is still owed, and every page; not the events.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from coordinator.events import TYPE_PREFIX, is_case_reference, parse_time
from coordinator.protocol import Decision, Page, Rules

__all__ = ["Case", "Ledger", "Logged", "Owed", "PageOut", "find_obligations"]


class Logged(NamedTuple):
    """A row of the log: the decision, and the bytes of the event decided on."""

    decision: Decision
    event: bytes


@dataclass(slots=True, eq=False)
class Case:
    """
    A case, which begins with the first event accepted under its reference.

    `profile` is the protocol version that its next event meets; `events` counts the
    accepted events of agencies, the coordinator's own not.
    """

    reference: str
    opened_at: datetime
    profile: str
    exercise: bool
    events: int = 0


@dataclass(slots=True, eq=False)
class Owed:
    """
    An obligation that is open.

    Attributes:
        key: The case, or scope, it is owed in.
        number: As policy officers call it, `T3`.
        says: What is owed, in the protocol's words.
        rung: The highest rung that was paged; 0 when nobody was (a reminder is none).
        acknowledged_until: When the ladder goes on; None where it never rested.
    """

    id: str
    key: str
    name: str
    number: str
    says: str
    owner: str
    scope: str
    cite: str
    due: datetime
    opened_at: datetime
    profile: str
    exercise: bool
    rung: int = 0
    acknowledged_until: datetime | None = None

    @property
    def escalated(self) -> bool:
        """Whether somebody was paged because it was not met."""
        return self.rung > 0

    def late_by_s(self, now: datetime) -> float:
        """Give the elapsed seconds since it was due; 0.0 when it is not late."""
        return max(0.0, (now - self.due).total_seconds())


@dataclass(slots=True, eq=False)
class PageOut:
    """
    A page that was decided, and what became of it.

    `outcome` is `queued` until something was heard of it, then `sent`, `failed` (one
    try) or `unreachable` (all tried); `outcome_at` is when. `breaches` are the rules
    that it is about, if it is about a breach.
    """

    key: str
    at: datetime
    exercise: bool
    page: Page
    breaches: tuple[str, ...] = ()
    outcome: str = "queued"
    outcome_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Ledger:
    """
    What a log amounts to, so far as its rows were taken.

    Args:
        versions: Every protocol version that the log names, by its reference.
    """

    versions: Mapping[str, Rules]
    cases: dict[str, Case] = field(default_factory=dict)
    owed: dict[str, Owed] = field(default_factory=dict)
    pages: dict[str, PageOut] = field(default_factory=dict)

    def take_all(self, rows: Iterable[Logged]) -> "Ledger":
        """Take rows of the log, in its order; gives the ledger itself."""
        for row in rows:
            self.take(row)
        return self

    def take(self, row: Logged) -> None:
        """Take the next row of the log."""
        decision = row.decision
        rules = self.versions[decision["profile"]]
        at = parse_time(decision["at"])
        accepted = decision["verdict"] == "accepted"
        if accepted:
            self._count(decision, rules, at)
        for closed in decision["closed"]:
            self.owed.pop(closed["id"], None)
        for opened in decision["opened"]:
            obliged = rules.obligations[opened["name"]]
            self.owed[opened["id"]] = Owed(
                key=decision["case"],
                number=obliged.number,
                says=obliged.says,
                opened_at=at,
                profile=decision["profile"],
                exercise=decision["exercise"],
                **{**opened, "due": parse_time(opened["due"])},  # type: ignore[arg-type]  # the record's own members
            )
        for page in decision["pages"]:
            self._paged(page, decision, at)
        if accepted or decision["verdict"] == "noop":
            self._take_effect(row, rules, at)

    def late(self, now: datetime) -> Counter[str]:
        """Count, for each case or scope, the obligations past their due time."""
        return Counter(owed.key for owed in self.owed.values() if owed.due < now)

    def open(self) -> Counter[str]:
        """Count, for each case or scope, the obligations that are open."""
        return Counter(owed.key for owed in self.owed.values())

    def _count(self, decision: Decision, rules: Rules, at: datetime) -> None:
        key = decision["case"]
        if not is_case_reference(key):
            return
        case = self.cases.get(key)
        if case is None:
            profile, exercise = decision["profile"], decision["exercise"]
            case = self.cases[key] = Case(key, at, profile, exercise)
        sender = decision["input"]["source"].rpartition(":")[2]
        case.events += sender != rules.spec.coordinator

    def _paged(self, page: Page, decision: Decision, at: datetime) -> None:
        key, exercise = decision["case"], decision["exercise"]
        breaches = tuple(one["rule"] for one in decision["breaches"])
        about = breaches if page["why"] == "breach" else ()
        self.pages[page["id"]] = PageOut(key, at, exercise, page, about)
        owed = self.owed.get(page["obligation"] or "")
        if owed is not None:
            owed.rung = max(owed.rung, page["rung"] or 0)

    def _take_effect(self, row: Logged, rules: Rules, at: datetime) -> None:
        """
        Take in what an event did to a page, a ladder, or a case's version.

        A no-op changes no ladder, and yet a page may have reached nobody.
        """
        name = row.decision["input"]["type"].removeprefix(TYPE_PREFIX)
        effect = rules.events[name].effect
        if effect is None:
            return
        page_field = effect.delivered or effect.unreachable
        if page_field is not None:
            out = self.pages.get(_data(row)[page_field])
            if out is not None:
                # The outcome is the last word of the event's name.
                out.outcome, out.outcome_at = name.rpartition(".")[2], at
        elif effect.acknowledges is not None:
            data = _data(row)
            owed = self.owed.get(data[effect.acknowledges.obligation])
            if owed is not None:
                until = data.get(effect.acknowledges.until)
                owed.acknowledged_until = rules.rests_until(at, until)
        elif effect.migrates is not None:
            self.cases[row.decision["case"]].profile = _data(row)["to"]


def find_obligations(rows: Iterable[Logged], begins: str) -> Iterator[tuple[str, str]]:
    """
    Find obligations, open or closed, by the beginning of their ids.

    Yields:
        The id, and the case or scope it is owed in, in the order of opening.
    """
    for row in rows:
        for opened in row.decision["opened"]:
            if opened["id"].startswith(begins):
                yield opened["id"], row.decision["case"]


def _data(row: Logged) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(row.event)["data"]
    return data
