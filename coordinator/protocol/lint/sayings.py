"""
What an agency might say in a state: data worth trying, so far as the protocol looks.

All else in an event stays as in the catalogue's example. The fields that one entry of
the profile looks at are tried together, each with every value that could matter to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, product
from typing import Any, Final

import orjson

from coordinator.events import CATALOGUE, format_time, made_id, parse_time
from coordinator.protocol.lint.fields import (
    enumerated,
    fields_of,
    is_list,
    is_optional,
)
from coordinator.protocol.lint.looks import Look, looks_of_entries
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import Condition
from coordinator.protocol.state import State, Timer

__all__ = ["Data", "Saying", "View", "sayings"]

Data = dict[str, Any]

OTHER: Final = "none-such"
NO_ID: Final = made_id("none-such")
ABSENT: Final = object()

# More ways than any entry of a sane profile has; beyond, the first ones are tried.
_MOST_TOGETHER: Final = 300
_SOON: Final = timedelta(hours=1)
_FAR: Final = timedelta(days=3_660)


@dataclass(frozen=True, slots=True)
class Saying:
    """
    One event's data, and how it may vary.

    `looks` are by field; each of `together` is the fields that one entry looks at.
    """

    name: str
    base: Mapping[str, Any]
    looks: Mapping[str, tuple[Look, ...]]
    together: tuple[tuple[str, ...], ...]

    def variants(self, view: "View", emitter: str) -> Iterator[tuple[bytes, Data]]:
        """Give data to try, each as JSON too, the likeliest first, none twice."""
        choices = {field: self._choices(field, view, emitter) for field in self.looks}
        base = dict(self.base)
        for field, values in choices.items():
            if field in base:
                base[field] = values[0]
        given: set[bytes] = set()
        for fields in ((), *self.together):
            ways = product(*(choices[field] for field in fields))
            for way in islice(ways, _MOST_TOGETHER):
                data = base | dict(zip(fields, way, strict=True))
                for field in fields:
                    if data[field] is ABSENT:
                        del data[field]
                written = orjson.dumps(data)
                if written not in given:
                    given.add(written)
                    yield written, data

    def _choices(self, field: str, view: "View", emitter: str) -> list[Any]:
        """List a field's values: those of the state, the plain one, then others."""
        name = self.name
        looks = self.looks[field]
        likely, unlikely = (
            [
                value
                for look in looks
                if look.unlikely == unlikely
                for value in view.values(look, emitter)
            ]
            for unlikely in (False, True)
        )
        others = [value for look in looks for value in look.values]
        others += [*(enumerated(name, field) or (OTHER,)), *unlikely]
        if is_list(name, field):
            likely = [one if isinstance(one, list) else [one] for one in likely]
            others = [*([one] for one in others), []]
        found = [*likely, self.base.get(field, ABSENT), *others]
        if is_optional(name, field):
            found.append(ABSENT)
        return _unlike(found)


def sayings(spec: ProfileSpec) -> dict[str, Saying]:
    """Work out, for every event of a profile, what to try in it."""
    entries = {name: looks_of_entries(name, spec) for name in spec.events}
    looks: dict[str, dict[str, list[Look]]] = {name: {} for name in spec.events}
    for groups in entries.values():
        for look in (one for group in groups for one in group):
            looks[look.event].setdefault(look.field, []).append(look)
    return {
        name: Saying(
            name=name,
            base=_settled(dict(CATALOGUE[name].example), name, spec),
            looks={field: tuple(_unlike(some)) for field, some in looks[name].items()},
            together=_together(name, groups, looks[name]),
        )
        for name, groups in entries.items()
    }


def _together(
    name: str, groups: Sequence[Sequence[Look]], looks: Mapping[str, object]
) -> tuple[tuple[str, ...], ...]:
    """List the fields of each entry, and alone those that only others look at."""
    own = [
        tuple(dict.fromkeys(look.field for look in group if look.event == name))
        for group in groups
    ]
    alone = [(field,) for field in fields_of(name) if field in looks]
    return tuple(dict.fromkeys(fields for fields in (*own, *alone) if fields))


def _settled(data: dict[str, Any], name: str, spec: ProfileSpec) -> dict[str, Any]:
    """Give data as an event's unconditional gates want it, so far as they tell."""
    for gate in spec.events[name].gates:
        for condition in () if gate.when else gate.require:
            data |= dict(_wanted(condition, data, spec))
    return data


def _wanted(
    condition: Condition, data: Mapping[str, Any], spec: ProfileSpec
) -> Iterator[tuple[str, Any]]:
    yield from (condition.equals or {}).items()
    choices = dict(condition.one_of or {})
    for field, register in (condition.registered or {}).items():
        choices[field] = spec.registers[register].values
    for field, valid in choices.items():
        given = data.get(field)
        if isinstance(given, list):
            yield field, [one if one in valid else valid[0] for one in given]
        elif given not in valid:
            yield field, valid[0]


def _unlike(values: Sequence[Any]) -> list[Any]:
    """Keep the first of equal values; true is not 1."""
    found: list[Any] = []
    for one in values:
        if not any(
            one is two or (one == two and type(one) is type(two)) for two in found
        ):
            found.append(one)
    return found


class View:
    """What a state offers to be named: ids, references, names, times."""

    def __init__(self, state: State, spec: ProfileSpec) -> None:
        self._state = state
        self._spec = spec
        self._facts: dict[tuple[str, str], list[Any]] = {}

    def values(self, look: Look, emitter: str) -> list[Any]:
        """Give what a look's values can be here, the likeliest first."""
        found: list[Any] = []
        if look.facts is not None:
            found += self._said(*look.facts)
        if look.scope is not None:
            found += self._in_scopes(look.scope, emitter)
        if look.pool is not None:
            found += getattr(self, f"_{look.pool}")(emitter)
        return found

    def _said(self, event: str, field: str) -> list[Any]:
        """Give what earlier events have in a field, the latest first."""
        if (event, field) not in self._facts:
            found = [
                fact.data[field]
                for fact in self._state.facts.values()
                if fact.name == event and field in fact.data
            ]
            self._facts[event, field] = found[::-1]
        return self._facts[event, field]

    def _in_scopes(self, kind: str, emitter: str) -> list[Any]:
        """Give what open obligations are for, the emitter's own first."""
        owed = [one for one in self._state.obligations.values() if one.open]
        owed.sort(key=lambda one: one.owner != emitter)
        found = [
            value
            for one in owed
            for part in one.scope.split("/")
            for part_kind, _, value in [part.partition(":")]
            if part_kind == kind
        ]
        return [int(one) if one.isdecimal() else one for one in _unlike(found)[:2]]

    def _events(self, emitter: str) -> list[str]:
        facts = list(self._state.facts.values())
        own = [fact.id for fact in facts if fact.agency == emitter]
        others = [fact.id for fact in facts if fact.agency != emitter]
        return [*own[-1:], *own[:1], *others[-1:], *others[:1], NO_ID]

    def _obligations(self, _: str) -> list[str]:
        owed = list(self._state.obligations.values())
        paged = [one.id for one in owed if one.paged]
        quiet = [one.id for one in owed if not one.paged]
        return [*paged[-1:], *quiet[-1:], NO_ID]

    def _due(self, _: str) -> list[str]:
        return [timer.obligation.id for timer in self._next_timers()] + [NO_ID]

    def _rungs(self, _: str) -> list[int]:
        return [timer.rung for timer in self._next_timers()] or [1]

    def _next_timers(self) -> list[Timer]:
        """Give, of each rung, the timer that comes first."""
        first: dict[int, Timer] = {}
        for timer in sorted(one for one in self._state.timers if one.live):
            first.setdefault(timer.rung, timer)
        return list(first.values())

    def _pages(self, _: str) -> list[str]:
        return [*list(self._state.pages)[-1:], NO_ID]

    def _notices(self, _: str) -> list[str]:
        return [*sorted(self._state.notices)[:1], NO_ID]

    def _open(self, _: str) -> list[list[str]]:
        return [sorted(self._state.open), [*sorted(self._state.open), OTHER]]

    def _items(self, emitter: str) -> list[int]:
        agency = self._spec.agencies.get(emitter)
        own = agency.items if agency is not None else ()
        all_items = [one.item for one in self._spec.programme]
        return [*own[:1], *[one for one in all_items if one not in own][:1]]

    def _times(self, _: str) -> list[str]:
        at = parse_time(str(self._state.at)) if self._state.at else None
        return [] if at is None else [format_time(at + _SOON), format_time(at + _FAR)]
