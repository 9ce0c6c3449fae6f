"""
Proofs about a whole profile, beyond its shape and its names.

    citations  every citation leads to a place
    people     every sender, role and last rung is somebody; calendars reach far enough
    meanings   every value asked for exists, every scope can be met
    reach      what can happen, by trying it out: `grounds` says where, `looks` and
               `sayings` what to say, `goals` what for, `asks` and `histories`
               what comes together
    unmet      the faults behind what never happened

Pure, and the same for the same profile: today's date is an argument.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from coordinator.protocol.check import Finding, check
from coordinator.protocol.lint.citations import citations
from coordinator.protocol.lint.goals import Goal, goals_met, goals_of
from coordinator.protocol.lint.meanings import meanings
from coordinator.protocol.lint.people import people
from coordinator.protocol.lint.reach import Reach, explore
from coordinator.protocol.lint.unmet import unmet
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.rules import compile_rules

__all__ = ["Finding", "Goal", "Proof", "Reach", "goals_met", "goals_of", "lint"]


class Proof(NamedTuple):
    """What was found, and how much was looked at; nothing where it broke off before."""

    findings: list[Finding]
    explored: Reach


def lint(
    spec: ProfileSpec, *, today: date, told: Callable[[int], None] = lambda _: None
) -> Proof:
    """
    Prove a profile.

    Args:
        spec: A profile of the right shape.
        today: Calendars must reach two years further.
        told: Is told of each state that was looked at, by how many.

    Returns:
        Every fault, in the order of the proofs. Where a name leads nowhere, nothing
        more can be proved.
    """
    astray = list(check(spec))
    if astray:
        return Proof(astray, Reach())
    found = [*citations(spec), *people(spec, today), *meanings(spec)]
    reach = explore(spec, compile_rules(spec), told)
    return Proof([*found, *unmet(spec, reach, found)], reach)
