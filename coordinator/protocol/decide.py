"""
The decision on one intake record: a pure function of state and record.

    verdict   1 an id accepted before            -> duplicate
              2 who may send it                  -> refused (emitter)
              3 who takes part in the case       -> refused (not_a_party)
              4 an exercise or real              -> refused (exercise)
              5 gates, as written                -> refused (<event>.<n>), or breaches
              6 all else                         -> accepted

Rule 1: whatever the verdict, every rung of the key due by `received_at` is taken
first, in the same decision, so that a late timer hides no missed deadline. Rule 2:
an accepted event first closes, then opens. Rule 3: no clock, no I/O, no randomness,
and it never raises on a record that ingress let through.

Source: docs/rules.md.
"""

from datetime import datetime

from coordinator.events import format_time, parse_time
from coordinator.protocol.draft import Draft
from coordinator.protocol.effects import take_effect
from coordinator.protocol.escalate import page_breach, take_due
from coordinator.protocol.memory import met
from coordinator.protocol.obligations import close_and_open
from coordinator.protocol.record import Breach, Decision, Record
from coordinator.protocol.retraction import refold
from coordinator.protocol.rules import EventRules
from coordinator.protocol.situation import Situation
from coordinator.protocol.spec_events import EffectSpec
from coordinator.protocol.state import Instant, State

__all__ = ["decide", "received_at"]


def received_at(state: State, record: Record) -> datetime:
    """Give the record's receipt, raised to the key's last one if earlier."""
    return _receipt(state, record)[0]


def _receipt(state: State, record: Record) -> tuple[datetime, Instant]:
    now = format_time(record.received_at)
    if state.at is not None and now < state.at:
        return parse_time(state.at), state.at
    return record.received_at, now


def decide(state: State, record: Record) -> Decision:
    """
    Decide one intake record.

    Args:
        state: The key's state; read, never written (`fold.apply` does that with
            what comes back).
        record: The next record of that key.

    Returns:
        The decision record, ready to be written to the log.
    """
    at, now = _receipt(state, record)
    s = met(state, record, at, now, state.rules or record.rules)
    row = s.rules.events.get(s.event.name)
    if row is not None and row.effect is not None:
        s = _without_the_retracted(s, row.effect)
    draft = Draft(s)
    take_due(draft)
    if row is None:
        draft.refuse(
            "emitter",
            s.rules.spec.system_rules.emitter.cite,
            f"Protocol {s.rules.reference} has no such event.",
        )
    else:
        _judge(draft, row)
    return draft.finish()


def _without_the_retracted(s: Situation, effect: EffectSpec) -> Situation:
    """Put beside a retraction the case as it would be without the event it names."""
    fact = s.state.facts.get(s.data.get(effect.retracts or "", ""))
    if fact is None or fact.agency != s.event.agency:
        return s
    return s._replace(without=refold(s.state, fact.id, decide))


def _judge(draft: Draft, row: EventRules) -> None:
    s = draft.situation
    event, state, system = s.event, s.state, s.rules.spec.system_rules
    if event.id in state.accepted:
        draft.verdict = "duplicate"
        return
    if not row.admits(event.agency):
        draft.refuse("emitter", row.cite, row.emitter_detail)
        return
    if not _is_party(s, row):
        rule = system.not_a_party
        draft.refuse("not_a_party", rule.cite, f"Required: {rule.says}. {rule.mend}")
        return
    if state.exercise not in (None, event.exercise) and _is_told_apart(s):
        rule = system.exercise
        draft.refuse("exercise", rule.cite, f"Required: {rule.says}. {rule.mend}")
        return
    breaches: list[Breach] = []
    for gate in row.gates:
        if gate.holds(s) or (gate.when is not None and not gate.when(s)):
            continue
        if gate.refuses:
            draft.refuse(gate.rule, gate.cite, gate.told(s))
            return
        breaches.append({"rule": gate.rule, "cite": gate.cite, "detail": gate.told(s)})
    draft.breaches = breaches
    _accept(draft, row)


def _is_told_apart(s: Situation) -> bool:
    """Whether exercise and real must not mix: in cases, among agencies' events."""
    own = s.event.agency == s.rules.spec.coordinator
    return not own and s.state.is_case


def _accept(draft: Draft, row: EventRules) -> None:
    s = draft.situation
    if row.effect is not None and not take_effect(draft, row.effect):
        draft.verdict = "noop"
        return
    draft.deliver(row)
    close_and_open(draft, row)
    if draft.breaches:
        page_breach(draft)
    if not draft.exercise:
        for notice in row.notices:
            if notice.when is None or notice.when(s):
                draft.notify(notice.to, notice.kind)


def _is_party(s: Situation, row: EventRules) -> bool:
    """
    Whether the emitter may know of the case at all.

    A case nothing was accepted under is answered in the same words, so that nobody
    can tell the two apart. Source: docs/rules.md, Events (Subject, Party).
    """
    state, agency = s.state, s.event.agency
    if agency == s.rules.spec.coordinator or not state.is_case:
        return True
    if not state.exists:
        return s.event.subject is None
    if row.exempt_from_party or agency in state.parties:
        return True
    effect = row.effect
    if effect is None or effect.acknowledges is None:
        return False
    obligation = state.owed(s.data.get(effect.acknowledges.obligation, ""))
    return obligation is not None and any(
        s.rules.is_member(agency, office) for office in obligation.paged
    )
