"""
Which fields of events a profile looks at, and where worthwhile values of them are.

An exploration tries these values and no others: those that the profile names, those of
earlier events, and ids that the state holds.

Rule 1: a word of the vocabulary that looks at a payload has its line in `_LOOKS`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from coordinator.events import CATALOGUE
from coordinator.protocol.certificates import ANY
from coordinator.protocol.lint.asks import one_by_one, senders
from coordinator.protocol.lint.fields import fields_of
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import (
    Condition,
    DiffersSpec,
    KnownSpec,
    LatestIsSpec,
    LatestSpec,
    NamesEventSpec,
    ReferenceSpec,
    WithinSpec,
)
from coordinator.protocol.spec_events import EffectSpec, ReceiverSpec
from coordinator.protocol.spec_obligations import (
    ClosingSpec,
    ObligationSpec,
    OpeningSpec,
    PerSpec,
)

__all__ = ["Look", "Pool", "looks_of_entries", "named_agencies"]

Pool = Literal[
    "events",  # ids of events accepted
    "obligations",  # ids of obligations, paged about or not
    "due",  # ids of obligations, by the rungs that come next
    "rungs",  # those rungs
    "pages",  # ids of pages
    "notices",  # ids of notices
    "open",  # the names of all that is open
    "items",  # of the programme: the sender's own, and another's
    "times",  # soon, and far off
]


@dataclass(frozen=True, slots=True)
class Look:
    """
    A field of an event that some entry looks at, and where its values come from.

    `values` are named by the profile; `facts` is a field of earlier events, `pool`
    what the state holds, `scope` a kind of scope that is open. `unlikely` are values
    that some entry does not want.
    """

    event: str
    field: str
    values: tuple[Any, ...] = ()
    facts: tuple[str, str] | None = None
    pool: Pool | None = None
    scope: str | None = None
    unlikely: bool = False


Looks = Iterable[Look]


def looks_of_entries(name: str, spec: ProfileSpec) -> list[list[Look]]:
    """List, for each entry about an event, what it looks at; these go together."""
    row = spec.events[name]
    found: list[Looks] = [
        _all([*gate.require, *(gate.when or ())], name, spec) for gate in row.gates
    ]
    found += [_receiver(to, name, spec) for to in row.to]
    found.append(_effect(row.effect, name))
    found += [
        [Look(name, field, named_agencies(spec))]
        for field in CATALOGUE[name].agency_fields
    ]
    for owed in spec.obligations.values():
        found += [
            _opening(opening, owed, spec)
            for opening in owed.opens_on
            if opening.event == name
        ]
        found += [
            _closing(closing, owed, spec)
            for closing in owed.closed_by
            if closing.event == name
        ]
    found += [
        _all(notice.when or (), name, spec)
        for notice in spec.notices
        if notice.event == name
    ]
    return [list(entry) for entry in found]


def named_agencies(spec: ProfileSpec) -> tuple[str, ...]:
    """Name every agency that an event may name, one by one."""
    apart = {spec.coordinator, *spec.offices}
    return one_by_one(one for one in spec.agencies if one not in apart)


# --- entries -------------------------------------------------------------------------


def _receiver(to: ReceiverSpec, name: str, spec: ProfileSpec) -> Iterator[Look]:
    yield from _all(to.when or (), name, spec)
    if to.field is not None:
        yield Look(name, to.field)
    if to.owner_of is not None:
        yield Look(name, to.owner_of, pool="obligations")
    if to.receivers_of is not None:
        yield Look(name, to.receivers_of, pool="events")
    yield from _references(to.emitter_of or (), name)


def _effect(effect: EffectSpec | None, name: str) -> Iterator[Look]:
    if effect is None:
        return
    if effect.acknowledges is not None:
        yield Look(name, effect.acknowledges.obligation, pool="obligations")
    if effect.fires is not None:
        yield Look(name, effect.fires.obligation, pool="due")
        yield Look(name, effect.fires.rung, pool="rungs")
    if (page := effect.unreachable or effect.delivered) is not None:
        yield Look(name, page, pool="pages")
    if effect.retracts is not None:
        yield Look(name, effect.retracts, pool="events")


def _opening(
    opening: OpeningSpec, owed: ObligationSpec, spec: ProfileSpec
) -> Iterator[Look]:
    name = opening.event
    owner, due = opening.owner or owed.owner, opening.due or owed.due
    yield from _all(opening.when or (), name, spec)
    for field in (owner.field, due.choose, due.at, due.day):
        if field is not None:
            yield Look(name, field)
    yield from _references(owner.emitter_of or (), name)
    yield from _scope(opening.per or owed.per, name)


def _closing(
    closing: ClosingSpec, owed: ObligationSpec, spec: ProfileSpec
) -> Iterator[Look]:
    name = closing.event
    yield from _all(closing.when or (), name, spec)
    if closing.of is not None:
        yield from _scope(closing.of, name)
    elif not closing.all:
        for opening in owed.opens_on:
            yield from _scope(opening.per or owed.per, name)


def _scope(per: Iterable[PerSpec], name: str) -> Iterator[Look]:
    for part in per:
        if part.field in fields_of(name):
            yield Look(name, str(part.field), scope=part.kind)
        yield from _references(part.known or (), name)


def _references(references: Iterable[ReferenceSpec], name: str) -> Iterator[Look]:
    for one in references:
        if one.by in fields_of(name):
            yield Look(name, one.by, facts=(one.event, one.by))


# --- conditions ----------------------------------------------------------------------


def _all(
    conditions: Iterable[Condition], name: str, spec: ProfileSpec
) -> Iterator[Look]:
    for condition in conditions:
        (word,) = condition.model_fields_set
        if word in _LOOKS:
            yield from _LOOKS[word](getattr(condition, word), name, spec)


def _choice(
    pairs: dict[str, str | bool | tuple[str, ...]], name: str, _: ProfileSpec
) -> Looks:
    return [
        Look(name, field, values if isinstance(values, tuple) else (values,))
        for field, values in pairs.items()
    ]


def _presence(fields: tuple[str, ...], name: str, _: ProfileSpec) -> Looks:
    return [Look(name, field) for field in fields]


def _registered(pairs: dict[str, str], name: str, spec: ProfileSpec) -> Looks:
    return [Look(name, f, spec.registers[reg].values) for f, reg in pairs.items()]


def _in(pool: Pool) -> Callable[[Any, str, ProfileSpec], Looks]:
    def look(
        meant: str | tuple[str, ...] | WithinSpec | NamesEventSpec,
        name: str,
        _: ProfileSpec,
    ) -> Looks:
        if isinstance(meant, (WithinSpec, NamesEventSpec)):
            meant = meant.field
        fields = (meant,) if isinstance(meant, str) else meant
        return [Look(name, field, pool=pool) for field in fields]

    return look


def _in_force(meant: bool | str, name: str, spec: ProfileSpec) -> Iterator[Look]:  # noqa: FBT001 - the word's value
    held = spec.certificate
    if name != held.issued and held.number in fields_of(name):
        yield Look(name, held.number, facts=(held.issued, held.number))
    if held.kind is not None and isinstance(meant, str) and meant != ANY:
        yield Look(held.issued, held.kind.field, (held.kind.default, meant))


def _latest_is(meant: LatestIsSpec, _: str, __: ProfileSpec) -> Looks:
    return [Look(meant.event, meant.field, meant.values)]


def _reference(meant: ReferenceSpec | LatestSpec, name: str, _: ProfileSpec) -> Looks:
    return [Look(name, meant.by, facts=(meant.event, meant.by))]


def _differs(meant: DiffersSpec, name: str, _: ProfileSpec) -> Looks:
    return [
        Look(name, meant.by, facts=(meant.event, meant.by)),
        Look(name, meant.field, facts=(meant.event, meant.other), unlikely=True),
    ]


def _known(meant: KnownSpec, name: str, spec: ProfileSpec) -> Iterator[Look]:
    yield Look(name, meant.by, facts=(meant.event, meant.by))
    for theirs, ours in meant.same.items():
        yield Look(name, ours, facts=(meant.event, theirs))
    for field, value in meant.where.items():
        yield Look(meant.event, field, (value,))
    if meant.addressed_to_emitter is not None:
        yield Look(meant.event, meant.addressed_to_emitter, senders(name, spec))


_LOOKS: Final[dict[str, Callable[[Any, str, ProfileSpec], Looks]]] = {
    "equals": _choice,
    "one_of": _choice,
    "none_of": _choice,
    "contains": _choice,
    "present": _presence,
    "absent": _presence,
    "exactly_one_of": _presence,
    "registered": _registered,
    "accepted": _in("events"),
    "own_event": _in("events"),
    "names_event": _in("events"),
    "dispensable": _in("events"),
    "noticed": _in("notices"),
    "paged": _in("obligations"),
    "lists_open": _in("open"),
    "responsible": _in("items"),
    "within": _in("times"),
    "in_force": _in_force,
    "latest": _reference,
    "not_known": _reference,
    "latest_is": _latest_is,
    "latest_is_not": _latest_is,
    "differs": _differs,
    "known": _known,
}
