"""
The messages: one for each type of event and version, and one for each other record.

A type that agencies may send is there twice: as it is sent, and as it is delivered.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from coordinator.events import CATALOGUE, EventType
from coordinator.events.event_type import ANY
from coordinator.events.schema import versions_of
from coordinator.topics import headers
from coordinator.topics.asyncapi import examples
from coordinator.topics.asyncapi.schemas import ref
from coordinator.topics.topic import Key, Record

__all__ = ["BINDINGS", "BINDING_VERSION", "messages"]

BINDING_VERSION: Final = "0.5.0"
"""Of AsyncAPI's Kafka bindings."""

BINDINGS: Final[dict[str, Any]] = {
    key.name.lower(): {
        "kafka": {
            "key": {"type": "string", "description": key.value, "pattern": pattern},
            "bindingVersion": BINDING_VERSION,
        }
    }
    for key, pattern in (
        (Key.CASE, ANY.pattern),
        (Key.DIGEST, "^[0-9a-f]{64}$"),
    )
}
"""What Kafka's keys are; here once, since the bindings' schema takes no references."""

_BY_CASE: Final = {"$ref": "#/components/messageBindings/case"}
_BY_DIGEST: Final = {"$ref": "#/components/messageBindings/digest"}

Message = dict[str, Any]


@cache
def messages(record: Record, *, personal: bool = True) -> dict[str, Message]:
    """
    Give the messages that a kind of record may be, by their names.

    Where nothing `personal` may go, deliveries are of types that are about no person.
    They are the same values each time, and not to be changed.
    """
    if record is Record.EVENT:
        return dict(_sent(coordinator=False))
    if record is Record.OWN_EVENT:
        return dict(_sent(coordinator=True))
    if record is Record.DELIVERY:
        return dict(_delivered(personal=personal))
    return {record.value: _OTHERS[record]}


def _sent(*, coordinator: bool) -> Iterator[tuple[str, Message]]:
    for kind in CATALOGUE.values():
        if kind.coordinator is coordinator:
            for name, schema in versions_of(kind):
                message = _of_event(kind, name, schema, "event")
                message["examples"] = [examples.sent(kind, schema)]
                yield name, message


def _delivered(*, personal: bool) -> Iterator[tuple[str, Message]]:
    for kind in CATALOGUE.values():
        if not kind.coordinator and (personal or kind.person == "never"):
            for name, schema in versions_of(kind):
                seen = f"{name}.delivered"
                message = _of_event(kind, seen, schema, "delivery")
                message["examples"] = [examples.delivered(kind, schema)]
                yield seen, message


def _of_event(kind: EventType, name: str, schema: dict[str, Any], form: str) -> Message:
    summary, _, _ = schema["description"].partition("\n\n")
    return {
        "name": name,
        "title": kind.type,
        "summary": summary,
        "tags": [{"name": kind.area}],
        "contentType": headers.CLOUDEVENT,
        "headers": ref(f"headers.{form}"),
        "payload": ref(name),
        "bindings": _BY_CASE,
    }


_OTHERS: Final[dict[Record, Message]] = {
    Record.DECISION: {
        "name": "decision",
        "title": "A decision",
        "summary": "What was decided, with the intake record that it was decided on.",
        "contentType": headers.JSON,
        "headers": ref("headers.json"),
        "payload": ref("Decided"),
        "bindings": _BY_CASE,
        "examples": [examples.decided()],
    },
    Record.RECEIPT: {
        "name": "receipt",
        "title": "A receipt",
        "summary": "What became of an event; it has no key where it was rejected.",
        "contentType": headers.JSON,
        "headers": ref("headers.receipt"),
        "payload": ref("Receipt"),
        "bindings": _BY_CASE,
        "examples": examples.receipts(),
    },
    Record.NOTICE: {
        "name": "notice",
        "title": "A notice",
        "summary": "That there is a case, or news in one, without personal data.",
        "contentType": headers.JSON,
        "headers": ref("headers.notice"),
        "payload": ref("Notice"),
        "bindings": _BY_CASE,
        "examples": [examples.notice()],
    },
    Record.REJECTION: {
        "name": "rejection",
        "title": "Something rejected",
        "summary": "Bytes that were turned away, as they came; any bytes at all.",
        "contentType": "application/octet-stream",
        "headers": ref("headers.rejection"),
        "payload": {"description": "Not read as anything."},
        "examples": [examples.rejection()],
    },
    Record.PROFILE: {
        "name": "profile",
        "title": "A version of the protocol",
        "summary": "The profile as resolved: replays read this, never its file.",
        "contentType": headers.JSON,
        "headers": ref("headers.profile"),
        "payload": {
            "type": "object",
            "properties": {
                "profile": {"type": "string", "description": "Its name."},
                "version": {"type": "integer", "minimum": 1},
            },
            "required": ["profile", "version"],
        },
        "bindings": _BY_DIGEST,
        "examples": [examples.profile()],
    },
    Record.ACTIVATION: {
        "name": "activation",
        "title": "An activation",
        "summary": "Which version of the protocol is in force from now on.",
        "contentType": headers.JSON,
        "headers": ref("headers.activation"),
        "payload": ref("Activated"),
        "bindings": _BY_DIGEST,
        "examples": [examples.activation()],
    },
}
