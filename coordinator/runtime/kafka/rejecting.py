"""
What cannot be taken, put where it can be looked at: the bytes, and where they stood.

Poison is what our own code fails on, though it should fail on nothing. It is kept like
the rest, with where it stood in its sender's outbox; the sender is told, and the
operator's log says where in our code, never what it holds.

Source: `coordinator.topics.table.REJECTED`.
"""

import orjson
import structlog
from aiokafka.structs import ConsumerRecord

from coordinator.events import Problem, Rejected
from coordinator.runtime.failing import id_of, internal, whereabouts
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.inbox import receipt
from coordinator.runtime.kafka.intake import header, number, stamped
from coordinator.runtime.kafka.metrics import REJECTED as COUNTED
from coordinator.runtime.kafka.outgoing import Outgoing, Place
from coordinator.runtime.step import Outcome
from coordinator.topics import OUTBOX, REJECTED, headers

__all__ = ["place_of", "poison", "rejection"]

_log = structlog.get_logger(__name__)


def rejection(
    connection: Connection,
    value: bytes,
    problem: Problem,
    *,
    sender: str | None,
    place: Place | None,
) -> Outgoing:
    """
    Write a record for the rejected.

    Args:
        connection: Names the topic.
        value: The bytes as they came.
        problem: What is wrong with them.
        sender: The agency that they are from, as far as is known.
        place: Where they stand; None for what the operator sent.
    """
    COUNTED.labels(problem.rule).inc()
    topic, partition, offset = place or (None, None, None)
    said = {
        headers.PROBLEM: orjson.dumps(problem.as_record()).decode(),
        headers.SENDER: sender,
        headers.TOPIC: topic,
        headers.PARTITION: None if partition is None else str(partition),
        headers.OFFSET: None if offset is None else str(offset),
    }
    return Outgoing(
        topic=connection.names.of(REJECTED),
        partition=0,
        key=None,
        value=value,
        headers=stamped(said),
    )


def poison(
    connection: Connection, message: ConsumerRecord, error: Exception
) -> tuple[Outgoing, Outgoing | None]:
    """
    Write for the rejected what we failed on, and tell the operator.

    Args:
        connection: Names the topics.
        message: As it was read, from an outbox or from the intake.
        error: What was raised; `Rejected` says itself what is wrong.

    Returns:
        The record for the rejected, and a receipt for the sender, if there is one.
    """
    value = message.value or b""
    problem = error.problem if isinstance(error, Rejected) else internal(id_of(value))
    _log.error(
        "record.poison",
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        **whereabouts(error),
    )
    sender, place = _origin(connection, message)
    kept = rejection(connection, value, problem, sender=sender, place=place)
    if sender is None:
        return kept, None
    outcome = Outcome(problem.event_id, None, problem)
    return kept, receipt(connection, sender, outcome, origin=place[2])


def _origin(
    connection: Connection, message: ConsumerRecord
) -> tuple[str | None, Place]:
    """Say who sent a record, and where it stood first."""
    names, place = connection.names, place_of(message)
    agency = names.agency_of(OUTBOX, message.topic)
    if agency is not None:
        return agency, place
    try:
        sender = header(message, headers.SENDER)
        origin = number(message, headers.OFFSET)
    except ValueError:
        return None, place
    if sender is None or origin is None:
        return sender, place
    return sender, (names.of(OUTBOX, sender), 0, origin)


def place_of(message: ConsumerRecord) -> Place:
    """Say where a record stands."""
    return message.topic, message.partition, message.offset
