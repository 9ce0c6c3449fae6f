"""
Scopes: for what an obligation is owed once (`Per` in docs/rules.md, Obligations).

A scope is a string such as `case`, `person:p-1` or `agency:health/certificate:c9`.
On opening, it comes from the event and the owner; on closing, the closing event
tells which scopes it means.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

from coordinator.protocol.conditions import values
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.situation import Situation
from coordinator.protocol.spec_obligations import PerSpec

__all__ = ["Scope", "about", "compile_scope", "spelt"]


Meant = Callable[[Situation, str], tuple[str, ...]]
"""
From an event and an owner to the scopes that the event means: none at all where it
does not carry what names the scope, several where it carries a list.
"""


class Scope(NamedTuple):
    """A compiled `per`; `by_field` is whether a payload field names it."""

    values: Meant
    by_field: bool


def about(s: Situation, scope: str) -> str | None:
    """Give the person that an obligation of this scope is about; a case's: nobody."""
    return None if scope == "case" else s.person


def spelt(scope: str) -> str:
    """Spell a scope for people: `item:1/phase:short` is `item 1, phase short`."""
    parts = (part.replace(":", " ", 1) for part in scope.split("/"))
    return "the case" if scope == "case" else ", ".join(parts)


def compile_scope(per: tuple[PerSpec, ...], profile: ProfileSpec) -> Scope:
    """Compile a scope's parts, joined by `/` where there are several."""
    parts = [_part(one, profile) for one in per]
    by_field = any(one.field is not None for one in per)
    if len(parts) == 1:
        return Scope(parts[0], by_field)

    def joined(s: Situation, owner: str) -> tuple[str, ...]:
        lists = [part(s, owner) for part in parts]
        return tuple("/".join(one) for one in product(*lists))

    return Scope(joined, by_field)


def _part(part: PerSpec, profile: ProfileSpec) -> Meant:
    """Compile one part: `kind:value`, or `case` alone."""
    kind, field, known = part.kind, part.field, part.known
    if part.value is not None:
        constant = (f"{kind}:{part.value}",)
        return lambda _, __: constant
    if part.programme is not None:
        return _items(kind, part.programme, profile)
    if field is not None:
        return lambda s, _: tuple(f"{kind}:{one}" for one in values(s.data, field))
    if known is not None:

        def earlier(s: Situation, _: str) -> tuple[str, ...]:
            facts = (s.known(one.event, one.by) for one in known)
            return tuple(f"{kind}:{fact.id}" for fact in facts if fact is not None)

        return earlier
    return _OWN[kind]


def _items(kind: str, phase: str, profile: ProfileSpec) -> Meant:
    """One scope for each item of that phase that the owner is responsible for."""
    of_phase = [one.item for one in profile.programme if phase in one.phases]

    def items(s: Situation, owner: str) -> tuple[str, ...]:
        theirs = s.rules.items_of(owner)
        return tuple(f"{kind}:{item}" for item in of_phase if item in theirs)

    return items


_OWN: dict[str, Meant] = {
    "case": lambda _, __: ("case",),
    "person": lambda s, _: () if s.person is None else (f"person:{s.person}",),
    "event": lambda s, _: (f"event:{s.event.id}",),
    "year": lambda s, _: (f"year:{s.at.year}",),
    "agency": lambda _, owner: (f"agency:{owner}",),
}
