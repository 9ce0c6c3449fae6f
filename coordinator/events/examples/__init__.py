"""
An example of every type of event: who sends it, and its data.

Together they tell one fictional case: a labour recruiter, a workplace on the coast, one
person helped. Every field of each type is filled in, save where two exclude each other.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from coordinator.events.examples import bus, case, person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coordinator.events.examples.form import Example

EXAMPLES: Final[Mapping[str, Example]] = MappingProxyType(
    case.EXAMPLES | person.EXAMPLES | bus.EXAMPLES
)
