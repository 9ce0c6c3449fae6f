"""
What cannot be taken, put where it can be looked at: the bytes, and where they stood.

Poison is what our own code fails on, though it should fail on nothing. It is kept like
the rest, and the operator's log says where in our code, never what it holds.

Source: `coordinator.topics.table.REJECTED`.
"""

import orjson
import structlog
from aiokafka.structs import ConsumerRecord

from coordinator.events import Problem, Rejected
from coordinator.runtime.failing import internal, whereabouts
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import stamped
from coordinator.runtime.kafka.metrics import REJECTED as COUNTED
from coordinator.runtime.kafka.outgoing import Outgoing, Place
from coordinator.topics import REJECTED, headers

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
) -> Outgoing:
    """
    Write for the rejected what we failed on, and tell the operator.

    Args:
        connection: Names the topic.
        message: As it was read.
        error: What was raised; `Rejected` says itself what is wrong.
    """
    problem = error.problem if isinstance(error, Rejected) else internal(None)
    _log.error(
        "record.poison",
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        **whereabouts(error),
    )
    return rejection(
        connection,
        message.value or b"",
        problem,
        sender=None,
        place=place_of(message),
    )


def place_of(message: ConsumerRecord) -> Place:
    """Say where a record stands."""
    return message.topic, message.partition, message.offset
