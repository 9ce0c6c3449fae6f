"""
The shape of an obligation's row: who owes what, for what, by when, and its ladder.

Profiles write most of it in short forms (`PT4H elapsed`, `person`, `emitter`); the
functions here spell them out before they are checked.

Source: docs/rules.md, Obligations and Ladders.
"""

from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from coordinator.protocol.spec import (
    Cite,
    Clock,
    Length,
    Names,
    Spec,
    one_or_many,
    only_one,
)
from coordinator.protocol.spec_conditions import Conditions
from coordinator.protocol.spec_events import References

__all__ = [
    "AfterSpec",
    "AlsoSpec",
    "ClosingSpec",
    "DueSpec",
    "ObligationSpec",
    "OpeningSpec",
    "OwnerSpec",
    "PerSpec",
]


class PerSpec(Spec):
    """
    One part of an obligation's scope, written `kind:value`.

    `case`, `person`, `event` and `agency` take their value from the event and the
    owner; any other kind from the payload `field`, or it is the constant `value`.
    `event` may instead be the earlier event that a reference names. `year` is the
    one it opens in. With `programme`, one scope for each of the programme's items in
    that phase that the owner is responsible for.
    """

    kind: str
    field: str | None = None
    value: str | None = None
    known: References | None = None
    programme: str | None = None


def _per(value: object) -> object:
    """Read `person`, `{request: request_ref}`, `{role: =key_contact}`, and so on."""
    if isinstance(value, str):
        return {"kind": value}
    if isinstance(value, dict) and len(value) == 1 and "kind" not in value:
        ((kind, source),) = value.items()
        if isinstance(source, str) and source.startswith("="):
            return {"kind": kind, "value": source[1:]}
        if isinstance(source, str):
            return {"kind": kind, "field": source}
        if isinstance(source, dict) and "programme" in source:
            return {"kind": kind, **source}
        return {"kind": kind, "known": source}
    return value


Per = Annotated[
    tuple[Annotated[PerSpec, BeforeValidator(_per)], ...],
    BeforeValidator(one_or_many),
    Field(min_length=1),
]


class AfterSpec(Spec):
    """A length of time by a clock, written `PT4H elapsed` or `P1D business`."""

    length: Length
    clock: Clock


class DueSpec(Spec):
    """
    When an obligation falls due; exactly one form.

    `after`: a length of time. `at`: the time a payload field gives. `before`: so long
    (elapsed) before the date in the field `day` begins in `zone`. `choose`: a
    payload field, whose value picks one of `cases`. What is past is due at once.
    """

    after: AfterSpec | None = None
    at: str | None = None
    before: Length | None = None
    day: str | None = None
    zone: str | None = None
    choose: str | None = None
    cases: dict[str, AfterSpec] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = self.model_fields_set
        forms = (
            {"after"},
            {"at"},
            {"before", "day", "zone"},
            {"choose", "cases"},
        )
        if given not in forms:
            message = (
                "due is `PT4H elapsed`, {at: field}, {before: PT24H, day: field,"
                " zone: Pacific/Auckland} or {choose: field, cases: …}"
            )
            raise ValueError(message)
        return self


def _after(value: object, of: str = "") -> object:
    """Read `PT4H elapsed`; what a profile was kept as has its two parts apart."""
    if isinstance(value, dict):
        return value
    length, _, clock = str(value).partition(" ")
    if clock not in get_args(Clock):
        message = (
            f"{of}a length of time and its clock, such as PT2H elapsed or P1D business"
        )
        raise ValueError(message)
    return {"length": length, "clock": clock}


def _due(value: object) -> object:
    if not isinstance(value, dict):
        return {"after": _after(value)}
    if isinstance(value.get("cases"), dict):
        cases = {
            name: _after(text, f"when {name}, ")
            for name, text in value["cases"].items()
        }
        return {**value, "cases": cases}
    return value


Due = Annotated[DueSpec, BeforeValidator(_due)]


class OwnerSpec(Spec):
    """
    Who owes: exactly one way of naming them.

    `agencies` names them; `emitter` is the event's; `field` a payload field that
    does; `told` whoever was told of the certificate; `emitter_of` the sender of an
    earlier event; `other_of` those of these that did not send the event; `subject` the
    agency whose own scope the event is under, if it is one of these.
    """

    agencies: Names | None = None
    emitter: Literal[True] | None = None
    field: str | None = None
    told: Literal[True] | None = None
    emitter_of: References | None = None
    other_of: Names | None = None
    subject: Names | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        return only_one(self, "an owner is")


def _owner(value: object) -> object:
    if value in ("emitter", "told"):
        return {value: True}
    if isinstance(value, (str, list, tuple)):
        return {"agencies": value}
    return value


Owner = Annotated[OwnerSpec, BeforeValidator(_owner)]


class OpeningSpec(Spec):
    """
    An event that opens an obligation; what it says here overrides the obligation.

    `unless_open` keeps it shut while one of that scope kind is open;
    `supersedes` closes the one of that scope kind.
    """

    event: str
    when: Conditions | None = None
    per: Per | None = None
    owner: Owner | None = None
    due: Due | None = None
    unless_open: str | None = None
    supersedes: str | None = None


class ClosingSpec(Spec):
    """
    An event that closes an obligation: by its own scope, or as `of` says, or all.

    `by_owner`: only the owner's own event closes it. `spares`: the payload field that
    names an owner whose obligation stays. `closed_as`: how.
    """

    event: str
    when: Conditions | None = None
    of: Per | None = None
    all: bool = False
    by_owner: bool = False
    spares: str | None = None
    closed_as: Literal["satisfied", "superseded"] = "satisfied"


def _event_name(value: object) -> object:
    return {"event": value} if isinstance(value, str) else value


def _event_names(value: object) -> object:
    if isinstance(value, str):
        value = [value]
    return [_event_name(one) for one in value] if isinstance(value, list) else value


class AlsoSpec(Spec):
    """Who is paged beside the owner: an agency, or the opening event's emitter."""

    agency: str | None = None
    emitter: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        return only_one(self, "who is paged as well is")


def _also(value: object) -> object:
    if value == "emitter":
        return {"emitter": True}
    return {"agency": value} if isinstance(value, str) else value


class ObligationSpec(Spec):
    """
    One row of the obligations: what opens and closes it, who owes it, by when.

    `not_after_closing`: it does not open when a closing event came before.
    `reopening`: what a second opening event does while it is open.
    """

    number: str
    says: Annotated[str, Field(min_length=1)]
    opens_on: Annotated[
        tuple[OpeningSpec, ...], BeforeValidator(_event_names), Field(min_length=1)
    ]
    closed_by: Annotated[
        tuple[ClosingSpec, ...], BeforeValidator(_event_names), Field(min_length=1)
    ]
    owner: Owner
    per: Per
    due: Due
    ladder: str
    also: Annotated[AlsoSpec, BeforeValidator(_also)] | None = None
    not_after_closing: bool = False
    reopening: Literal["keeps", "supersedes"] = "keeps"
    in_exercise: bool = True
    cite: Cite
