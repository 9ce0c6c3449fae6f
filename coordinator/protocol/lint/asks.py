"""
What must have been said before: the earlier events that conditions are about.

The answers are for bringing histories together, and for telling a fault from what
follows from it. Whether a condition holds is not judged here: it may ask that an event
came before, that it did not, or what it said.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

from coordinator.events import CATALOGUE
from coordinator.protocol.certificates import ANY
from coordinator.protocol.conditions import expand
from coordinator.protocol.lint.goals import Goal
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import (
    Condition,
    DiffersSpec,
    KnownSpec,
    LatestIsSpec,
    LatestSpec,
    ReferenceSpec,
)
from coordinator.protocol.spec_events import GateSpec

__all__ = [
    "SENDER",
    "Ask",
    "Said",
    "asks",
    "asks_of_entries",
    "needs",
    "one_by_one",
    "senders",
]

SENDER: Final = "/source"
"""In the place of a field's name: who sent the event."""


class Said(NamedTuple):
    """An event accepted; where `field` is given, with that value there."""

    event: str
    field: str | None = None
    value: Any = None


Ask = tuple[Said, ...]
"""Alternatives: a condition is about one of these having been said, or none."""

# Whoever gets an event is not sent their own: of three, two are somebody else.
_SEVERAL: Final = 3
_EARLIER: Final = (KnownSpec, ReferenceSpec, LatestSpec, DiffersSpec)


def senders(event: str, spec: ProfileSpec) -> tuple[str, ...]:
    """Name who may send an event, one by one."""
    return one_by_one(expand(spec.events[event].emitters, spec))


def one_by_one(names: Iterable[str]) -> tuple[str, ...]:
    """Put one agency in the place of each kind of agencies (`x-*`)."""
    return tuple(name.replace("*", "example") for name in names)


def asks(condition: Condition, asker: str, spec: ProfileSpec) -> Iterator[Ask]:
    """List what a condition of an event, the asker, is about."""
    (word,) = condition.model_fields_set
    meant = getattr(condition, word)
    if word in ("after", "not_after"):
        yield tuple(Said(name) for name in meant)
    elif word == "in_force":
        yield (_certified(meant, spec),)
    elif isinstance(meant, LatestIsSpec):
        yield tuple(Said(meant.event, meant.field, value) for value in meant.values)
    elif isinstance(meant, _EARLIER):
        yield (Said(meant.event),)
        if isinstance(meant, KnownSpec):
            yield from _of_known(meant, asker, spec)


def _certified(meant: bool | str, spec: ProfileSpec) -> Said:  # noqa: FBT001 - the word's value
    held = spec.certificate
    if held.kind is None or meant == ANY or isinstance(meant, bool):
        return Said(held.issued)
    return Said(held.issued, held.kind.field, meant)


def _of_known(meant: KnownSpec, asker: str, spec: ProfileSpec) -> Iterator[Ask]:
    for field, value in meant.where.items():
        yield (Said(meant.event, field, value),)
    if (field_to := meant.addressed_to_emitter) is not None:
        named = senders(asker, spec)
        yield tuple(Said(meant.event, field_to, one) for one in named)


def asks_of_entries(spec: ProfileSpec) -> Iterator[Ask]:
    """List what all entries are about, and who may begin a case: so all are party."""
    for name, row in spec.events.items():
        if CATALOGUE[name].mints:
            yield tuple(Said(name, SENDER, one) for one in senders(name, spec))
        for gate in row.gates:
            yield from _all(_conditions(gate), name, spec)
        for to in row.to:
            yield from _all(to.when or (), name, spec)
            for one in to.emitter_of or ():
                several = senders(one.event, spec)[:_SEVERAL]
                yield tuple(Said(one.event, SENDER, agency) for agency in several)
    for owed in spec.obligations.values():
        for opening in owed.opens_on:
            yield from _all(opening.when or (), opening.event, spec)
        for closing in owed.closed_by:
            yield from _all(closing.when or (), closing.event, spec)


def needs(goal: Goal, spec: ProfileSpec) -> list[Ask]:
    """
    List what has to be said before a goal can be met, in order.

    The gates before it have to hold, and so has its own condition, unless it is to
    fail: then anything that this is about may count. A gate that asks for a certificate
    in force fails, after all that, once it is withdrawn.
    """
    gates = spec.events[goal.event].gates
    own: list[Condition] = []
    if goal.is_gate:
        own, gates = _conditions(gates[goal.place]), gates[: goal.place]
    elif goal.what in ("opens", "closes"):
        entry = getattr(spec.obligations[goal.entry], goal.key)[goal.place]
        own = list(entry.when or ())
    refusing = [gate for gate in gates if gate.breach == "refuse"]
    asked = [*chain.from_iterable(map(_conditions, refusing))]
    if goal.what != "breached":
        return list(_all(filter(_affirms, [*asked, *own]), goal.event, spec))
    found = list(_all([*filter(_affirms, asked), *own], goal.event, spec))
    if any(one.in_force not in (None, False) for one in own):
        found.append((Said(spec.certificate.withdrawn),))
    return found


def _affirms(condition: Condition) -> bool:
    """Whether a condition asks for what was said; others ask that it was not."""
    denies = {"not_after", "not_known", "latest_is_not"}
    return condition.in_force is not False and not condition.model_fields_set & denies


def _conditions(gate: GateSpec) -> list[Condition]:
    return [*gate.require, *(gate.when or ())]


def _all(
    conditions: Iterable[Condition], asker: str, spec: ProfileSpec
) -> Iterator[Ask]:
    for condition in conditions:
        yield from asks(condition, asker, spec)
