"""
`decide` alone: no bytes, no disk, and no state to be changed.

Records are admitted beforehand, and states are moved on outside the clock, so that
what is timed is one call of a pure function.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any, Final

from bench.figure import Companion, Figure, Goal
from bench.flow import BEGINNING, STEPS, case
from bench.home import EVERYBODY, profile
from bench.measuring import Stopwatch, WrongRunError, best_rates
from bench.sizes import Sizes
from coordinator.events import CATALOGUE, Event, decode
from coordinator.protocol import Admission, Record, State, apply, decide

__all__ = ["Cases", "admit", "admitted", "deciding", "decisions_a_second"]

Cases = Sequence[Sequence[Record]]

# The design's own aim for one core of the machine it was made on.
_AIM: Final = 40_000
# A run takes a tenth of a second: more of them find a quiet one.
_SHORT: Final = 5


def admit(raw: bytes, at: datetime = BEGINNING) -> Record:
    """Let an event in, as ingress would."""
    admission = Admission(profile().rules, EVERYBODY)
    record = admission.admit(decode(raw), sender=None, at=at, earlier=None)
    if not isinstance(record, Record):
        raise WrongRunError(record.detail)
    return record


def admitted(cases: int) -> Cases:
    """Give the records of so many cases."""
    return [[admit(raw) for raw in case(number)] for number in range(cases)]


def decisions_a_second(cases: Cases) -> float:
    """Decide every record of every case; only `decide` is timed."""
    seconds = 0.0
    for records in cases:
        state = State(records[0].key)
        for record in records:
            begun = perf_counter()
            decision = decide(state, record)
            seconds += perf_counter() - begun
            apply(state, record, decision)
    return sum(map(len, cases)) / seconds


def deciding(sizes: Sizes) -> list[Figure]:
    """Compare a decision with a look-up and with a validation of the same event."""
    cases = admitted(sizes.decide_cases)
    events = [record.event for records in cases for record in records]
    repeats = _SHORT * sizes.repeats
    best = best_rates(
        repeats,
        {
            "decide": lambda: decisions_a_second(cases),
            "validation": lambda: _validations_a_second(events),
            "look-up": lambda: _lookups_a_second(events, profile().rules.events),
        },
    )
    name = f"decide alone, {sizes.decide_cases:,} cases of {STEPS} events"
    how = f"best of {repeats} in turn"
    return [
        Figure(
            name,
            best["decide"],
            "decisions/s",
            Companion("a validation of the same data by pydantic", best["validation"]),
            Goal(_AIM, of="value"),
            how,
        ),
        Figure(
            name,
            best["decide"],
            "decisions/s",
            Companion("a look-up of the event's name in a dict", best["look-up"]),
            how=how,
        ),
    ]


def _validations_a_second(events: Sequence[Event]) -> float:
    watch = Stopwatch()
    with watch.lap():
        for event in events:
            CATALOGUE[event.name].model.model_validate(event.data)
    return len(events) / watch.seconds


def _lookups_a_second(events: Sequence[Event], rules: Mapping[str, Any]) -> float:
    watch = Stopwatch()
    find: Callable[[str], object] = rules.get
    with watch.lap():
        for event in events:
            find(event.name)
    return len(events) / watch.seconds
