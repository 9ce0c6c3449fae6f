"""
Values of Kafka records that are not events: JSON objects, members in this order.

What they hold of an event, a decision or a problem is that of the layers below.

Source: docs/rules.md, Decisions and Problems.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from coordinator.protocol.record import Breach, Decision, Opened, Verdict

__all__ = ["Activated", "Decided", "Notice", "Receipt"]

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Decided(TypedDict):
    """
    A decision, with the intake record that it was made on and that record's place.

    A state is folded from these alone; a place that is behind it already is skipped.
    """

    position: Annotated[
        int,
        Field(ge=0, description="The intake record's offset in its partition."),
    ]
    received_at: Annotated[
        Time, Field(description="When it was received, before it was raised.")
    ]
    profile: Annotated[
        str, Field(description="The protocol version that was active at receipt.")
    ]
    sender: Annotated[
        str | None,
        Field(description="The agency whose outbox it came through, if one's."),
    ]
    contact_known: Annotated[
        bool | None,
        Field(
            description="Whether the directory knew the contact that the event names."
        ),
    ]
    origin: Annotated[
        int | None,
        Field(
            ge=0,
            description="Its offset in the sender's outbox, if it came through one.",
        ),
    ]
    event: Annotated[
        str, Field(description="The event, the very text that was sent (UTF-8).")
    ]
    decision: Decision


class Receipt(TypedDict):
    """
    What became of an event, for its sender.

    Where it was not taken, the members of an RFC 9457 problem follow; where something
    was decided, what it broke and what the sender now owes.
    """

    id: Annotated[
        str | None, Field(description="The event's id; null where none could be read.")
    ]
    case: Annotated[
        str | None, Field(description="The case or scope; null where rejected.")
    ]
    verdict: Verdict | Literal["rejected"]
    rule: Annotated[str | None, Field(description="Why it was not taken.")]
    cite: Annotated[str | None, Field(description="Where in the Plan that stands.")]
    detail: Annotated[
        str | None, Field(description="What is wrong, and what would mend it.")
    ]
    type: NotRequired[Annotated[str, Field(description="The problem, as a URN.")]]
    title: NotRequired[str]
    status: NotRequired[
        Annotated[int, Field(description="As HTTP would say it (RFC 9110).")]
    ]
    event_id: NotRequired[str]
    pointer: NotRequired[Annotated[str, Field(description="The bad field (RFC 6901).")]]
    breaches: NotRequired[list[Breach]]
    opened: NotRequired[list[Opened]]


class Notice(TypedDict):
    """That there is a case, or news in one; no member can hold a person's data."""

    notice_id: Annotated[str, Field(description="To be acknowledged by.")]
    case_ref: str
    identified_at: Annotated[Time, Field(description="When the case was identified.")]
    kind: Literal["initial", "update"]
    offence_basis: NotRequired[str]
    cross_border: NotRequired[bool]


class Activated(TypedDict):
    """That a version of the protocol is in force, from this record until the next."""

    reference: Annotated[str, Field(description="<name>/<version>")]
    digest: Annotated[
        str,
        Field(pattern="^[0-9a-f]{64}$", description="The profile's, and its key."),
    ]
    at: Annotated[Time, Field(description="When it came into force.")]
