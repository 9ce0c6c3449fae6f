"""
The vocabulary's shape: each word a condition may use, and what it is about.

What a word means is in `conditions.py`, one function a word.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from coordinator.protocol.spec import Names, Spec, one_or_many, only_one

__all__ = [
    "Condition",
    "Conditions",
    "DiffersSpec",
    "KnownSpec",
    "LatestIsSpec",
    "LatestSpec",
    "NamesEventSpec",
    "ReferenceSpec",
    "SinceSpec",
    "WithinSpec",
]


class ReferenceSpec(Spec):
    """An earlier event, found by a reference that this event gives in `by`."""

    event: str
    by: str


class SinceSpec(Spec):
    """Only what was accepted after the latest `event` with the same `by`."""

    event: str
    by: str


class KnownSpec(Spec):
    """
    The latest `event` whose field `by` has the value this event gives there.

    `where` fixes fields of the known event; `same` asks that a field of it equals
    a field of this event; `addressed_to_emitter` that a field of it names this
    event's emitter; `reached_emitter` that it was sent to this event's emitter.
    """

    event: str
    by: str
    where: dict[str, str | bool] = Field(default_factory=dict)
    same: dict[str, str] = Field(default_factory=dict)
    addressed_to_emitter: str | None = None
    reached_emitter: bool = False
    since: SinceSpec | None = None


class LatestSpec(Spec):
    """The latest `event` has, in field `by`, the value this event gives there."""

    event: str
    by: str


class LatestIsSpec(Spec):
    """The latest `event` has one of `values` in `field`."""

    event: str
    field: str
    values: Annotated[
        tuple[str | bool, ...], BeforeValidator(one_or_many), Field(min_length=1)
    ]


class DiffersSpec(Spec):
    """This event's `field` is not field `other` of the known `event`."""

    field: str
    event: str
    by: str
    other: str


class NamesEventSpec(Spec):
    """The accepted event whose id `field` gives is one of these."""

    field: str
    of: Names


class WithinSpec(Spec):
    """The time in `field`, if given, lies ahead, by at most the named limit."""

    field: str
    limit: Literal["acknowledgement"]


class Condition(Spec):
    """
    One word of the vocabulary and what it is about; exactly one is set.

    "This person's" is understood wherever both events are about a person.
    """

    after: Names | None = None
    not_after: Names | None = None
    known: KnownSpec | None = None
    not_known: ReferenceSpec | None = None
    latest: LatestSpec | None = None
    latest_is: LatestIsSpec | None = None
    latest_is_not: LatestIsSpec | None = None
    in_force: bool | str | None = None
    equals: dict[str, str | bool] | None = None
    one_of: dict[str, Names] | None = None
    none_of: dict[str, Names] | None = None
    contains: dict[str, str] | None = None
    present: Names | None = None
    absent: Names | None = None
    exactly_one_of: Names | None = None
    differs: DiffersSpec | None = None
    registered: dict[str, str] | None = None
    accepted: Names | None = None
    own_event: str | None = None
    names_event: NamesEventSpec | None = None
    dispensable: str | None = None
    lists_open: str | None = None
    responsible: str | None = None
    under: str | None = None
    own_subject: Literal[True] | None = None
    contact_known: Names | None = None
    paged: str | None = None
    within: WithinSpec | None = None
    noticed: str | None = None
    emitter_in: Names | None = None
    emitter_not_in: Names | None = None

    @model_validator(mode="after")
    def _one_word(self) -> Self:
        return only_one(self, "a condition is")


Conditions = Annotated[
    tuple[Condition, ...], BeforeValidator(one_or_many), Field(min_length=1)
]
