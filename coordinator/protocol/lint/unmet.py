"""
From what an exploration never saw to the faults behind it, each told once.

Rule 1: what follows from another fault is not told: an event that waits for one which
nobody can send is no fault of its own. Rule 2: where events wait for each other, the
first of them in the file stands for all.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from coordinator.protocol.check import Finding
from coordinator.protocol.conditions import expand
from coordinator.protocol.lint.asks import needs, senders
from coordinator.protocol.lint.goals import Goal, Path
from coordinator.protocol.lint.reach import Reach
from coordinator.protocol.profile import ProfileSpec

__all__ = ["unmet"]

# Section, name, key and place: what of a path names one entry.
_ENTRY = 4


def unmet(spec: ProfileSpec, reach: Reach, known: Iterable[Finding]) -> list[Finding]:
    """
    Tell the faults behind goals that were never met.

    `known` are faults that were found by other means; what they explain is left out.
    """
    blame = _Blame(spec, reach, {one.path[:_ENTRY] for one in known})
    return [*blame.unsent(), *blame.others()]


class _Blame:
    """
    Who is to blame.

    `never` are the events never sent, `waits` those of them that each waits for,
    `explained` those behind which a fault is told; `goals` is what is unmet and has
    none told at its place.
    """

    def __init__(self, spec: ProfileSpec, reach: Reach, known: set[Path]) -> None:
        self._spec, self._reach = spec, reach
        self._never = [name for name in spec.events if name not in reach.sent]
        self._waits = {name: self._waited_for(name) for name in self._never}
        self._explained = {str(path[1]) for path in known if path[0] == "events"}
        self._goals = [
            goal
            for goal in reach.unmet
            if not any(goal.path[: len(path)] == path for path in known)
        ]

    # --- events that nobody can send -------------------------------------------------

    def unsent(self) -> Iterator[Finding]:
        """Tell of events that wait for nothing, then of those that wait in circles."""
        for name in self._never:
            if not self._waits[name] and name not in self._explained:
                self._explained.add(name)
                yield self._why_unsent(name, [])
        self._spread()
        for name in self._never:
            circle = [] if name in self._explained else self._circle(name)
            if circle:
                self._explained.add(name)
                self._spread()
                yield self._why_unsent(name, circle)

    def _waited_for(self, name: str) -> set[str]:
        asked = needs(Goal("sent", name, ("events", name)), self._spec)
        unsent = [
            {said.event for said in ask}
            for ask in asked
            if all(said.event in self._never for said in ask)
        ]
        if self._reach.turned_away.get(name) == "not_a_party":
            others = [one for one in self._never if one != name]
            unsent.append({one for one in others if self._brings_in(one, name)})
        return set().union(*unsent)

    def _brings_in(self, event: str, name: str) -> bool:
        """Whether an event may make party whoever sends another one."""
        row = self._spec.events[event]
        if any(to.agencies is None for to in row.to):
            return True
        told = {one for to in row.to for one in expand(to.agencies or (), self._spec)}
        told |= {one.to for one in self._spec.notices if one.event == event}
        return not told.isdisjoint(senders(name, self._spec))

    def _spread(self) -> None:
        """Explain whatever waits for what is explained."""
        waiting = deque(self._explained)
        while waiting:
            known = waiting.popleft()
            for name, waited in self._waits.items():
                if known in waited and name not in self._explained:
                    self._explained.add(name)
                    waiting.append(name)

    def _circle(self, name: str) -> list[str]:
        """Give the shortest way from an event through those it waits for to itself."""
        ways, seen = deque([[name]]), {name}
        while ways:
            way = ways.popleft()
            waited = self._waits[way[-1]]
            if name in waited:
                return [*way, name]
            for following in sorted(waited - seen):
                seen.add(following)
                ways.append([*way, following])
        return []

    def _why_unsent(self, name: str, circle: Sequence[str]) -> Finding:
        """Blame the gate that it fails at, if it comes so far; else the event."""
        rule = self._reach.turned_away.get(name)
        for goal in self._goals:
            if goal.event == name and goal.what == "held" and _rule(goal) == rule:
                return self._told(goal, circle)
        why = (
            "no event begins what it is said under"
            if rule is None
            else f"it is turned away from everybody each time ({rule})"
        )
        problem = f"{name} can never be sent: {why}; mend that, or take it out"
        return Finding(("events", name), problem)

    # --- what else never happens -----------------------------------------------------

    def others(self) -> Iterator[Finding]:
        """Tell of gates, receivers and obligations of events that can be sent."""
        for goal in self._goals:
            if goal.event in self._never or self._is_blocked(goal):
                continue
            if goal.what == "breached" and goal._replace(what="held") in self._goals:
                continue  # One fault: it never applies.
            if goal.what != "closes":
                yield self._told(goal, [])
            elif self._opens(goal.entry):
                yield from self._unclosed(goal)

    def _is_blocked(self, goal: Goal) -> bool:
        """Whether a goal is about what nobody can say at all."""
        asked = needs(goal, self._spec)
        return any(all(said.event in self._never for said in ask) for ask in asked)

    def _opens(self, name: str) -> bool:
        """Whether anything was seen to open an obligation."""
        shut = [one for one in self._reach.unmet if one.what == "opens"]
        never = [one for one in shut if one.entry == name]
        return len(never) < len(self._spec.obligations[name].opens_on)

    def _unclosed(self, goal: Goal) -> Iterator[Finding]:
        """Tell of one way of closing; of all of them at once where none is left."""
        name = goal.entry
        never = [
            one.place
            for one in self._reach.unmet
            if one.what == "closes" and one.entry == name
        ]
        closings = self._spec.obligations[name].closed_by
        ways = [
            place
            for place, closing in enumerate(closings)
            if closing.closed_as == "satisfied"
        ]
        if not set(ways) <= set(never):
            yield self._told(goal, [])
        elif goal.place == min(never):
            events = dict.fromkeys(closings[place].event for place in ways)
            problem = (
                f"nobody can close {name}: {' or '.join(events)} never settles one that"
                " is open; let the scope (of), the owner or the when fit its opening"
            )
            yield Finding(goal.path[:-1], problem)

    # --- in words --------------------------------------------------------------------

    def _told(self, goal: Goal, circle: Sequence[str]) -> Finding:
        entry, event = goal.entry, goal.event
        if goal.is_gate:
            says = self._spec.events[event].gates[goal.place].says
            problem = f"rule {_rule(goal)} ({says}) {self._gate(goal, circle)}"
        elif goal.what == "received":
            problem = (
                f"nobody ever receives {entry}; name receivers (to) that there can be"
                " beside its emitter, or say in no_receiver why there are none"
            )
        elif goal.what == "opens":
            problem = (
                f"{event} never opens {entry}: its when, owner, per or due comes to"
                " nothing; correct it, or take it out"
            )
        else:
            problem = (
                f"{event} never closes {entry}: its when or scope (of) fits none that"
                " is open; correct it, or take it out"
            )
        return Finding(goal.path, problem)

    def _gate(self, goal: Goal, circle: Sequence[str]) -> str:
        if circle:
            return (
                f"can never be met: it waits for itself, {' after '.join(circle)};"
                " break the circle"
            )
        if goal.what == "breached":
            return (
                "can never fail: it is so in every case; ask for what can, or drop it"
            )
        breached = goal._replace(what="breached")
        if goal.event in self._reach.sent and breached in self._reach.unmet:
            return "never applies: its when is so in no case; correct that, or drop it"
        return "can never be met: no case comes about that has it so; ask for less"


def _rule(goal: Goal) -> str:
    return f"{goal.event}.{goal.place + 1}"
