"""Where something can be said, by whom and when: what an exploration stands on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from coordinator.events import CATALOGUE, made_id, mint_case_reference, parse_time
from coordinator.events.event_type import AGENCY
from coordinator.protocol.fold import apply
from coordinator.protocol.lint.asks import one_by_one
from coordinator.protocol.lint.looks import named_agencies
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.record import Decision, Record
from coordinator.protocol.rules import EventRules
from coordinator.protocol.state import State

__all__ = ["START", "Node", "Step", "emitters", "fits", "keys", "receipt"]

# When the catalogue's fictional case begins: in a year that calendars cover.
START: Final = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)
_STEP: Final = timedelta(minutes=1)
_CASE: Final = mint_case_reference("lint", made_id("lint"))


class Step(NamedTuple):
    """A record that was accepted, and its decision."""

    record: Record
    decision: Decision


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A reachable state of a key, by the accepted records that lead there."""

    key: str
    steps: tuple[Step, ...]

    def state(self) -> State:
        """Fold the records."""
        state = State(self.key)
        for step in self.steps:
            apply(state, step.record, step.decision)
        return state


def keys(spec: ProfileSpec) -> list[str]:
    """List a case, and every scope that an event of the profile can be under."""
    found = {_CASE: None}
    for name in spec.events:
        kind = CATALOGUE[name]
        named = None if kind.scope.prefix is None else kind.scope.named_by(kind.example)
        if named is not None:
            found[named] = None
        elif kind.scope.prefix is not None:
            every = kind.scope == AGENCY
            places = named_agencies(spec) if every else (spec.profile,)
            found |= {f"{kind.scope.prefix}:{place}": None for place in places}
    return list(found)


def fits(name: str, state: State) -> bool:
    """Whether an event can be under a key, and begin a case where none is yet."""
    kind = CATALOGUE[name]
    if state.is_case and not state.exists:
        return kind.mints
    return kind.scope.admits(state.key, kind.example)


def emitters(row: EventRules, state: State, spec: ProfileSpec) -> list[str]:
    """
    List who may send an event, and is party where that is asked.

    Where nobody is, one of them stands for all who are turned away.
    """
    known = dict.fromkeys((*one_by_one(spec.agencies), *sorted(state.parties)))
    able = [one for one in known if row.admits(one)]
    if row.effect is not None and row.effect.acknowledges is not None:
        return able if state.pages else able[:1]  # Nobody was paged yet.
    if not state.is_case or row.exempt_from_party or not state.exists:
        return able
    parties = {spec.coordinator, *state.parties}
    return [one for one in able if one in parties] or able[:1]


def receipt(state: State, row: EventRules, data: dict[str, Any]) -> datetime:
    """Give when an event is received: in a moment, or when the rung it names is due."""
    at = START if state.at is None else parse_time(state.at) + _STEP
    if row.effect is None or row.effect.fires is None:
        return at
    owed = state.obligations.get(data[row.effect.fires.obligation])
    due = None if owed is None else owed.pending.get(data[row.effect.fires.rung])
    return at if due is None else max(at, parse_time(due))
