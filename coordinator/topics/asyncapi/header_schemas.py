"""The schemas of Kafka headers, which are text, by the form of the message."""

from typing import Any, Final

from coordinator.events import AGENCY_PATTERN
from coordinator.events.ids import ULID_PATTERN
from coordinator.topics import headers

__all__ = ["header_schemas"]

_CLOUDEVENT: Final = {
    "type": "string",
    "pattern": "^application/cloudevents\\+json",
    "description": "CloudEvents 1.0 in structured mode.",
}
_JSON: Final = {"type": "string", "pattern": "^application/json"}
_AGENCY: Final = {
    "type": "string",
    "pattern": AGENCY_PATTERN,
    "description": "The agency whose outbox it came through, if one's.",
}
_COUNT: Final = {"type": "string", "pattern": "^[0-9]+$"}


def header_schemas() -> dict[str, Any]:
    """Give each form's headers under its name in the document."""
    return {
        "headers.event": _form(
            {headers.CONTENT_TYPE: _CLOUDEVENT},
            {
                headers.PROFILE: {
                    "type": "string",
                    "description": "Stamped by ingress, not read in an outbox: the "
                    "protocol version active at receipt, <name>/<version>.",
                },
                headers.SENDER: _AGENCY,
                headers.CONTACT_KNOWN: {
                    "type": "string",
                    "enum": ["true", "false"],
                    "description": "Stamped by ingress: whether the directory knows "
                    "the contact that the event names.",
                },
                headers.RECEIVED_AT: {
                    "type": "string",
                    "format": "date-time",
                    "description": "Of an imported record: when it was first received.",
                },
                headers.OFFSET: {
                    **_COUNT,
                    "description": "Stamped by ingress: the record's offset in its "
                    "sender's outbox.",
                },
            },
        ),
        "headers.delivery": _form(
            {
                headers.CONTENT_TYPE: _CLOUDEVENT,
                headers.RECORD: {"const": "delivery"},
                headers.DELIVERY_ID: {
                    "type": "string",
                    "pattern": ULID_PATTERN,
                    "description": "The same each time that it is sent.",
                },
                headers.VIEW: {"type": "string", "enum": ["full", "stub"]},
            }
        ),
        "headers.receipt": _form(
            {headers.CONTENT_TYPE: _JSON, headers.RECORD: {"const": "receipt"}}
        ),
        "headers.notice": _form(
            {headers.CONTENT_TYPE: _JSON, headers.RECORD: {"const": "notice"}}
        ),
        "headers.rejection": _form(
            {
                headers.PROBLEM: {
                    "type": "string",
                    "description": "What is wrong: RFC 9457, JSON as text.",
                }
            },
            {
                headers.SENDER: _AGENCY,
                headers.TOPIC: {
                    "type": "string",
                    "description": "Where it came from, with partition and offset.",
                },
                headers.PARTITION: _COUNT,
                headers.OFFSET: _COUNT,
            },
        ),
        "headers.profile": _form(
            {headers.CONTENT_TYPE: _JSON, headers.RECORD: {"const": "profile"}}
        ),
        "headers.activation": _form(
            {headers.CONTENT_TYPE: _JSON, headers.RECORD: {"const": "activation"}}
        ),
        "headers.json": _form({headers.CONTENT_TYPE: _JSON}),
    }


def _form(needed: dict[str, Any], also: dict[str, Any] | None = None) -> dict[str, Any]:
    """Other headers, such as a tracer's, may stand beside these."""
    return {
        "type": "object",
        "properties": {**needed, **(also or {})},
        "required": list(needed),
    }
