"""
The event as the rest of the bus sees it, and its attributes as they are sent.

Source: CloudEvents 1.0, JSON format, structured mode; the extensions are the bus's own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, Required

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from coordinator.events.fields import (
    AGENCY_PATTERN,
    SOURCE_PREFIX,
    AgencyId,
    EventId,
    EventIdOrCode,
    Moment,
    PersonRef,
)
from coordinator.events.payload import Payload

# CloudEvents 1.0, "Size Limits": what every intermediary must forward.
MAX_BYTES: Final = 65_536
TYPE_PREFIX: Final = "nz.item23."
SCHEMA_PREFIX: Final = "urn:nz:item23:schema:"

Source = Annotated[
    str,
    Field(
        pattern=f"^{SOURCE_PREFIX}{AGENCY_PATTERN.removeprefix('^')}",
        max_length=len(SOURCE_PREFIX) + 64,
        description=f"{SOURCE_PREFIX} and the sender's id, such as "
        f"{SOURCE_PREFIX}police",
    ),
]
Type = Annotated[
    str, Field(description=f"{TYPE_PREFIX} and the name of an event in the catalogue")
]
Subject = Annotated[
    str,
    Field(
        # A CloudEvents string has no control characters (section 3.1 of the
        # specification). The rest depends on the type: ingress has a rule for it.
        pattern="^[^\\u0000-\\u001F\\u007F-\\u009F]*$",
        min_length=1,
        max_length=128,
        description="a case reference such as TP-00000-00000-0, or a scope such as "
        "alert:A-17",
    ),
]
Dataschema = Annotated[
    str,
    Field(
        description=f"{SCHEMA_PREFIX} and the event's name, a colon and a version that "
        "is known"
    ),
]
Signature = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$",
        max_length=1_024,
        description="a detached JWS in compact form (RFC 7515, appendix F)",
    ),
]
Via = Literal["system", "phone", "paper"]
Data = Annotated[dict[str, Any], Field(description="an object, the data of the type")]


class Attributes(TypedDict, total=False):
    """
    What stands at the top level of an event on the wire; nothing else may.

    `time` is when it happened, `recordedtime` when a person wrote it down, `recordedby`
    the agency that sends for the source.
    """

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]  # pydantic's own way
        extra="forbid", strict=True, hide_input_in_errors=True
    )

    specversion: Required[Literal["1.0"]]
    id: Required[EventId]
    source: Required[Source]
    type: Required[Type]
    subject: Subject
    time: Required[Moment]
    datacontenttype: Literal["application/json"]
    dataschema: Dataschema
    personref: PersonRef
    exercise: bool
    recordedtime: Moment
    recordedby: AgencyId
    via: Via
    correlationid: EventIdOrCode
    causationid: EventIdOrCode
    signature: Signature
    data: Required[Data]


class Event(NamedTuple):
    """
    One event, read and checked; cheap to build and never changed.

    `agency` is the end of `source`, `name` the end of `type`. `exercise` absent is
    False, `version` absent the current one; any other attribute absent is None. `data`
    is the JSON as sent (not to be changed), `payload` the same as typed values, `raw`
    the bytes exactly as received. Times are aware UTC, in whole milliseconds.
    """

    id: str
    source: str
    agency: str
    type: str
    name: str
    subject: str | None
    time: datetime
    personref: str | None
    exercise: bool
    recordedtime: datetime | None
    recordedby: str | None
    via: Via | None
    correlationid: str | None
    causationid: str | None
    signature: str | None
    version: int
    data: dict[str, Any]
    payload: Payload
    raw: bytes
