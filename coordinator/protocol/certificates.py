"""
Certificates: which one an event is about, and which it rests on.

Rule 1: "in force" is issued to this person, not withdrawn and not past its end. Rule
2: where a profile knows kinds, they are apart: a gate asks for the usual kind or names
another, and a number that an event gives must be that of such a one. Rule 3: an event
rests on those that its gates ask for, where they apply; what it opens rests on them
too. Rule 4: told is everybody but the issuer who was sent a certificate, or who sent
or was sent an event that rests on it.

Source: docs/rules.md, Certificates; L958-970.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from coordinator.protocol.situation import Situation, applies
from coordinator.protocol.state import Certificate

if TYPE_CHECKING:
    from coordinator.protocol.rules import EventRules

__all__ = ["ANY", "asked", "in_force", "kind_issued", "meant", "rested_on"]

ANY: Final = "any"
"""What a gate says that takes a certificate of whatever kind, by its number."""


def kind_issued(s: Situation) -> str:
    """Give the kind of certificate that an event makes; "" where there are none."""
    kind = s.rules.spec.certificate.kind
    return "" if kind is None else str(s.data.get(kind.field, kind.default))


def in_force(s: Situation, kind: str) -> Certificate | None:
    """Give this person's latest certificate of a kind, if it is in force."""
    return next(_standing(s, kind), None)


def meant(s: Situation) -> Certificate | None:
    """Give the certificate in force that an event numbers, or else the usual one."""
    number = s.data.get(s.rules.spec.certificate.number)
    if number is None:
        return in_force(s, _usual(s))
    return next((one for one in _standing(s) if one.number == number), None)


def asked(s: Situation, wanted: bool | str) -> Certificate | None:  # noqa: FBT001 - the word's value
    """Give the certificate in force that a gate asks for: of the usual kind or not."""
    if wanted == ANY:
        return meant(s)
    if isinstance(wanted, str):
        return in_force(s, wanted)
    number = s.data.get(s.rules.spec.certificate.number)
    usual = _standing(s, _usual(s))
    return next((one for one in usual if number in (None, one.number)), None)


def rested_on(s: Situation, row: "EventRules") -> list[Certificate]:
    """Give the certificates that an event rests on."""
    found = (
        asked(s, wanted) for when, wanted in row.certificates_asked if applies(when, s)
    )
    return [one for one in found if one is not None]


def _usual(s: Situation) -> str:
    kind = s.rules.spec.certificate.kind
    return "" if kind is None else kind.default


def _standing(s: Situation, kind: str | None = None) -> Iterator[Certificate]:
    """Give this person's certificates in force, the latest first."""
    for one in reversed(s.state.certificates.get(s.person or "", ())):
        if one.in_force(s.now) and kind in (None, one.kind):
            yield one
