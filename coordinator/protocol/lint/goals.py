"""
What an exploration is after: each thing that a profile says can happen, by its place.

A goal is met by a decision; `goals_met` reads which. The same reading serves whoever
asks whether recorded cases meet every rule.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from coordinator.events import format_time
from coordinator.protocol.decide import received_at
from coordinator.protocol.memory import met
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.record import Decision, Record
from coordinator.protocol.rules import EventRules
from coordinator.protocol.situation import Situation, applies
from coordinator.protocol.state import State

__all__ = ["Goal", "Path", "goals_met", "goals_of"]

Path = tuple[str | int, ...]


class Goal(NamedTuple):
    """
    Something that can happen to an event, and where the profile says so.

    `sent`: it is accepted. `received`: by somebody. `held`, `breached`: its gate, where
    it applies. `opens`, `closes`: the obligation's entry does.
    """

    what: Literal["sent", "received", "held", "breached", "opens", "closes"]
    event: str
    path: Path

    @property
    def is_gate(self) -> bool:
        """Whether it is about one of its event's gates."""
        return self.what in ("held", "breached")

    @property
    def entry(self) -> str:
        """The name of the event or obligation that says so."""
        return str(self.path[1])

    @property
    def key(self) -> str:
        """The key of that entry under which it stands."""
        return str(self.path[2])

    @property
    def place(self) -> int:
        """Its place among several there, from 0."""
        return int(self.path[3])


def goals_of(spec: ProfileSpec) -> dict[str, list[Goal]]:
    """List every goal of a profile by its event, in the order of the file."""
    found: dict[str, list[Goal]] = {}
    for name, row in spec.events.items():
        path: Path = ("events", name)
        goals = found[name] = [Goal("sent", name, path)]
        for place in range(len(row.gates)):
            at = (*path, "gates", place)
            goals += [Goal("held", name, at), Goal("breached", name, at)]
        if row.to:
            goals.append(Goal("received", name, (*path, "to")))
    for owed, rules in spec.obligations.items():
        path = ("obligations", owed)
        for place, opening in enumerate(rules.opens_on):
            at = (*path, "opens_on", place)
            found[opening.event].append(Goal("opens", opening.event, at))
        for place, closing in enumerate(rules.closed_by):
            at = (*path, "closed_by", place)
            found[closing.event].append(Goal("closes", closing.event, at))
    return found


def goals_met(state: State, record: Record, decision: Decision) -> Iterator[Goal]:
    """
    Read from a decision which goals it meets.

    Args:
        state: The key's state before the record.
        record: The record decided on.
        decision: The decision.
    """
    at = received_at(state, record)
    rules = state.rules or record.rules
    row = rules.events.get(record.event.name)
    if row is None or decision["verdict"] == "duplicate":
        return
    s = met(state, record, at, format_time(at), rules)
    yield from _gates(s, row, decision)
    if decision["verdict"] != "accepted":
        return
    path: Path = ("events", row.name)
    yield Goal("sent", row.name, path)
    if decision["deliveries"]:
        yield Goal("received", row.name, (*path, "to"))
    yield from _obligations(s, row, decision)


def _gates(s: Situation, row: EventRules, decision: Decision) -> Iterator[Goal]:
    """Give which gates the event met, up to the one that refused it."""
    breached = {breach["rule"] for breach in decision["breaches"]}
    if decision["rule"] is not None:
        breached.add(decision["rule"])
        if all(gate.rule != decision["rule"] for gate in row.gates):
            return  # Turned away before any gate was asked.
    for place, gate in enumerate(row.gates):
        path: Path = ("events", row.name, "gates", place)
        if gate.rule in breached:
            yield Goal("breached", row.name, path)
        elif applies(gate.when, s):
            yield Goal("held", row.name, path)
        if gate.rule == decision["rule"]:
            return


def _obligations(s: Situation, row: EventRules, decision: Decision) -> Iterator[Goal]:
    """Give by which entries the event opened and closed what it did."""
    spec = s.rules.spec
    for opened in decision["opened"]:
        entries = _places(spec, opened["name"], "opens_on", row.name)
        openings = [one for one in row.opens if one.obliged.name == opened["name"]]
        for path, opening in zip(entries, openings, strict=True):
            owner = opened["owner"]
            if (
                applies(opening.when, s)
                and owner in opening.owners(s)
                and opened["scope"] in opening.scope.values(s, owner)
            ):
                yield Goal("opens", row.name, path)
    for closed in decision["closed"]:
        entries = _places(spec, closed["name"], "closed_by", row.name)
        closings = [one for one in row.closes if one.obliged.name == closed["name"]]
        for path, closing in zip(entries, closings, strict=True):
            if closing.how == closed["how"] and applies(closing.when, s):
                yield Goal("closes", row.name, path)


def _places(
    spec: ProfileSpec, name: str, key: Literal["opens_on", "closed_by"], event: str
) -> list[Path]:
    """List where an obligation's entries about an event stand."""
    entries = getattr(spec.obligations[name], key)
    return [
        ("obligations", name, key, place)
        for place, entry in enumerate(entries)
        if entry.event == event
    ]
