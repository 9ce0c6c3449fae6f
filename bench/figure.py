"""A figure: what was measured, what it stands beside, and what it should reach."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["Companion", "Figure", "Goal"]


@dataclass(frozen=True, slots=True)
class Companion:
    """What else did the same work in the same run, and the value it reached."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Goal:
    """
    A bound of the value's ratio to the companion's, or of the value itself.

    `at_least` False: the less the better.
    """

    bound: float
    of: Literal["ratio", "value"] = "ratio"
    at_least: bool = True

    @property
    def text(self) -> str:
        """Say it as in a table."""
        unit = "x" if self.of == "ratio" else ""
        return f"{'>=' if self.at_least else '<='} {self.bound:,g}{unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One line of the table.

    Attributes:
        name: What was measured.
        value: In `unit`.
        companion: None where nothing does the same.
        goal: None where the design sets none.
        how: How the value was come by: repeats, and which of them counts.
    """

    name: str
    value: float
    unit: str
    companion: Companion | None = None
    goal: Goal | None = None
    how: str = ""

    @property
    def ratio(self) -> float | None:
        """The value over the companion's."""
        return None if self.companion is None else self.value / self.companion.value

    @property
    def reached(self) -> bool | None:
        """Whether the goal is; None where there is none."""
        if self.goal is None:
            return None
        measured = self.value if self.goal.of == "value" else self.ratio
        if measured is None:
            return None
        if self.goal.at_least:
            return measured >= self.goal.bound
        return measured <= self.goal.bound

    def as_record(self) -> dict[str, Any]:
        """Give it as JSON."""
        record = asdict(self)
        record["goal"] = None if self.goal is None else self.goal.text
        return record | {"ratio": self.ratio, "reached": self.reached}
