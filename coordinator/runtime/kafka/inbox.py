"""
Records of an agency's inbox: what it is sent, and what became of what it sent.

Source: `coordinator.topics.table.INBOX`; docs/rules.md, Views.
"""

from collections.abc import Iterator, Mapping

import orjson

from coordinator.protocol import Delivery, Record, Rules, view_of
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import stamped
from coordinator.runtime.kafka.logged import Logged, record_in
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.step import Outcome
from coordinator.topics import INBOX, headers
from coordinator.topics import Record as Kind

__all__ = ["delivery", "receipt", "told"]


def told(
    connection: Connection, logged: Logged, versions: Mapping[str, Rules]
) -> Iterator[Outgoing]:
    """
    Write all that follows from a decision for agencies: deliveries, and a receipt.

    What an office is sent has a topic of its own, and is not among them.

    Args:
        connection: Names the topics.
        logged: The decision, and what it is of.
        versions: Protocol versions, by reference.

    Raises:
        Rejected: The event cannot be read.
        KeyError: A version is not known.
    """
    record, decision = record_in(logged, versions.__getitem__), logged.decision
    rules = versions[decision["profile"]]
    for one in decision["deliveries"]:
        if one["to"] not in rules.spec.offices:
            yield delivery(connection, record, one, rules)
    if logged.sender is not None:
        outcome = Outcome(record.event.id, decision, None)
        yield receipt(connection, logged.sender, outcome, origin=logged.origin)


def delivery(
    connection: Connection,
    record: Record,
    made: Delivery,
    rules: Rules,
) -> Outgoing:
    """
    Write a delivery, in its receiver's view.

    Args:
        connection: Names the topic.
        record: What was decided on.
        made: One of the decision's deliveries.
        rules: The version that it was decided by.
    """
    said = {
        headers.CONTENT_TYPE: headers.CLOUDEVENT,
        headers.RECORD: Kind.DELIVERY.value,
        headers.DELIVERY_ID: made["id"],
        headers.VIEW: made["view"],
    }
    return Outgoing(
        topic=connection.names.of(INBOX, made["to"]),
        partition=0,
        key=record.key.encode(),
        value=orjson.dumps(view_of(record.event, record.key, made, rules)),
        headers=stamped(said),
    )


def receipt(
    connection: Connection, agency: str, outcome: Outcome, *, origin: int | None
) -> Outgoing:
    """
    Write a receipt, for the agency whose outbox the event came through.

    Args:
        connection: Names the topic.
        agency: Whose.
        outcome: What became of the event.
        origin: Its offset in the outbox.
    """
    said = {
        headers.CONTENT_TYPE: headers.JSON,
        headers.RECORD: Kind.RECEIPT.value,
        headers.OFFSET: None if origin is None else str(origin),
    }
    made = receipt_of(outcome, agency)
    return Outgoing(
        topic=connection.names.of(INBOX, agency),
        partition=0,
        key=None if made["case"] is None else made["case"].encode(),
        value=orjson.dumps(made),
        headers=stamped(said),
    )
