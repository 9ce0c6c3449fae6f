"""
The load: cases as they would go, ten events of ten types each, all accepted.

A suspicion at the border is reported, referred and taken up; Police identify a case,
the Minister is informed, a victim is identified who needs an interpreter, and is
brought to a safe house. Every case is the same but for its ids, so that no figure
depends on chance.

What waits together is not one case's: a batch holds the same step of as many cases
as it has room for, and cases begin in the order in which they end.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from coordinator.events import (
    SOURCE_PREFIX,
    encode,
    format_time,
    made_id,
    mint_case_reference,
)

__all__ = ["BEGINNING", "STEPS", "Batch", "batches", "case", "suspicion"]

BEGINNING: Final = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
"""When the first event of each case happens: a working morning in New Zealand."""

STEPS: Final = 10
"""Events of a case."""

_APART: Final = timedelta(seconds=1)

# Who says what; {first} and {begun} stand for the id of the case's first event and
# its time. What is about a person comes last.
_CASE: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    (
        "customs",
        "suspicion.reported",
        {
            "observer_role": "officer",
            "context": "border_air",
            "indicators": ["documents_held_by_another"],
        },
    ),
    (
        "customs",
        "suspicion.referred",
        {
            "referral_ref": "r-1",
            "basis_event_ids": ["{first}"],
            "contact_role": "duty_officer",
            "method": "phone",
            "urgency": "urgent",
        },
    ),
    (
        "police",
        "referral.acknowledged",
        {
            "referral_ref": "r-1",
            "receiver_role": "duty_inspector",
            "next_step": "interview",
        },
    ),
    (
        "police",
        "case.identified",
        {
            "origin_event_ids": ["{first}"],
            "offence_basis": "s98D",
            "cross_border": True,
            "lead_role": "detective",
        },
    ),
    (
        "labour",
        "minister.informed",
        {
            "briefing_ref": "b-1",
            "kind": "initial",
            "officer_role": "policy_officer",
            "method": "phone",
        },
    ),
    (
        "police",
        "victim.identified",
        {
            "language": "th",
            "age_band": "18-25",
            "immediate_needs": ["interpreter", "housing"],
        },
    ),
    (
        "police",
        "interpreter.requested",
        {
            "request_ref": "q-1",
            "language": "th",
            "for_event": "interview",
            "urgency": "urgent",
        },
    ),
    (
        "justice",
        "interpreter.assigned",
        {
            "request_ref": "q-1",
            "language": "th",
            "interpreter_ref": "i-1",
            "for_event": "interview",
        },
    ),
    (
        "police",
        "danger.assessed",
        {"victim_risk": "high", "family_risk": "low"},
    ),
    (
        "police",
        "safe_house.placed",
        {"placement_ref": "p-1", "provider": "ngo-refuge", "from": "{begun}"},
    ),
)
_FIRST_ABOUT_PERSON: Final = 5


class Batch(NamedTuple):
    """Events that wait together, and the instant at which they are received."""

    received_at: datetime
    raws: list[bytes]


def case(number: int, beginning: datetime = BEGINNING) -> list[bytes]:
    """Give a case's ten events in order, each a second after the one before."""
    first = made_id("bench", number, 0)
    reference = mint_case_reference(SOURCE_PREFIX + _CASE[0][0], first)
    said = {"{first}": first, "{begun}": format_time(beginning)}
    return [
        encode(
            name=name,
            agency=agency,
            id=made_id("bench", number, step),
            time=beginning + step * _APART,
            subject=reference if step else None,
            personref="p-1" if step >= _FIRST_ABOUT_PERSON else None,
            data={field: _filled(value, said) for field, value in data.items()},
        )
        for step, (agency, name, data) in enumerate(_CASE)
    ]


def suspicion(number: int, at: datetime) -> bytes:
    """Give a suspicion that nobody follows up; its one obligation has four rungs."""
    agency, name, data = _CASE[0]
    return encode(
        name=name,
        agency=agency,
        id=made_id("bench alone", number, format_time(at)),
        time=at,
        data=data,
    )


def batches(cases: int, size: int) -> list[Batch]:
    """
    Give the events of so many cases, so many at once.

    All are received within the first seconds: no rung falls due meanwhile, since on a
    running bus the sweeper would have taken it.
    """
    return list(_batches([case(number) for number in range(cases)], size))


def _batches(cases: Sequence[list[bytes]], size: int) -> Iterator[Batch]:
    for start in range(0, len(cases), size):
        some = cases[start : start + size]
        for step in range(STEPS):
            received_at = BEGINNING + (step + 1) * _APART
            yield Batch(received_at, [events[step] for events in some])


def _filled(value: object, said: dict[str, str]) -> object:
    if isinstance(value, list):
        return [_filled(one, said) for one in value]
    return said.get(value, value) if isinstance(value, str) else value
