"""
Lint: a packaged profile proved and its scenarios run, against deciding as many records.

What lint takes is mostly trying out what can happen; beside it stand as many records of
the usual load in the simulator, which decides them too and looks for nothing.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from math import ceil
from typing import Final

from bench.figure import Companion, Figure, Goal
from bench.flow import STEPS, case
from bench.measuring import Stopwatch, WrongRunError, best_rates
from bench.sizes import Sizes
from coordinator.evaluation.coverage import cover
from coordinator.evaluation.simulate import Simulation
from coordinator.files import profile_source, recordings
from coordinator.protocol import Profile, load_profile
from coordinator.protocol.lint import lint

__all__ = ["linting"]

_NAMES: Final = ("nz-2009", "nz-modern")
_GOAL_S: Final = 10
# Any day on which the packaged calendars still reach far enough.
_TODAY: Final = date(2026, 3, 2)


def linting(sizes: Sizes) -> list[Figure]:
    """Compare the seconds of each packaged profile with a simulation's."""
    figures = []
    for name in _NAMES:
        records = _lint(name)
        best = best_rates(
            sizes.repeats,
            {
                "lint": _timed(partial(_lint, name)),
                "simulate": _timed(partial(_simulate, name, records)),
            },
        )
        figures.append(
            Figure(
                f"protocol lint {name}, with its scenarios",
                1 / best["lint"],
                "s",
                Companion(f"a simulation of {records:,} records", 1 / best["simulate"]),
                Goal(_GOAL_S, of="value", at_least=False),
                f"best of {sizes.repeats} in turn",
            )
        )
    return figures


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        watch = Stopwatch()
        with watch.lap():
            work()
        return 1 / watch.seconds

    return run


def _profile(name: str) -> Profile:
    return load_profile(*profile_source(name))


def _lint(name: str) -> int:
    """Lint a profile from its file on; give how many records that decided."""
    profile = _profile(name)
    proof = lint(profile.spec, today=_TODAY)
    covered = cover(profile.rules, recordings(None, profile.spec.profile))
    found = [*proof.findings, *covered.findings()]
    if found:
        raise WrongRunError(found[0].problem)
    return proof.explored.decisions + covered.events


def _simulate(name: str, records: int) -> None:
    simulation = Simulation(_profile(name).rules)
    for number in range(ceil(records / STEPS)):
        for raw in case(number):
            for step in simulation.take(raw):
                if step.decision is None:
                    raise WrongRunError(step.problem)
