"""
What every entry of a profile has in common: its model, and the words in its fields.

The shape of a profile is in four modules: here, conditions (`spec_conditions.py`),
events (`spec_events.py`), obligations (`spec_obligations.py`), and the whole with
what else it holds (`profile.py`).
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coordinator.protocol.duration import Duration, parse_duration

__all__ = [
    "Cite",
    "Clock",
    "Length",
    "Names",
    "Spec",
    "TimeOfDay",
    "one_or_many",
    "only_one",
]


class Spec(BaseModel):
    """An entry of a profile: immutable, and closed to keys it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_One = TypeVar("_One", bound=Spec)


def only_one(spec: _One, what: str) -> _One:
    """Insist that exactly one of an entry's keys is given."""
    if len(spec.model_fields_set) != 1:
        words = ", ".join(sorted(type(spec).model_fields))
        message = f"{what} one of: {words}"
        raise ValueError(message)
    return spec


def one_or_many(value: object) -> object:
    """Let a person write one thing where a list is meant."""
    if isinstance(value, (list, tuple)):
        return value
    return [value]


def _duration(value: object) -> object:
    if isinstance(value, (Duration, dict)):
        return value
    return parse_duration(str(value))


Names = Annotated[tuple[str, ...], BeforeValidator(one_or_many), Field(min_length=1)]
Length = Annotated[Duration, BeforeValidator(_duration)]
Cite = Annotated[str, Field(min_length=1)]
TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Clock = Literal["elapsed", "business"]
