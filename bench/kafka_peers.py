"""
What stands beside the case worker, reading the same intake on the same broker.

The bare loop reads five hundred records at once and writes a value for each, the very
bytes that the worker's own log has for it; it decides nothing, keeps nothing, and knows
no copy. The plain Faust agent does the worker's own work, event by event, as the
tutorial shows it: it awaits each delivery before the next event, and has its states in
a dictionary that no restart survives. And the same work is done with no Kafka at all:
what is between that and the worker is what Kafka, and the cache, take.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Any, Final

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord
from faust.types import StreamT

from bench.home import profile
from bench.measuring import WrongRunError
from coordinator.runtime.deciding import Decider
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.intake import read_intake
from coordinator.runtime.kafka.logged import to_log
from coordinator.runtime.kafka.outgoing import LARGEST, Outgoing

__all__ = [
    "AT_ONCE",
    "CONSUMER",
    "Pace",
    "bare_loop",
    "bare_producer",
    "faust_agent",
    "without_kafka",
]

AT_ONCE: Final = 500
"""Records that the bare loop reads at once, at most."""

CONSUMER: Final[dict[str, Any]] = {
    "auto_offset_reset": "earliest",
    "auto_commit_interval_ms": 500,
    "fetch_max_bytes": 2**24,
    "max_partition_fetch_bytes": LARGEST,
}
"""Settings of a reader, as those of the bus have them."""

_PATIENCE_S: Final = 300.0


class Pace:
    """
    Counts what is done a second.

    It begins behind the first piece: joining a group, and waiting for the first
    records, is not what is measured.
    """

    def __init__(self) -> None:
        self.done = 0
        self._before = 0
        self._begun: float | None = None
        self._last = 0.0

    def at(self, done: int) -> None:
        """Note that so many are done by now, and durable."""
        if done == self.done:
            return
        self._last, self.done = perf_counter(), done
        if self._begun is None:
            self._begun, self._before = self._last, done

    @property
    def rate(self) -> float:
        """Give what is done a second."""
        if self.done == self._before:
            message = "the load was done in one piece, and is too small to be timed"
            raise WrongRunError(message)
        return (self.done - self._before) / (self._last - (self._begun or 0.0))


def bare_producer(bootstrap: str) -> AIOKafkaProducer:
    """Make a producer with the settings that the bus's own has; to be started."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=LARGEST - 2**16,
        max_request_size=LARGEST,
    )


async def bare_loop(
    connection: Connection,
    topics: tuple[str, str],
    values: Mapping[tuple[int, int], bytes],
) -> float:
    """
    Read one topic and write another, with the settings that the worker's clients have.

    Args:
        connection: Where.
        topics: What is read, and what is written.
        values: What is written for each record, by its partition and offset.

    Returns:
        Records a second.
    """
    read, written = topics
    pace = Pace()
    producer = bare_producer(connection.bootstrap)
    consumer = AIOKafkaConsumer(
        read,
        bootstrap_servers=connection.bootstrap,
        group_id=f"{written}.loop",
        **CONSUMER,
    )
    async with AsyncExitStack() as stack:
        await producer.start()
        stack.push_async_callback(producer.stop)
        await consumer.start()
        stack.push_async_callback(consumer.stop)
        async with asyncio.timeout(_PATIENCE_S):
            while pace.done < len(values):
                taken = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
                sent = [
                    await producer.send(
                        written,
                        values[one.partition, one.offset],
                        key=one.key,
                        partition=one.partition,
                    )
                    for records in taken.values()
                    for one in records
                ]
                await asyncio.gather(*sent)
                pace.at(pace.done + len(sent))
    return pace.rate


async def faust_agent(
    connection: Connection, topics: tuple[str, str], partitions: int, events: int
) -> float:
    """
    Decide event by event, each decision awaited.

    Args:
        connection: Where.
        topics: What is read, and what is written.
        partitions: How many each of them has.
        events: After so many it ends.

    Returns:
        Events a second.
    """
    read, written = topics
    pace, ended = Pace(), asyncio.Event()
    rules = profile().rules
    decider = Decider(lambda _: ())

    def prepare(app: faust.App) -> None:
        log = app.topic(written)

        async def decide(stream: StreamT[Any]) -> None:
            async for event in stream.events():
                message = event.message
                given, origin = read_intake(
                    message, partitions, {rules.reference: rules}
                )
                record, decision = decider.decide(given)
                value = to_log(
                    record,
                    decision,
                    at=given.received_at,
                    position=message.offset,
                    origin=origin,
                )
                await (
                    await log.send(
                        key=message.key, value=value, partition=message.partition
                    )
                )
                pace.at(pace.done + 1)
                if pace.done == events:
                    ended.set()

        app.agent(app.topic(read))(decide)

    async with hosted(connection, f"{written}.agent", prepare):
        async with asyncio.timeout(_PATIENCE_S):
            await ended.wait()
    return pace.rate


def without_kafka(written: Sequence[Outgoing], partitions: int) -> float:
    """
    Read records of an intake, decide them, and write down what the log would have.

    Args:
        written: The intake, in order.
        partitions: How many it has.

    Returns:
        Events a second.
    """
    rules = profile().rules
    decider = Decider(lambda _: ())
    messages = [
        ConsumerRecord(
            *(one.topic, one.partition, offset, 0, 1, one.key, one.value),
            *(None, 0, 0, one.headers),
        )
        for offset, one in enumerate(written)
    ]
    begun = perf_counter()
    for message in messages:
        given, origin = read_intake(message, partitions, {rules.reference: rules})
        record, decision = decider.decide(given)
        to_log(
            record,
            decision,
            at=given.received_at,
            position=message.offset,
            origin=origin,
        )
    return len(messages) / (perf_counter() - begun)
