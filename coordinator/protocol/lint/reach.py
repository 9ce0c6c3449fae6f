"""
Which states a protocol can reach, and what can happen there: found by trying it out.

From nothing at all, in a case and in each standing scope, every event is said in every
way that could matter, by everybody who may, and decided by the machine itself. A state
is gone on from when something happened on the way there that never had before. What is
still unmet then is looked for where the histories that it is about come together.

Rule 1: no chance and no clock: the same profile gives the same exploration. Rule 2:
what is found to be possible was decided by `decide`, so it is. Rule 3: what is not
found may still be possible in a way nobody thought of; then `looks.py` learns of it.

Source: docs/adr/0013-lint-tries-the-protocol-out.md.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from coordinator.events import CATALOGUE, Rejected, made_id, make_event
from coordinator.protocol.admission import Admission, Knows
from coordinator.protocol.decide import decide
from coordinator.protocol.fold import apply
from coordinator.protocol.lint.asks import needs, senders
from coordinator.protocol.lint.goals import Goal, goals_met, goals_of
from coordinator.protocol.lint.grounds import (
    START,
    Node,
    Step,
    emitters,
    fits,
    keys,
    receipt,
)
from coordinator.protocol.lint.histories import histories_for
from coordinator.protocol.lint.sayings import Data, View, sayings
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.record import Record
from coordinator.protocol.rules import EventRules, Rules
from coordinator.protocol.state import State

__all__ = ["Reach", "explore"]

_PERSON: Final = "p-1"
_EVERYBODY: Final = Knows(
    agency=lambda _: True, contact=lambda _: True, public_key=lambda _: None
)
# What can follow depends on these; whether a gate held does not change a state.
_MOVING: Final = ("sent", "opens", "closes")
# Of those who may send an event, so many are tried for being party in time.
_SEVERAL: Final = 3
_OF_CASE: Final = {"after", "not_after", "latest_is", "latest_is_not"}


@dataclass(slots=True, eq=False)
class Reach:
    """
    What an exploration came to.

    `unmet` are the goals never met, in the order of the file; `sent` the events seen
    accepted; `turned_away` the rules that events came furthest to, by their names;
    `states` and `decisions` count what was tried.
    """

    unmet: list[Goal] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    turned_away: dict[str, str] = field(default_factory=dict)
    states: int = 0
    decisions: int = 0


def explore(
    spec: ProfileSpec, rules: Rules, told: Callable[[int], None] = lambda _: None
) -> Reach:
    """
    Try a protocol out.

    Args:
        spec: A profile whose names all lead somewhere.
        rules: The same, compiled.
        told: Is told of each state that was looked at, by how many.
    """
    return _Explorer(spec, rules, told).explore()


class _Explorer:
    """
    One exploration.

    `waiting` are the goals not met yet, by event; `for_all` rules that refuse an event
    whatever it says and whoever says it; `later` are states where only somebody else
    takes part, looked at when nothing else is left.
    """

    def __init__(
        self, spec: ProfileSpec, rules: Rules, told: Callable[[int], None]
    ) -> None:
        self._spec, self._rules, self._told = spec, rules, told
        self._admission = Admission(rules, _EVERYBODY, own_types=True)
        self._sayings = sayings(spec)
        self._goals = goals_of(spec)
        self._waiting = {name: set(goals) for name, goals in self._goals.items()}
        self._histories = histories_for(spec)
        self._for_all = frozenset(_rules_for_all(spec))
        self._made: dict[tuple[str | bytes | None, ...], Record | None] = {}
        self._queue: deque[Node] = deque()
        self._later: deque[Node] = deque()
        self._reach = Reach()

    def explore(self) -> Reach:
        """Go as far as there is anything new, then bring together what is left."""
        self._queue.extend(Node(key, ()) for key in keys(self._spec))
        self._go_on()
        tried: set[Goal] = set()
        while unmet := [goal for goal in self._unmet() if goal not in tried]:
            for goal in unmet:
                tried.add(goal)
                if goal in self._waiting[goal.event]:
                    self._queue.extend(self._joined(goal))
                    self._go_on()
        self._reach.unmet = self._unmet()
        return self._reach

    def _unmet(self) -> list[Goal]:
        return [
            goal
            for name, goals in self._goals.items()
            for goal in goals
            if goal in self._waiting[name]
        ]

    def _go_on(self) -> None:
        """Look at the states that wait, and at those found on the way."""
        while self._queue or self._later:
            node = (self._queue or self._later).popleft()
            self._reach.states += 1
            self._told(1)
            self._look_at(node)

    def _look_at(self, node: Node) -> None:
        state = node.state()
        view = View(state, self._spec)
        for name, row in self._rules.events.items():
            if not self._is_done(row) and fits(name, state):
                self._say(node, state, view, row)

    def _say(self, node: Node, state: State, view: View, row: EventRules) -> None:
        """Try an event in every way; in no other where one was too early for all."""
        for emitter in emitters(row, state, self._spec):
            if self._is_done(row):
                return
            for said in self._sayings[row.name].variants(view, emitter):
                for record in self._records(state, row, emitter, said):
                    if self._try(node, state, record) in self._for_all:
                        return

    def _is_done(self, row: EventRules) -> bool:
        """Whether an event has nothing new to show; what makes time pass always may."""
        if row.effect is not None and row.effect.fires is not None:
            return False
        return not (self._waiting[row.name] or self._histories.wanted[row.name])

    def _try(self, node: Node, state: State, record: Record) -> str | None:
        """Decide a record, and go on from there if something new happened."""
        decision = decide(state, record)
        self._reach.decisions += 1
        name = record.event.name
        met = self._waiting[name].intersection(goals_met(state, record, decision))
        self._waiting[name] -= met
        if decision["verdict"] != "accepted":
            self._turn_away(name, decision["rule"])
            return decision["rule"]
        self._reach.sent.add(name)
        found = Node(node.key, (*node.steps, Step(record, decision)))
        news = self._histories.note(found)
        if news == "something" or any(goal.what in _MOVING for goal in met):
            self._queue.append(found)
        elif news == "somebody":
            self._later.append(found)
        return None

    def _turn_away(self, name: str, rule: str | None) -> None:
        """Remember why an event was not accepted: the gate it came furthest to."""
        known = self._reach.turned_away.get(name)
        if rule is not None and (known is None or _gate(rule) > _gate(known)):
            self._reach.turned_away[name] = rule

    # --- what is said ----------------------------------------------------------------

    def _records(
        self, state: State, row: EventRules, emitter: str, said: tuple[bytes, Data]
    ) -> Iterator[Record]:
        """Make what ingress lets in of an event that says so, if it does."""
        begins = CATALOGUE[row.name].mints and state.is_case and not state.exists
        subject = None if begins else state.key
        made = (row.name, emitter, subject, said[0])
        if made not in self._made:
            self._made[made] = self._admitted(row.name, emitter, subject, said)
        record = self._made[made]
        if record is None:
            return
        event = record.event
        if event.id in state.accepted:
            event = event._replace(id=made_id(event.id, state.seq))
        at = receipt(state, row, said[1])
        record = record._replace(key=state.key, received_at=at, event=event)
        yield record
        if record.contact_known:
            yield record._replace(contact_known=False)

    def _admitted(
        self, name: str, emitter: str, subject: str | None, said: tuple[bytes, Data]
    ) -> Record | None:
        """Send an event to ingress; None where that turns it away."""
        written, data = said
        person = _PERSON if CATALOGUE[name].is_about_person(data) else None
        try:
            event = make_event(
                name=name,
                agency=emitter,
                id=made_id("lint", name, emitter, subject or "", written.decode()),
                time=START,
                subject=subject,
                personref=person,
                data=data,
            )
        except Rejected:
            return None
        record = self._admission.admit(event, sender=None, at=START, earlier=None)
        if isinstance(record, Record):
            return record
        self._turn_away(name, record.rule)
        return None

    # --- what comes together ---------------------------------------------------------

    def _joined(self, goal: Goal) -> Iterator[Node]:
        """Bring together what a goal is about, where no one history had it all."""
        asked = needs(goal, self._spec)
        able = senders(goal.event, self._spec)[:_SEVERAL]
        histories = self._histories
        for key in keys(self._spec):
            found = [histories.with_said(key, ask) for ask in asked]
            if goal.what == "closes":
                found.append(histories.with_owed(key, goal.entry))
            parties = [histories.with_party(key, agency) for agency in able]
            for party in dict.fromkeys([None, *parties]):
                nodes = [node for node in (party, *found) if node is not None]
                if len(set(nodes)) > 1:
                    yield self._again(key, nodes)
                    yield self._again(key, nodes[::-1])

    def _again(self, key: str, nodes: Sequence[Node]) -> Node:
        """Decide histories as one: each event once, those that are accepted."""
        state = State(key)
        steps: list[Step] = []
        for step in chain.from_iterable(node.steps for node in nodes):
            event = step.record.event
            at = receipt(state, self._rules.events[event.name], event.data)
            record = step.record._replace(received_at=at)
            decision = decide(state, record)
            if decision["verdict"] == "accepted":
                apply(state, record, decision)
                steps.append(Step(record, decision))
        return Node(key, tuple(steps))


def _rules_for_all(spec: ProfileSpec) -> Iterator[str]:
    """Name the rules that look at the case alone: at no payload, and at no sender."""
    for name, row in spec.events.items():
        for number, gate in enumerate(row.gates, 1):
            asked = [*gate.require, *(gate.when or ())]
            if all(one.model_fields_set <= _OF_CASE for one in asked):
                yield f"{name}.{number}"


def _gate(rule: str) -> int:
    """Give the number of a gate by its rule; 0 for a rule of the bus."""
    number = rule.rpartition(".")[2]
    return int(number) if number.isdecimal() else 0
