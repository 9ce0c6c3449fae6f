"""
Escalation ladders: who is paged at which rung.

Rule 1: rungs count from 1; 0 is the reminder, which is no rung. Rule 2: a rung for
information stands beside the ladder: it is never the highest, next or last.

Source: docs/rules.md, Ladders.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from coordinator.protocol.duration import Duration
from coordinator.protocol.profile import LadderSpec, ProfileSpec

__all__ = ["Ladder", "Rung", "compile_ladder", "length_of"]

REMINDER = 0


class Rung(NamedTuple):
    """
    One rung.

    `office` is paged as one body; where it is None, the owner's `role` is, and the
    same role of the agency that is paged beside the owner.
    """

    number: int
    role: str
    office: str | None
    after: timedelta
    for_information: bool


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The rungs, ascending by time after due, and the last one that counts."""

    rungs: tuple[Rung, ...]
    last: int

    def rung(self, number: int) -> Rung:
        """Give a rung by its number, 1 being the first."""
        return self.rungs[number - 1]

    def counts(self, number: int) -> bool:
        """Whether a rung is one of the ladder proper: no reminder, not beside it."""
        return number > REMINDER and not self.rung(number).for_information

    def next_after(self, number: int) -> int:
        """Give the number of the next rung that counts; the last one's is its own."""
        for rung in self.rungs[number:]:
            if not rung.for_information:
                return rung.number
        return self.last


def length_of(duration: Duration) -> timedelta:
    """Give a duration without calendar years as elapsed time."""
    return timedelta(days=duration.days, seconds=duration.seconds)


def compile_ladder(spec: LadderSpec, profile: ProfileSpec) -> Ladder:
    """Read a ladder: `owner.<role>` or an office's id at each rung."""
    rungs = []
    for number, rung in enumerate(spec.rungs, 1):
        office = rung.page if rung.page in profile.offices else None
        role = rung.page if office else rung.page.partition(".")[2]
        rungs.append(
            Rung(number, role, office, length_of(rung.after), rung.for_information)
        )
    last = max(rung.number for rung in rungs if not rung.for_information)
    return Ladder(tuple(rungs), last)
