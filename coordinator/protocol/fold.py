"""
State is a fold of the log: how one log record changes a key's state.

`apply` takes what the decision says and never decides again, so that a log written
by an older engine folds to the same state. It is the only code that changes a
`State`.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from coordinator.events import format_time, parse_time
from coordinator.protocol.certificates import in_force, kind_issued, meant
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
    find_opener: Opener = _itself
    if decision["verdict"] == "accepted" and row is not None:
        _accept(s, row, decision)
        if row.effect is not None and row.effect.retracts is not None:
            find_opener = _among_facts
    for closed in decision["closed"]:
        _close(state, closed["id"])
    for opened in decision["opened"]:
        _open(find_opener(s, opened), opened, exercise=decision["exercise"])
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
        obligation_of = state.pages[page_id].obligation
        firing = None if obligation_of is None else obligation_of.firing
        if firing is not None and page_id in firing.pages:
            firing.unreachable.add(page_id)


# --- what is owed ---------------------------------------------------------------------


Opener = Callable[[Situation, Opened], Situation]
"""From the record's situation to that of the event which opens an obligation."""


def _itself(s: Situation, _: Opened) -> Situation:
    return s


def _among_facts(s: Situation, opened: Opened) -> Situation:
    """
    Find which standing event opens an obligation again that a retraction lets open.

    It is the one by which the obligation is due when it is.
    """
    for fact in reversed(s.state.facts.values()):
        row = s.rules.events.get(fact.name)
        then = met_then(s.state, fact, s.rules)
        for opening in () if row is None else row.opens:
            if opening.obliged.name != opened["name"]:
                continue
            if opened["scope"] in opening.scope.values(then, opened["owner"]):
                due = opening.due(then, opened["owner"])
                if due is not None and format_time(due.due) == opened["due"]:
                    return then
    return s


def _open(s: Situation, opened: Opened, *, exercise: bool) -> None:
    state = s.state
    obliged = s.rules.obligations[opened["name"]]
    state.openings += 1
    obligation = Obligation(
        id=opened["id"],
        rules=obliged,
        owner=opened["owner"],
        scope=opened["scope"],
        person=about(s, opened["scope"]),
        due=opened["due"],
        order=state.openings,
        also=obliged.also(s),
        rests_on=_rests_on(s),
        exercise=exercise,
    )
    state.obligations[obligation.id] = obligation
    by_scope = state.open.setdefault(obliged.name, {})
    by_debtor = by_scope.setdefault(obligation.scope, {})
    by_debtor[obligation.owner, obligation.person] = obligation


def _rests_on(s: Situation) -> int | None:
    """Give the seq of the certificate that what an event opens rests on."""
    spec = s.rules.spec.certificate
    if s.event.name == spec.issued:
        held = in_force(s, kind_issued(s))
    elif s.rules.events[s.event.name].rests_on_certificate:
        held = meant(s)
    else:
        return None
    return None if held is None else held.seq


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
