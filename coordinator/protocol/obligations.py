"""
Which obligations an accepted event closes, and which it opens.

Rule 1: closing comes first, then opening. Rule 2: an event that names a request
closes only that request's obligation; one that names none closes only the
person's; case-wide obligations close whatever person it names. Rule 3: opening
again what is open changes nothing, save where the profile says it supersedes.

Source: docs/rules.md, Obligations.
"""

from collections.abc import Callable
from typing import Literal

from coordinator.events import format_time
from coordinator.protocol.certificates import meant
from coordinator.protocol.draft import Draft
from coordinator.protocol.ladder import REMINDER
from coordinator.protocol.rules import Closing, EventRules, Opening, meant_by
from coordinator.protocol.scopes import about
from coordinator.protocol.situation import Situation, applies
from coordinator.protocol.state import Debtor, Obligation

__all__ = ["close_and_open"]

How = Literal["satisfied", "superseded"]


def close_and_open(draft: Draft, row: EventRules) -> None:
    """Close what the event settles or ends, then open what it asks for."""
    if draft.situation.state.open:
        _settle(draft, row)
        _end(draft, row)
    for opening in row.opens:
        _open(draft, opening)


# --- closing ------------------------------------------------------------------------


def _settle(draft: Draft, row: EventRules) -> None:
    """Close what the event closes by its own Per value, in order of opening."""
    s = draft.situation
    settled: dict[int, tuple[Obligation, How]] = {}
    for closing in row.closes:
        by_scope = s.state.open.get(closing.obliged.name)
        if by_scope is not None and applies(closing.when, s):
            for owed in _settled(s, closing, by_scope):
                settled.setdefault(owed.order, (owed, closing.how))
    for order in sorted(settled):
        draft.close(*settled[order])


def _settled(
    s: Situation, closing: Closing, by_scope: dict[str, dict[Debtor, Obligation]]
) -> list[Obligation]:
    """Find the open obligations of one name that an event settles."""
    if closing.all:
        found = [owed for debts in by_scope.values() for owed in debts.values()]
    else:
        found = [
            owed
            for scope in (*meant_by(s, closing), "case")
            if scope in by_scope
            for owed in by_scope[scope].values()
            if owed.person is None or owed.person == s.person
        ]
    if closing.by_owner:
        found = [owed for owed in found if owed.owner == s.event.agency]
    if closing.spares is not None:
        spared = s.data.get(closing.spares)
        found = [owed for owed in found if owed.owner != spared]
    return found


def _end(draft: Draft, row: EventRules) -> None:
    """
    Close what else the event ends.

    That is what rests on a certificate, what other rules do not have, or all of a case.

    Source: docs/rules.md, Certificates and Obligations.
    """
    s = draft.situation
    if row.name == s.rules.spec.certificate.withdrawn:
        held = meant(s)
        _close_where(
            draft,
            "withdrawn",
            lambda owed: held is not None and held.kind in _kinds(s, owed),
        )
    if row.effect is not None and (row.effect.migrates or row.effect.activates):
        kept = s.active_rules.obligations
        _close_where(draft, "superseded", lambda owed: owed.rules.name not in kept)
    if (leaves := row.leaves) is not None:
        _close_where(draft, "superseded", lambda owed: owed.rules.name not in leaves)


def _kinds(s: Situation, owed: Obligation) -> set[str]:
    """Give the kinds, by the present rules, of this person's that one rests on."""
    theirs = s.state.certificates.get(s.person or "", ())
    return {one.kind for one in theirs if (s.person, one.number) in owed.rests_on}


def _close_where(
    draft: Draft,
    how: Literal["withdrawn", "superseded"],
    ends: Callable[[Obligation], bool],
) -> None:
    standing = draft.situation.state.all_open()
    ended = [owed for owed in standing if owed.id not in draft.shut and ends(owed)]
    for owed in sorted(ended, key=lambda one: one.order):
        draft.close(owed, how)


# --- opening ------------------------------------------------------------------------


def _open(draft: Draft, opening: Opening) -> None:
    s = draft.situation
    obliged = opening.obliged
    if not applies(opening.when, s) or (draft.exercise and not obliged.in_exercise):
        return
    kind = opening.unless_open
    if kind is not None and _open_of_kind(draft, obliged.name, kind):
        return
    for owner in opening.owners(s):
        for scope in opening.scope.values(s, owner):
            _open_one(draft, opening, owner, scope)
    if opening.supersedes is not None:
        for owed in _open_of_kind(draft, obliged.name, opening.supersedes):
            if owed.person in (None, s.person):
                draft.close(owed, "superseded")


def _open_of_kind(draft: Draft, name: str, kind: str) -> list[Obligation]:
    """List the obligations of a name still open whose scope is of a kind."""
    return [
        owed
        for scope, debts in draft.situation.state.open.get(name, {}).items()
        if scope.partition(":")[0] == kind
        for owed in debts.values()
        if owed.id not in draft.shut
    ]


def _open_one(draft: Draft, opening: Opening, owner: str, scope: str) -> None:
    s = draft.situation
    obliged = opening.obliged
    name, person = obliged.name, about(s, scope)
    if (name, scope, owner) in draft.standing:
        return
    if obliged.not_after_closing and not s.state.closed_before.isdisjoint(
        ((name, scope, None, person), (name, scope, owner, person))
    ):
        return
    due = opening.due(s, owner)
    if due is None:
        return
    owed = s.state.open.get(name, {}).get(scope, {}).get((owner, person))
    if owed is not None and owed.id not in draft.shut:
        if not obliged.supersedes_itself:
            return
        draft.close(owed, "superseded")
    falls_due = format_time(due.due)
    made = draft.open(
        name=name, owner=owner, due=falls_due, scope=scope, cite=obliged.cite
    )
    timers = draft.timers
    if due.reminder is not None:
        timers[made, REMINDER] = format_time(due.reminder)
    for rung in obliged.ladder.rungs:
        timers[made, rung.number] = (
            format_time(due.due + rung.after) if rung.after else falls_due
        )
