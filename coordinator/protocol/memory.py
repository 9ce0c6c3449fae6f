"""
What a key's state knows of the events accepted in it.

Rule 1: what later decisions look up stands in indexes, never in a search. Rule 2: the
indexes follow from the events that stand and from nothing else, so that they can be
made again: when an event is retracted, and when a case moves to other rules.

Source: docs/rules.md, Retraction; docs/adr/0011-retraction-refolds-the-case.md.
"""

from datetime import datetime

from coordinator.events import format_time
from coordinator.protocol.certificates import kind_issued, meant, rested_on
from coordinator.protocol.record import Record
from coordinator.protocol.rules import EventRules, Rules, meant_by
from coordinator.protocol.scopes import about
from coordinator.protocol.situation import Situation, applies, instant
from coordinator.protocol.spec_events import AcknowledgesSpec
from coordinator.protocol.state import Assignment, Certificate, Fact, Instant, State

__all__ = ["met", "met_then", "recall", "remember", "standing"]


def met(
    state: State, record: Record, at: datetime, now: Instant, rules: Rules
) -> Situation:
    """Put a record received at an instant beside a state and the rules it meets."""
    event = record.event
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


def met_then(state: State, fact: Fact, rules: Rules) -> Situation:
    """Put an accepted event, at its own receipt, beside a state."""
    return met(state, fact.record, fact.record.received_at, fact.at, rules)


def standing(state: State, *, without: str | None = None) -> list[Fact]:
    """
    List the events that stand, in order: those that no standing event retracts.

    `without` is the id of one more that does not.
    """
    out = set() if without is None else {without}
    for fact in reversed(state.accepted.values()):
        row = fact.rules.events[fact.name]
        effect = row.effect
        if effect is not None and effect.retracts is not None and fact.id not in out:
            out.add(fact.data[effect.retracts])
    return [fact for fact in state.accepted.values() if fact.id not in out]


def recall(state: State, rules: Rules) -> None:
    """Make the indexes again from the events that stand, by these rules."""
    for index in (
        state.facts,
        state.latest,
        state.references,
        state.assigned,
        state.certificates,
        state.closed_before,
    ):
        index.clear()
    for obligation in state.obligations.values():
        obligation.acknowledged_until = None
    for fact in standing(state):
        remember(met_then(state, fact, rules), fact)


def remember(s: Situation, fact: Fact) -> None:
    """Take an accepted event into every index, by the situation's rules."""
    state = s.state
    state.facts[fact.id] = fact
    row = s.rules.events.get(fact.name)
    if row is None:
        return  # The case has moved to rules that have no such event.
    _note_closings(s, row)
    _note_certificate(s, row, fact)
    people = (None,) if s.person is None else (None, s.person)
    for person in people:
        state.latest[fact.name, person] = fact
        for by in row.references:
            if (value := s.data.get(by)) is not None:
                state.references[fact.name, by, value, person] = fact
    if row.effect is None:
        return
    if (assigns := row.effect.assigns) is not None:
        until = s.data.get(assigns.valid_to)
        state.assigned[fact.agency, assigns.role] = Assignment(
            contact_id=s.data[assigns.contact],
            valid_from=instant(s.data[assigns.valid_from]),
            valid_to=None if until is None else instant(until),
        )
    if row.effect.acknowledges is not None:
        _note_acknowledgement(s, row.effect.acknowledges)


def _note_acknowledgement(s: Situation, named: AcknowledgesSpec) -> None:
    owed = s.state.owed(s.data[named.obligation])
    if owed is not None:
        until = s.rules.rests_until(s.at, s.data.get(named.until))
        owed.acknowledged_until = format_time(until)


def _note_closings(s: Situation, row: EventRules) -> None:
    """Remember closings of obligations that then do not open any more."""
    for closing in row.closes:
        obliged = closing.obliged
        if not obliged.not_after_closing or closing.how != "satisfied":
            continue
        if not applies(closing.when, s):
            continue
        owner = s.event.agency if closing.by_owner else None
        for scope in meant_by(s, closing):
            person = about(s, scope)
            s.state.closed_before.add((obliged.name, scope, owner, person))


def _note_certificate(s: Situation, row: EventRules, fact: Fact) -> None:
    """Keep the certificate issued, its end, and who was told of it."""
    spec = s.rules.spec.certificate
    if s.person is None:
        return
    if row.name == spec.withdrawn:
        withdrawn = meant(s)
        if withdrawn is not None:
            withdrawn.withdrawn = True
        return
    held = rested_on(s, row)
    if row.name == spec.issued:
        until = s.data.get(spec.until)
        issued = Certificate(
            kind=kind_issued(s),
            number=s.data[spec.number],
            issuer=s.event.agency,
            valid_to=None if until is None else instant(until),
        )
        s.state.certificates.setdefault(s.person, []).append(issued)
        held = [issued]
    for one in held:
        told = dict.fromkeys((s.event.agency, *fact.sent_to))
        told.pop(one.issuer, None)
        one.told.update(told)
