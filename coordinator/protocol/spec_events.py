"""
The shape of an event's row: who may say it, who learns of it, what comes first.

Source: docs/rules.md, Events and Views.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from coordinator.protocol.spec import Cite, Names, Spec, one_or_many, only_one
from coordinator.protocol.spec_conditions import Conditions, ReferenceSpec

__all__ = [
    "RECEIVER_EXTRAS",
    "AcknowledgesSpec",
    "AssignsSpec",
    "CertificateKindSpec",
    "CertificateSpec",
    "EffectSpec",
    "EndsSpec",
    "EventSpec",
    "FiresSpec",
    "GateSpec",
    "NoticeSpec",
    "ReceiverSpec",
    "ReferenceSpec",
    "References",
]


class GateSpec(Spec):
    """
    What must hold before an event, and what happens when it does not.

    `says` is the rule in words, `mend` what the sender can do about it; both go
    into the refusal.
    """

    require: Conditions
    breach: Literal["refuse", "record"]
    when: Conditions | None = None
    says: Annotated[str, Field(min_length=1)]
    mend: Annotated[str, Field(min_length=1)]


References = Annotated[
    tuple[ReferenceSpec, ...], BeforeValidator(one_or_many), Field(min_length=1)
]


RECEIVER_EXTRAS = frozenset({"among", "view", "when"})
"""What an entry of `to` may say beside the way it names receivers."""


class ReceiverSpec(Spec):
    """
    Who learns of an event: exactly one way of naming them, and the view they get.

    `agencies` names them; `field` a payload field that does; `emitter_of` the
    sender of an earlier event; `sent_or_got` whoever sent or was sent such events;
    `told` whoever was told of the certificate; `owner_of` the owner of the
    obligation a field names; `owners_ended` the owners of what this event ends;
    `receivers_of` all who were sent the event that a field names. `among` keeps only
    those of these; `x-*` stands for every `x-…`.
    """

    agencies: Names | None = None
    field: str | None = None
    emitter_of: References | None = None
    sent_or_got: Names | None = None
    told: Literal[True] | None = None
    owner_of: str | None = None
    owners_ended: Literal[True] | None = None
    receivers_of: str | None = None
    among: Names | None = None
    view: Literal["full", "stub"] = "full"
    when: Conditions | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = sorted(set(type(self).model_fields) - RECEIVER_EXTRAS)
        if len(self.model_fields_set.intersection(ways)) != 1:
            message = f"a receiver is named in one way of: {', '.join(ways)}"
            raise ValueError(message)
        return self


class AssignsSpec(Spec):
    """The emitter's contact for a role, from one time to another (fields)."""

    role: str
    contact: str
    valid_from: str
    valid_to: str


class AcknowledgesSpec(Spec):
    """The field that names the obligation, and the one with its new due time."""

    obligation: str
    until: str


class FiresSpec(Spec):
    """The fields that name the obligation and the rung whose time has come."""

    obligation: str
    rung: str


class EffectSpec(Spec):
    """What an accepted event does beside opening and closing; one word."""

    assigns: AssignsSpec | None = None
    acknowledges: AcknowledgesSpec | None = None
    fires: FiresSpec | None = None
    unreachable: str | None = None
    delivered: str | None = None
    activates: Literal[True] | None = None
    migrates: Literal[True] | None = None
    retracts: str | None = None

    @model_validator(mode="after")
    def _one_word(self) -> Self:
        return only_one(self, "an effect is")


class EndsSpec(Spec):
    """An event that supersedes whatever is left open, save the obligations named."""

    leaves: tuple[str, ...]


class EventSpec(Spec):
    """
    One row of the catalogue: who may say it, who learns of it, what comes first.

    `stub` lists the payload fields that a stub shows.
    `open_to_all` lets an agency send it that is no party to the case.
    `no_receiver` says why an event that goes to nobody does.
    """

    emitters: Names
    to: tuple[ReceiverSpec, ...] = ()
    no_receiver: str | None = None
    stub: tuple[str, ...] = ()
    gates: tuple[GateSpec, ...] = ()
    open_to_all: bool = False
    effect: EffectSpec | None = None
    ends: EndsSpec | None = None
    cite: Cite

    @model_validator(mode="after")
    def _someone_or_why_not(self) -> Self:
        if bool(self.to) == (self.no_receiver is not None):
            message = "an event has receivers (to) or says why not (no_receiver)"
            raise ValueError(message)
        return self


class NoticeSpec(Spec):
    """An event that makes a notice to an office, and of which kind."""

    event: str
    to: str
    kind: Literal["initial", "update"]
    when: Conditions | None = None


class CertificateKindSpec(Spec):
    """The field that tells certificates of several kinds apart, and the usual kind."""

    field: str
    default: str


class CertificateSpec(Spec):
    """
    Which events make and end what the gates call "in force", and their fields.

    With `kind`, a person may hold one of each kind.

    Source: docs/rules.md, Certificates; L958-970.
    """

    issued: str
    withdrawn: str
    number: str
    until: str
    kind: CertificateKindSpec | None = None
    cite: Cite
