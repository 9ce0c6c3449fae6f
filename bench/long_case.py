"""
A case that goes on and on: does its thousandth event cost what its tenth does?

After the ten events of a case there are rounds of six more, all accepted: input is
asked for and given, an interpreter asked for and assigned, the danger assessed again,
the Minister informed again. Then the next round is decided, again and again, against a
state that one round made and against a state that all of them made; neither is moved.
"""

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any, Final

from bench.deciding import admit
from bench.figure import Companion, Figure, Goal
from bench.flow import BEGINNING, STEPS, case
from bench.measuring import WrongRunError, best_rates
from bench.sizes import Sizes
from coordinator.events import encode, made_id
from coordinator.protocol import Record, State, apply, decide

__all__ = ["long_case"]

_PROBES: Final = 200
_MOST: Final = 1.2

# Everything is received within the case's first hour: no rung falls due meanwhile.
_AT: Final = BEGINNING + timedelta(minutes=1)

_ROUND: Final[tuple[tuple[str, str, str | None, dict[str, Any]], ...]] = (
    (
        "police",
        "input.requested",
        None,
        {
            "request_ref": "{ref}",
            "to": "customs",
            "purpose": "movements",
            "lawful_basis": "maintenance_of_the_law",
            "urgency": "urgent",
        },
    ),
    (
        "customs",
        "input.provided",
        None,
        {"request_ref": "{ref}", "outcome": "provided"},
    ),
    (
        "police",
        "interpreter.requested",
        "p-1",
        {
            "request_ref": "{ref}",
            "language": "th",
            "for_event": "interview",
            "urgency": "urgent",
        },
    ),
    (
        "justice",
        "interpreter.assigned",
        "p-1",
        {
            "request_ref": "{ref}",
            "language": "th",
            "interpreter_ref": "i-2",
            "for_event": "interview",
        },
    ),
    ("police", "danger.assessed", "p-1", {"victim_risk": "low", "family_risk": "low"}),
    (
        "labour",
        "minister.informed",
        None,
        {
            "briefing_ref": "{ref}",
            "kind": "update",
            "officer_role": "policy_officer",
            "method": "phone",
        },
    ),
)


def long_case(sizes: Sizes) -> list[Figure]:
    """Compare a decision in a long case with the same one in a short case."""
    rounds = (sizes.long_case - STEPS) // len(_ROUND)
    short, long = _state(1), _state(rounds)
    probes = [admit(raw, _AT) for raw in _round(rounds + 1, short.key)]
    best = best_rates(
        max(sizes.repeats, 3),
        {
            "short": lambda: _decisions_a_second(short, probes),
            "long": lambda: _decisions_a_second(long, probes),
        },
    )
    return [
        Figure(
            f"a decision in a case of {long.seq:,} events",
            1e6 / best["long"],
            "us",
            Companion(f"the same in one of {short.seq}", 1e6 / best["short"]),
            Goal(_MOST, at_least=False),
            f"best of {max(sizes.repeats, 3)} in turn; {_PROBES} times six events",
        )
    ]


def _decisions_a_second(state: State, probes: list[Record]) -> float:
    begun = perf_counter()
    for _ in range(_PROBES):
        for record in probes:
            decide(state, record)
    return _PROBES * len(probes) / (perf_counter() - begun)


def _state(rounds: int) -> State:
    events = case(0)
    state = State(admit(events[0]).key)
    for raw in events:
        _take(state, raw)
    for number in range(rounds):
        for raw in _round(number, state.key):
            _take(state, raw)
    return state


def _take(state: State, raw: bytes) -> None:
    record = admit(raw, _AT)
    decision = decide(state, record)
    if decision["verdict"] != "accepted":
        raise WrongRunError(decision["detail"])
    apply(state, record, decision)


def _round(number: int, key: str) -> Iterator[bytes]:
    for place, (agency, name, person, data) in enumerate(_ROUND):
        filled = {
            field: f"x-{number}" if value == "{ref}" else value
            for field, value in data.items()
        }
        yield encode(
            name=name,
            agency=agency,
            id=made_id("bench long", number, place),
            time=_AT,
            subject=key,
            personref=person,
            data=filled,
        )
