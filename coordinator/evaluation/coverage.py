"""
Whether recorded cases meet every rule of a protocol: once kept, and once not.

A rule that no case ever keeps, or none ever breaks, has been tried by nobody: it may
say something else than its words. Scenarios are events as agencies would send them,
taken as `coordinator simulate` takes them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from coordinator.evaluation.simulate import Simulation, knows_everything
from coordinator.events import Event, parse_time
from coordinator.events.located_yaml import LocatedError
from coordinator.protocol import Decision, Knows, Record, Rules, State, apply
from coordinator.protocol.lint import Finding, Goal, goals_met, goals_of

__all__ = ["Coverage", "Recording", "cover"]


@dataclass(frozen=True, slots=True)
class Recording:
    """
    A scenario: its events, as bytes, a line each, in the order they are taken.

    `unknown_contacts` are the contact ids that the directory lacks in it.
    """

    name: str
    events: tuple[bytes, ...]
    unknown_contacts: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Coverage:
    """
    What scenarios met.

    `kept` and `met` are goals: of events that were accepted, and of any; `refused_by`
    the rules, of events and of the bus itself, that turned one down; `events` counts
    what was taken.
    """

    rules: Rules
    kept: set[Goal] = field(default_factory=set)
    met: set[Goal] = field(default_factory=set)
    refused_by: set[str] = field(default_factory=set)
    events: int = 0

    def take(self, recording: Recording) -> None:
        """
        Run a scenario, each in a world of its own.

        Raises:
            LocatedError: A line of it is no event at all.
        """
        unknown = recording.unknown_contacts
        knows = Knows(
            agency=knows_everything.agency,
            contact=lambda contact_id: contact_id not in unknown,
            public_key=knows_everything.public_key,
        )
        simulation = Simulation(self.rules, knows=knows)
        states: dict[str, State] = {}
        for line, raw in enumerate(recording.events, 1):
            self.events += 1
            for step in simulation.take(raw):
                if step.event is not None and step.decision is not None:
                    self._note(states, step.event, step.decision)
                elif step.problem is not None and step.problem.rule == "unreadable":
                    problem = f"{step.problem.detail} A scenario has an event a line."
                    raise LocatedError(file=recording.name, line=line, problem=problem)

    def _note(self, states: dict[str, State], event: Event, decision: Decision) -> None:
        key, at = decision["case"], parse_time(decision["at"])
        state = states.setdefault(key, State(key))
        record = Record(key, at, self.rules, event)
        goals = set(goals_met(state, record, decision))
        self.met |= goals
        if decision["verdict"] == "accepted":
            self.kept |= goals
        if decision["rule"] is not None:
            self.refused_by.add(decision["rule"])
        apply(state, record, decision)

    def findings(self) -> Iterator[Finding]:
        """Give each event and rule that the scenarios leave untried."""
        spec = self.rules.spec
        for name, goals in goals_of(spec).items():
            if Goal("sent", name, ("events", name)) not in self.kept:
                problem = f"{name} is accepted in no scenario; add one in which it is"
                yield Finding(("events", name), problem)
            gates = [goal for goal in goals if goal.what == "held"]
            for number, held in enumerate(gates, 1):
                broken = held._replace(what="breached")
                missing = _missing(held in self.kept, broken in self.met)
                if missing:
                    says = spec.events[name].gates[number - 1].says
                    problem = (
                        f"rule {name}.{number} ({says}) is met by no scenario that"
                        f" {missing}; add one"
                    )
                    yield Finding(held.path, problem)
        for rule in type(spec.system_rules).model_fields:
            if rule not in self.refused_by:
                problem = f"rule {rule} refuses nothing in any scenario; add one"
                yield Finding(("system_rules", rule), problem)


def _missing(kept: bool, broken: bool) -> str:  # noqa: FBT001 - two of a kind
    """Say which kinds of case a rule lacks."""
    lacks = [*([] if kept else ["keeps it"]), *([] if broken else ["breaks it"])]
    return ", nor by one that ".join(lacks)


def cover(rules: Rules, recordings: Iterable[Recording]) -> Coverage:
    """Run every scenario of a protocol."""
    coverage = Coverage(rules)
    for recording in recordings:
        coverage.take(recording)
    return coverage
