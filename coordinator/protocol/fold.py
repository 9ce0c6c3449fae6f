"""
State is a fold of the log: how one log record changes a key's state.

`apply` takes what the decision says and never decides again, so that a log written
by an older engine folds to the same state. A `State` is changed here and in
`memory.py`, which it calls, and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heappop, heappush

from coordinator.events import format_time, parse_time
from coordinator.protocol.certificates import rested_on
from coordinator.protocol.memory import met, met_then, recall, remember
from coordinator.protocol.record import Decision, Opened, Page, Record
from coordinator.protocol.rules import EventRules
from coordinator.protocol.scopes import about
from coordinator.protocol.situation import Situation
from coordinator.protocol.spec_events import EffectSpec
from coordinator.protocol.state import (
    Fact,
    Firing,
    Instant,
    Obligation,
    PageOut,
    State,
    Timer,
)

__all__ = ["apply"]


def apply(state: State, record: Record, decision: Decision) -> None:
    """
    Move a key's state past one log record.

    Args:
        state: The key's state before the record; changed in place. A record that
            it has already applied (by `seq`) changes nothing.
        record: The intake record.
        decision: What the log holds beside it.
    """
    if decision["seq"] <= state.seq:
        return
    at = decision["at"]
    rules = state.rules or record.rules
    s = met(state, record, parse_time(at), at, rules)
    state.seq = decision["seq"]
    state.at = at
    state.rules = rules
    _take_timers(state, at)
    if decision["pages"]:
        _note_pages(state, decision["pages"])
    row = rules.events.get(record.event.name)
    retracted = None
    if decision["verdict"] == "accepted" and row is not None:
        _accept(s, row, decision)
        if row.effect is not None and row.effect.retracts is not None:
            retracted = state.accepted.get(s.data[row.effect.retracts])
    for closed in decision["closed"]:
        _close(state, closed["id"])
    for opened in decision["opened"]:
        before = None if retracted is None else _before(state, retracted, opened)
        if before is not None:
            made = _again(state, before, opened)
        else:
            opener = s if retracted is None else next(_openers(s, opened), s)
            made = _anew(opener, opened, exercise=decision["exercise"])
        _open(state, made)
    for timer in decision["timers"]:
        _set_timer(state, timer["obligation"], timer["rung"], timer["at"])
    while state.timers and not state.timers[0].live:
        heappop(state.timers)


# --- what was said ------------------------------------------------------------------


def _accept(s: Situation, row: EventRules, decision: Decision) -> None:
    """Take in an accepted event."""
    state, event = s.state, s.event
    fact = Fact(
        seq=decision["seq"],
        at=decision["at"],
        id=event.id,
        name=event.name,
        agency=event.agency,
        person=s.person,
        data=s.data,
        sent_to=tuple(one["to"] for one in decision["deliveries"]),
        closed=tuple(one["id"] for one in decision["closed"]),
        record=Record(state.key, s.at, s.active_rules, event, s.contact_known),
        rules=s.rules,
    )
    state.exists = True
    if state.exercise is None:
        state.exercise = event.exercise
    if row.effect is None or row.effect.acknowledges is None:
        # Who acknowledges for an office is party to that obligation only.
        state.parties.add(event.agency)
    state.parties.update(fact.sent_to)
    for notice in decision["notices"]:
        state.notices.add(notice["id"])
        state.parties.add(notice["to"])
    state.accepted[event.id] = fact
    remember(s, fact)
    if row.effect is not None:
        _take_effect(s, row.effect)


def _take_effect(s: Situation, effect: EffectSpec) -> None:
    """What an event changes beside the indexes."""
    state = s.state
    if effect.activates is not None or effect.migrates is not None:
        state.rules = s.active_rules
    if effect.migrates is not None:
        recall(state, s.active_rules)
    if effect.retracts is not None:
        recall(state, s.rules)
    if effect.unreachable is not None:
        page_id = s.data[effect.unreachable]
        about_it = state.pages[page_id].obligation
        owed = None if about_it is None else state.owed(about_it.id)
        firing = None if owed is None else owed.firing
        if firing is not None and page_id in firing.pages:
            firing.unreachable.add(page_id)


# --- what is owed ---------------------------------------------------------------------


def _open(state: State, obligation: Obligation) -> None:
    state.obligations[obligation.id] = obligation
    by_scope = state.open.setdefault(obligation.rules.name, {})
    by_debtor = by_scope.setdefault(obligation.scope, {})
    by_debtor[obligation.owner, obligation.person] = obligation


def _anew(s: Situation, opened: Opened, *, exercise: bool) -> Obligation:
    """Make what the situation's event opens."""
    s.state.openings += 1
    obliged = s.rules.obligations[opened["name"]]
    return Obligation(
        id=opened["id"],
        rules=obliged,
        owner=opened["owner"],
        scope=opened["scope"],
        person=about(s, opened["scope"]),
        due=opened["due"],
        order=s.state.openings,
        also=obliged.also(s),
        rests_on=_rests_on(s),
        exercise=exercise,
    )


def _before(state: State, retracted: Fact, opened: Opened) -> Obligation | None:
    """Find what a retraction opens as it was before the retracted event closed it."""
    for closed in retracted.closed:
        before = state.owed(closed)
        if (
            before is not None
            and not before.open
            and before.rules.name == opened["name"]
            and before.owner == opened["owner"]
            and before.scope == opened["scope"]
            and before.due == opened["due"]
        ):
            return before
    return None


def _again(state: State, before: Obligation, opened: Opened) -> Obligation:
    """Make an obligation that was closed once more; its ladder goes on."""
    state.openings += 1
    state.again[before.id] = opened["id"]
    return replace(
        before,
        id=opened["id"],
        order=state.openings,
        pending={},
        paged=set(before.paged),
        open=True,
    )


def _openers(s: Situation, opened: Opened) -> Iterator[Situation]:
    """
    Find the standing event that opens what the retracted one had kept from opening.

    It is the latest by which the obligation is owed, and due when it is.
    """
    owner, scope = opened["owner"], opened["scope"]
    held = s.state.open.get(opened["name"], {}).get(scope, {})
    for fact in reversed(s.state.facts.values()):
        then = met_then(s.state, fact, fact.rules)
        for opening in fact.rules.events[fact.name].opens:
            if (
                opening.obliged.name == opened["name"]
                and owner in opening.owners(then)
                and scope in opening.scope.values(then, owner)
                and (owner, about(then, scope)) not in held
                and (due := opening.due(then, owner)) is not None
                and format_time(due.due) == opened["due"]
            ):
                yield then


def _rests_on(s: Situation) -> tuple[tuple[str, str], ...]:
    """Give person and number of each certificate that what an event opens rests on."""
    if s.person is None:
        return ()
    spec = s.rules.spec.certificate
    if s.event.name == spec.issued:
        return ((s.person, s.data[spec.number]),)
    held = rested_on(s, s.rules.events[s.event.name])
    return tuple((s.person, one.number) for one in held)


def _close(state: State, obligation_id: str) -> None:
    obligation = state.obligations[obligation_id]
    obligation.open = False
    obligation.pending.clear()
    by_scope = state.open[obligation.rules.name]
    by_debtor = by_scope[obligation.scope]
    del by_debtor[obligation.owner, obligation.person]
    if not by_debtor:
        del by_scope[obligation.scope]
    if not by_scope:
        del state.open[obligation.rules.name]


# --- who is told --------------------------------------------------------------------


def _note_pages(state: State, pages: list[Page]) -> None:
    firings: dict[str, Firing] = {}
    for page in pages:
        rung, obligation = page["rung"], None
        state.parties.add(page["agency"])
        if page["obligation"] is not None and rung is not None:
            obligation = state.obligations[page["obligation"]]
            obligation.pending.pop(rung, None)
            if rung > 0:
                obligation.paged.add(page["agency"])
            if obligation.rules.ladder.counts(rung):
                obligation.reached = max(obligation.reached, rung)
                obligation.firing = firings.setdefault(
                    obligation.id, Firing(rung, set())
                )
                obligation.firing.pages.add(page["id"])
        state.pages[page["id"]] = PageOut(state.seq, obligation, page["agency"], rung)


def _take_timers(state: State, at: Instant) -> None:
    """Every rung due by the record's instant was taken in its decision."""
    while state.timers and state.timers[0].at <= at:
        timer = heappop(state.timers)
        if timer.live:
            del timer.obligation.pending[timer.rung]


def _set_timer(state: State, obligation_id: str, rung: int, at: Instant) -> None:
    obligation = state.obligations[obligation_id]
    timer = Timer(at, obligation.order, rung, obligation)
    # A rung that is moved away and back again still stands in the heap.
    if rung not in obligation.pending or timer not in state.timers:
        heappush(state.timers, timer)
    obligation.pending[rung] = at
