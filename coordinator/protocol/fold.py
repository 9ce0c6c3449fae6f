"""
State is a fold of the log: how one log record changes a key's state.

`apply` takes what the decision says and never decides again, so that a log written
by an older engine folds to the same state. It is the only code that changes a
`State`.
"""

from datetime import datetime
from heapq import heappop, heappush

from coordinator.events import format_time, parse_time
from coordinator.protocol.record import Decision, Opened, Page, Record
from coordinator.protocol.rules import EventRules, meant_by
from coordinator.protocol.scopes import about
from coordinator.protocol.situation import Situation, applies, instant
from coordinator.protocol.spec_events import EffectSpec
from coordinator.protocol.state import (
    Assignment,
    Certificate,
    Fact,
    Firing,
    Instant,
    Obligation,
    PageOut,
    State,
    Timer,
)

__all__ = ["apply", "situate"]


def situate(state: State, record: Record, at: datetime, now: Instant) -> Situation:
    """Put a record beside the state it meets; a case keeps the rules it has."""
    event = record.event
    rules = state.rules or record.rules
    return Situation(
        event,
        event.data,
        event.personref,
        at,
        now,
        state,
        rules,
        record.rules,
        record.contact_known,
    )


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
    s = situate(state, record, parse_time(at), at)
    state.seq = decision["seq"]
    state.at = at
    state.rules = s.rules
    _take_timers(state, at)
    if decision["pages"]:
        _note_pages(state, decision["pages"])
    row = s.rules.events.get(record.event.name)
    rests_on = None
    if decision["verdict"] == "accepted" and row is not None:
        rests_on = _accept(s, row, decision)
    for closed in decision["closed"]:
        _close(state, closed["id"])
    for opened in decision["opened"]:
        _open(s, opened, rests_on)
    for timer in decision["timers"]:
        _set_timer(state, timer["obligation"], timer["rung"], timer["at"])
    while state.timers and not state.timers[0].live:
        heappop(state.timers)


# --- what was said ------------------------------------------------------------------


def _accept(s: Situation, row: EventRules, decision: Decision) -> Certificate | None:
    """Take in an accepted event; give the certificate that it rests on."""
    state, event = s.state, s.event
    _note_closings(s, row)
    sent_to = tuple(one["to"] for one in decision["deliveries"])
    rests_on = _certificate(s, row, sent_to)
    fact = Fact(
        decision["seq"], event.id, event.name, event.agency, s.person, s.data, sent_to
    )
    if state.exercise is None:
        state.exercise = event.exercise
    state.facts[event.id] = fact
    if row.effect is None or row.effect.acknowledges is None:
        # Who acknowledges for an office is party to that obligation only.
        state.parties.add(event.agency)
    state.parties.update(sent_to)
    for notice in decision["notices"]:
        state.notices.add(notice["id"])
        state.parties.add(notice["to"])
    people = (None,) if s.person is None else (None, s.person)
    for person in people:
        state.latest[event.name, person] = fact
        for by in row.references:
            if (value := s.data.get(by)) is not None:
                state.references[event.name, by, value, person] = fact
    if row.effect is not None:
        _take_effect(s, row.effect)
    return rests_on


def _certificate(
    s: Situation, row: EventRules, sent_to: tuple[str, ...]
) -> Certificate | None:
    """Keep who was told of the certificate. Source: docs/rules.md, Certificates."""
    spec = s.rules.spec.certificate
    if s.person is None:
        return None
    if row.name == spec.issued:
        until = s.data.get(spec.until)
        held = Certificate(
            number=s.data[spec.number],
            issuer=s.event.agency,
            valid_to=None if until is None else instant(until),
        )
        s.state.certificates[s.person] = held
    else:
        found = s.certificate()
        if found is None or not (
            row.rests_on_certificate or row.name == spec.withdrawn
        ):
            return None
        held = found
    if row.name == spec.withdrawn:
        held.withdrawn = True
        return None
    told = dict.fromkeys((s.event.agency, *sent_to))
    told.pop(held.issuer, None)
    held.told.update(told)
    return held


def _note_closings(s: Situation, row: EventRules) -> None:
    """Remember closings of obligations that then do not open any more."""
    for closing in row.closes:
        obliged = closing.obliged
        if not obliged.not_after_closing or not applies(closing.when, s):
            continue
        owner = s.event.agency if closing.by_owner else None
        for scope in meant_by(s, closing):
            person = about(s, scope)
            s.state.closed_before.add((obliged.name, scope, owner, person))


def _take_effect(s: Situation, effect: EffectSpec) -> None:
    """What an event does beside opening and closing."""
    if (assigns := effect.assigns) is not None:
        until = s.data.get(assigns.valid_to)
        s.state.assigned[s.event.agency, assigns.role] = Assignment(
            contact_id=s.data[assigns.contact],
            valid_from=instant(s.data[assigns.valid_from]),
            valid_to=None if until is None else instant(until),
        )
    if (acknowledges := effect.acknowledges) is not None:
        obligation = s.state.obligations[s.data[acknowledges.obligation]]
        until = s.data.get(acknowledges.until)
        obligation.acknowledged_until = (
            format_time(s.rules.acknowledgement(s.at))
            if until is None
            else instant(until)
        )
    if effect.activates is not None or effect.migrates is not None:
        s.state.rules = s.active_rules
    if effect.unreachable is not None:
        page_id = s.data[effect.unreachable]
        obligation_of = s.state.pages[page_id].obligation
        firing = None if obligation_of is None else obligation_of.firing
        if firing is not None and page_id in firing.pages:
            firing.unreachable.add(page_id)


# --- what is owed ---------------------------------------------------------------------


def _open(s: Situation, opened: Opened, rests_on: Certificate | None) -> None:
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
        rests_on=rests_on,
    )
    state.obligations[obligation.id] = obligation
    by_scope = state.open.setdefault(obliged.name, {})
    by_debtor = by_scope.setdefault(obligation.scope, {})
    by_debtor[obligation.owner, obligation.person] = obligation


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
        state.pages[page["id"]] = PageOut(obligation, page["agency"], rung)


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
