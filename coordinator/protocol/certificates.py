"""
Certificates: which one an event is about, and who was told of it.

Rule 1: "in force" is issued to this person, not withdrawn and not past its end. Rule
2: an event that numbers a certificate means that one; any other the usual kind. Rule
3: told is everybody but the issuer who was sent the certificate, or who sent or was
sent an event that rests on it.

Source: docs/rules.md, Certificates; L958-970.
"""

from coordinator.protocol.situation import Situation
from coordinator.protocol.state import Certificate

__all__ = ["in_force", "kind_issued", "meant"]


def kind_issued(s: Situation) -> str:
    """Give the kind of certificate that an event makes; "" where there are none."""
    kind = s.rules.spec.certificate.kind
    return "" if kind is None else str(s.data.get(kind.field, kind.default))


def in_force(s: Situation, kind: str) -> Certificate | None:
    """Give this person's certificate of a kind, if one is in force."""
    held = s.state.certificates.get((s.person or "", kind))
    return held if held is not None and held.in_force(s.now) else None


def meant(s: Situation) -> Certificate | None:
    """Give the certificate in force that an event is about, if there is one."""
    spec = s.rules.spec.certificate
    usual = "" if spec.kind is None else spec.kind.default
    number = s.data.get(spec.number)
    if number is None:
        return in_force(s, usual)
    for (person, _), held in s.state.certificates.items():
        if person == s.person and held.number == number and held.in_force(s.now):
            return held
    return None
