"""
Older versions of an event's schema: accepted, checked as they were, and lifted.

An agency changes its system when it can, not when the catalogue does. What it sends in
an older version is checked against the fields of that version and then said in the
words of the next one, step by step up to the current. What was sent stays as it was
sent: only what the rules read is lifted.

A change of a type's fields is three things: the new model in its area, the old one
here with its lift, and the version in the catalogue. What is here is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from coordinator.events.fields import Code, Maybe, Moment, Text
from coordinator.events.payload import Payload

Data = dict[str, Any]


class Older(NamedTuple):
    """
    A version that is no longer the current one.

    `model` has the fields it had; `lift` says valid data in the next version's words.
    """

    model: type[Payload]
    lift: Callable[[Data], Data]


class CertificationIssued1(Payload):
    """
    Police certify this person; without `valid_to`, until withdrawn.

    Source: L958-967; item 13
    """

    certification_no: Code
    assessment_ref: Code
    endorser_rank: Code
    legal_basis: Text
    valid_to: Maybe[Moment] = None


def _certification_issued_1(data: Data) -> Data:
    """The Plan knew one kind of certificate: of having been trafficked."""
    return {**data, "kind": "trafficked"}


OLDER: Final[Mapping[str, tuple[Older, ...]]] = MappingProxyType(
    {
        "certification.issued": (Older(CertificationIssued1, _certification_issued_1),),
    }
)
"""Of each type that has changed, its older versions, from the first."""


def lifted(name: str, version: int, data: Data) -> Data:
    """Say valid data of an older version in the words of the current one."""
    for older in OLDER[name][version - 1 :]:
        data = older.lift(data)
    return data
