"""
The headers of Kafka records: what stands beside a value that stays as it was sent.

A header's value is text in UTF-8; one that does not apply is left out.
"""

from typing import Final

__all__ = [
    "CLOUDEVENT",
    "CONTACT_KNOWN",
    "CONTENT_TYPE",
    "DELIVERY_ID",
    "JSON",
    "OFFSET",
    "PARTITION",
    "PROBLEM",
    "PROFILE",
    "RECEIVED_AT",
    "RECORD",
    "SENDER",
    "TOPIC",
    "VIEW",
]

CONTENT_TYPE: Final = "content-type"
CLOUDEVENT: Final = "application/cloudevents+json"
"""
What `content-type` begins with where the value is a whole CloudEvent.

Source: CloudEvents 1.0.2, Kafka protocol binding, section 3.3 (structured mode).
"""
JSON: Final = "application/json"

# What ingress stamps on an intake record: it was looked up, and a replay must not.
PROFILE: Final = "profile"
SENDER: Final = "sender"
CONTACT_KNOWN: Final = "contact-known"
RECEIVED_AT: Final = "received-at"
"""Of a record that was imported, in place of the broker's time."""

# What tells apart the records of an inbox, and those of profiles.
RECORD: Final = "record"
DELIVERY_ID: Final = "delivery-id"
VIEW: Final = "view"

# Where rejected bytes came from, and what was wrong with them. An intake record has
# the offset too: where in its sender's outbox it stood.
PROBLEM: Final = "problem"
TOPIC: Final = "topic"
PARTITION: Final = "partition"
OFFSET: Final = "offset"
