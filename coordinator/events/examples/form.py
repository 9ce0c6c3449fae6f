"""What an example is, and the ids that the examples share."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from coordinator.events.fields import SOURCE_PREFIX
from coordinator.events.ids import made_id
from coordinator.events.reference import mint_case_reference


class Example(NamedTuple):
    """The id of an agency that may send it under the 2009 Plan, and complete data."""

    agency: str
    data: dict[str, Any]


def example_id(name: str) -> str:
    """Give the id of a type's example, always the same."""
    return made_id("example", name)


# The fictional case is the one that its suspicion starts.
CASE_REF: Final = mint_case_reference(
    SOURCE_PREFIX + "customs", example_id("suspicion.reported")
)
PERSON_REF: Final = "P-7Q2"
OBLIGATION_ID: Final = made_id("example", "obligation")
