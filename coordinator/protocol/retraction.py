"""
Mending a mistake: the case as if one of its events had not been accepted.

Rule 1: the case is decided again without the event, each other event by the rules and
at the receipt it had. Rule 2: what was sent, paged and noticed stays so. Rule 3: what
is then open and is not, opens with its old due; what is open and then would not be, is
superseded. Rule 4: an obligation is the same one when its name, scope, owner, person
and due are.

Source: docs/rules.md, Retraction; docs/adr/0011-retraction-refolds-the-case.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from coordinator.events import made_id, parse_time
from coordinator.protocol.draft import Draft
from coordinator.protocol.escalate import move_ladder, next_repeat, resume_ladder
from coordinator.protocol.fold import apply
from coordinator.protocol.ladder import REMINDER
from coordinator.protocol.memory import met_then, remember, standing
from coordinator.protocol.record import Decision, Delivery, Record
from coordinator.protocol.situation import Refold
from coordinator.protocol.state import Fact, Obligation, PageOut, State

__all__ = ["mend", "refold"]

Decide = Callable[[State, Record], Decision]
_Identity = tuple[str, str, str, str | None, str]


def refold(state: State, event_id: str, decide: Decide) -> Refold:
    """
    Decide a case again as if an event had not been accepted.

    Args:
        state: The case; read, never written.
        event_id: An event accepted in it.
        decide: The decision on one record.
    """
    scratch = State(state.key, exercise=state.exercise, exists=True, again=state.again)
    scratch.notices.update(state.notices)
    # An office is party by the notices and pages that it was sent.
    scratch.parties.update(state.parties.intersection(_offices(state)))
    ids = {_identity(owed): owed.id for owed in state.obligations.values()}
    paged = list(reversed(state.pages.values()))
    fallen = []
    for fact in standing(state, without=event_id):
        scratch.rules, scratch.seq = fact.rules, fact.seq - 1
        while paged and paged[-1].seq < fact.seq:
            _note_page(state, scratch, paged.pop())
        if _is_history(fact):
            remember(met_then(scratch, fact, fact.rules), fact)
            scratch.accepted[fact.id] = fact
            scratch.parties.update((fact.agency, *fact.sent_to))
            continue
        decision = decide(scratch, fact.record)
        if decision["verdict"] != "accepted":
            fallen.append(fact)
            continue
        apply(scratch, fact.record, _as_it_went(decision, fact, ids))
        scratch.timers.clear()  # Nobody is paged for what might have been.
    for page in reversed(paged):
        _note_page(state, scratch, page)
    return Refold(scratch, tuple(fallen))


def _note_page(state: State, scratch: State, page: PageOut) -> None:
    """
    Take in a page, which was sent all the same: its rung is over, it makes a party.

    What it was about can be acknowledged, even if it would not have been owed.
    """
    scratch.parties.add(page.agency)
    if page.obligation is None or page.rung is None:
        return
    real = state.owed(page.obligation.id) or page.obligation
    owed = scratch.obligations.get(real.id)
    if owed is None:
        owed = replace(real, open=False, pending={}, firing=None, paged=set())
        scratch.obligations[real.id] = owed
    ladder = owed.rules.ladder
    if page.rung != ladder.last:
        owed.pending.pop(page.rung, None)
    if page.rung != REMINDER:
        owed.paged.add(page.agency)
    if ladder.counts(page.rung):
        owed.reached = max(owed.reached, page.rung)
        for rung in range(REMINDER, owed.reached):
            owed.pending.pop(rung, None)


def _offices(state: State) -> Iterable[str]:
    return () if state.rules is None else state.rules.spec.offices


def _is_history(fact: Fact) -> bool:
    """Whether an event only says what the bus, or an earlier retraction, did."""
    effect = fact.rules.events[fact.name].effect
    return effect is not None and not effect.model_fields_set.isdisjoint(
        ("fires", "unreachable", "delivered", "retracts")
    )


def _identity(owed: Obligation) -> _Identity:
    return owed.rules.name, owed.scope, owed.owner, owed.person, owed.due


def _as_it_went(decision: Decision, fact: Fact, ids: dict[_Identity, str]) -> Decision:
    """Give a decision the receivers that it had, and obligations their own ids."""
    sent: list[Delivery] = [
        {"id": "", "to": to, "view": "full", "without": []} for to in fact.sent_to
    ]
    named = {}
    for place, opened in enumerate(decision["opened"]):
        person = None if opened["scope"] == "case" else fact.person
        identity = (
            opened["name"],
            opened["scope"],
            opened["owner"],
            person,
            opened["due"],
        )
        new = made_id(decision["case"], decision["seq"], "refolded", place)
        named[opened["id"]] = ids.get(identity, new)
    for opened in decision["opened"]:
        opened["id"] = named[opened["id"]]
    for timer in decision["timers"]:
        timer["obligation"] = named.get(timer["obligation"], timer["obligation"])
    return {**decision, "deliveries": sent}


def mend(draft: Draft) -> None:
    """Supersede what only the retracted event held open; open what it had closed."""
    s = draft.situation
    if s.without is None:
        return
    without = s.without.state.obligations
    for owed in list(s.state.obligations.values()):
        if not owed.open:
            continue
        other = without.get(owed.id)
        if other is None or not other.open:
            draft.close(owed, "superseded")
        elif other.acknowledged_until is None and owed.acknowledged_until is not None:
            resume_ladder(draft, owed)
        elif other.acknowledged_until != owed.acknowledged_until:
            move_ladder(draft, owed, parse_time(str(other.acknowledged_until)))
    for other in without.values():
        known = s.state.obligations.get(other.id)
        if not other.open or (known is not None and known.open):
            continue
        made = draft.open(
            name=other.rules.name,
            owner=other.owner,
            due=other.due,
            scope=other.scope,
            cite=other.rules.cite,
        )
        for rung, at in other.pending.items():
            # The last rung, paged before, goes on in its own steps.
            repeats = rung == other.rules.ladder.last == other.reached
            draft.timers[made, rung] = (
                next_repeat(draft, parse_time(at)) if repeats else at
            )
