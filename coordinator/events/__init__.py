"""
What agencies say: the envelope, the typed catalogue, and how both travel.

Pure: bytes and values in, values and bytes out. Nothing here reads a clock, a file or
the network, and nothing imports another part of the coordinator.
"""

from coordinator.events.canonical import canonical, same_content
from coordinator.events.catalogue import CATALOGUE
from coordinator.events.codec import decode, encode, make_event
from coordinator.events.envelope import MAX_BYTES, SCHEMA_PREFIX, TYPE_PREFIX, Event
from coordinator.events.errors import (
    CoordinatorError,
    OperatorError,
    Rejected,
    SenderError,
    TransientError,
)
from coordinator.events.event_type import EventType, Person, Scope
from coordinator.events.example_event import example
from coordinator.events.fields import AGENCY_PATTERN, CODE_PATTERN, SOURCE_PREFIX
from coordinator.events.ids import is_ulid, made_id
from coordinator.events.own import (
    deadline_passed,
    exercise_ended,
    exercise_started,
    page_failed,
    page_sent,
    page_state,
    page_unreachable,
    protocol_activated,
    protocol_migrated,
)
from coordinator.events.payload import Payload
from coordinator.events.phrases import FieldNote, field_notes
from coordinator.events.problem import INGRESS_RULES, Problem
from coordinator.events.reference import (
    is_case_reference,
    mint_case_reference,
    read_case_reference,
)
from coordinator.events.schema import event_schema, schemas
from coordinator.events.signing import sign, verify
from coordinator.events.times import format_time, parse_time

__all__ = [
    "AGENCY_PATTERN",
    "CATALOGUE",
    "CODE_PATTERN",
    "INGRESS_RULES",
    "MAX_BYTES",
    "SCHEMA_PREFIX",
    "SOURCE_PREFIX",
    "TYPE_PREFIX",
    "CoordinatorError",
    "Event",
    "EventType",
    "FieldNote",
    "OperatorError",
    "Payload",
    "Person",
    "Problem",
    "Rejected",
    "Scope",
    "SenderError",
    "TransientError",
    "canonical",
    "deadline_passed",
    "decode",
    "encode",
    "event_schema",
    "example",
    "exercise_ended",
    "exercise_started",
    "field_notes",
    "format_time",
    "is_case_reference",
    "is_ulid",
    "made_id",
    "make_event",
    "mint_case_reference",
    "page_failed",
    "page_sent",
    "page_state",
    "page_unreachable",
    "parse_time",
    "protocol_activated",
    "protocol_migrated",
    "read_case_reference",
    "same_content",
    "schemas",
    "sign",
    "verify",
]
