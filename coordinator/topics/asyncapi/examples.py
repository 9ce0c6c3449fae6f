"""
An example of each message, of the same fictional case as the events' own.

Whole values, as they would stand in a topic; a test checks each against its schema.
"""

from typing import Any, Final

import orjson

from coordinator.events import (
    CATALOGUE,
    SOURCE_PREFIX,
    EventType,
    Problem,
    example,
    made_id,
    mint_case_reference,
)
from coordinator.topics import headers

__all__ = [
    "activation",
    "decided",
    "delivered",
    "notice",
    "profile",
    "receipts",
    "rejection",
    "sent",
]

Example = dict[str, Any]

_PROFILE: Final = "nz-2009/1"
_RECEIVED: Final = "2026-03-02T20:15:02.480Z"
_INPUT: Final = ("id", "type", "source", "time")
_RECEIVER: Final = "ngo-example"
_EVENT: Final = next(example(name) for name, kind in CATALOGUE.items() if kind.mints)
_CASE: Final = mint_case_reference(_EVENT["source"], _EVENT["id"])
_PROBLEM: Final = Problem.of(
    "schema",
    "id is missing; it takes the id of an event, a ULID of 26 upper-case characters",
    pointer="/id",
).as_record()


def sent(kind: EventType, schema: dict[str, Any]) -> Example:
    """Give an event of the version that a schema is of, as an agency sends it."""
    event = example(kind.name)
    fields = schema["properties"]["data"]["properties"]
    event["dataschema"] = schema["properties"]["dataschema"]["const"]
    event["data"] = {k: v for k, v in event["data"].items() if k in fields}
    return _named("sent", event, {headers.CONTENT_TYPE: headers.CLOUDEVENT})


def delivered(kind: EventType, schema: dict[str, Any]) -> Example:
    """Give the whole event as it is delivered."""
    event = sent(kind, schema)["payload"]
    event.setdefault("subject", mint_case_reference(event["source"], event["id"]))
    stamps = {
        headers.CONTENT_TYPE: headers.CLOUDEVENT,
        headers.RECORD: "delivery",
        headers.DELIVERY_ID: made_id("example", "delivery", kind.name),
        headers.VIEW: "full",
    }
    return _named("full", event, stamps)


def decided() -> Example:
    """Give the decision on an event that starts a case and is delivered once."""
    value = {
        "position": 0,
        "received_at": _RECEIVED,
        "profile": _PROFILE,
        "sender": _EVENT["source"].removeprefix(SOURCE_PREFIX),
        "contact_known": None,
        "origin": 0,
        "event": orjson.dumps(_EVENT).decode(),
        "decision": {
            "seq": 1,
            "case": _CASE,
            "at": _RECEIVED,
            "profile": _PROFILE,
            "engine": 1,
            "exercise": False,
            "input": {name: _EVENT[name] for name in _INPUT},
            "verdict": "accepted",
            "rule": None,
            "cite": None,
            "detail": None,
            "breaches": [],
            "deliveries": [
                {
                    "id": made_id(_CASE, 1, "deliveries", 0),
                    "to": _RECEIVER,
                    "view": "stub",
                    "without": [],
                }
            ],
            "opened": [],
            "closed": [],
            "pages": [],
            "timers": [],
            "alarms": [],
            "notices": [],
        },
    }
    return _named("accepted", value, {headers.CONTENT_TYPE: headers.JSON})


def receipts() -> list[Example]:
    """Give the receipts of an event that was accepted and of one that was rejected."""
    accepted = {
        "id": _EVENT["id"],
        "case": _CASE,
        "verdict": "accepted",
        "rule": None,
        "cite": None,
        "detail": None,
        "breaches": [],
        "opened": [],
    }
    rejected = {"id": None, "case": None, "verdict": "rejected", **_PROBLEM}
    stamps = {headers.CONTENT_TYPE: headers.JSON, headers.RECORD: "receipt"}
    return [
        _named("accepted", accepted, stamps),
        _named("rejected", rejected, stamps),
    ]


def notice() -> Example:
    """Give the notice of a new case."""
    value = {
        "notice_id": made_id("example", "notice"),
        "case_ref": _CASE,
        "identified_at": "2026-03-02T22:40:00Z",
        "kind": "initial",
        "cross_border": True,
    }
    stamps = {headers.CONTENT_TYPE: headers.JSON, headers.RECORD: "notice"}
    return _named("new_case", value, stamps)


def rejection() -> Example:
    """Give bytes that were turned away, as text, and where they came from."""
    stamps = {
        headers.PROBLEM: orjson.dumps(_PROBLEM).decode(),
        headers.SENDER: _RECEIVER,
        headers.TOPIC: f"agency.{_RECEIVER}.outbox",
        headers.PARTITION: "0",
        headers.OFFSET: "17",
    }
    return _named("not_an_event", '{"specversion": "1.0"}', stamps)


def profile() -> Example:
    """Give the beginning of a profile."""
    name, version = _PROFILE.split("/")
    value = {"profile": name, "version": int(version), "title": "An example"}
    stamps = {headers.CONTENT_TYPE: headers.JSON, headers.RECORD: "profile"}
    return _named("beginning", value, stamps)


def activation() -> Example:
    """Give the activation of that profile."""
    value = {"reference": _PROFILE, "digest": "0" * 64, "at": _RECEIVED}
    stamps = {headers.CONTENT_TYPE: headers.JSON, headers.RECORD: "activation"}
    return _named("first", value, stamps)


def _named(name: str, payload: object, stamps: dict[str, str]) -> Example:
    return {"name": name, "headers": stamps, "payload": payload}
