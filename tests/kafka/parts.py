"""
A small cluster for tests of single parts: one partition, and what can be put there.

Nothing runs here but what the test runs, so that it can say what is read when.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.agents.case import CaseAgent
from coordinator.events import decode, mint_case_reference
from coordinator.protocol import Record
from coordinator.runtime.activation import stored
from coordinator.runtime.deciding import Decider
from coordinator.runtime.kafka import caselog
from coordinator.runtime.kafka.cache import Cache
from coordinator.runtime.kafka.caselog import CaseLog
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.logged import to_log
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.span import Span
from coordinator.runtime.kafka.tail import Tail
from coordinator.runtime.kafka.versions import activation_record, profile_record
from coordinator.runtime.step import Submission
from coordinator.topics import INTAKE, LOG, Topic
from tests.contract.telling import T0, Teller, packaged
from tests.kafka.cluster import make_topics

__all__ = [
    "AGENCIES",
    "all_of",
    "case_agent",
    "decided",
    "logged",
    "place",
    "put",
    "records_of",
    "small",
    "taken",
]

AGENCIES: Final = ("customs", "police", "justice")


@asynccontextmanager
async def small(
    connection: Connection, agencies: Sequence[str] = AGENCIES
) -> AsyncIterator[Cluster]:
    """Join a cluster of one partition, on which the packaged profile is active."""
    make_topics(connection, agencies, partitions=1)
    async with joined(connection) as cluster:
        profile = stored(packaged())
        active = activation_record(connection, profile, at=T0, partitions=1)
        await cluster.producer.send_all([profile_record(connection, profile), active])
        reading = asyncio.create_task(cluster.versions.run())
        await cluster.versions.some_active()
        try:
            yield cluster
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


@asynccontextmanager
async def case_agent(cluster: Cluster, path: Path) -> AsyncIterator[CaseAgent]:
    """Make a case worker's agent, which has begun with the one partition."""
    async with AsyncExitStack() as stack:
        cache = Cache(path, cluster.mark, caselog.TABLES)
        stack.callback(cache.close)
        span = Span(cluster.connection)
        await span.start()
        stack.push_async_callback(span.stop)
        agent = CaseAgent(cluster, CaseLog(cluster, cache, span))
        await agent.begin({place(cluster, INTAKE): ""})
        yield agent


def place(cluster: Cluster, topic: Topic, agency: str | None = None) -> TopicPartition:
    """Name a topic's one partition."""
    return TopicPartition(cluster.connection.names.of(topic, agency), 0)


async def all_of(
    cluster: Cluster, topic: Topic, agency: str | None = None
) -> list[ConsumerRecord]:
    """Read a topic from its beginning to its end."""
    found: list[ConsumerRecord] = []
    tail = Tail(cluster.connection, [cluster.connection.names.of(topic, agency)])
    await tail.start({})
    try:
        await tail.read_to_end(
            lambda batch: found.extend(one for some in batch.values() for one in some)
        )
    finally:
        await tail.stop()
    return found


def records_of(cluster: Cluster, submissions: Sequence[Submission]) -> list[Record]:
    """Make intake records of one case's events, all received at once."""
    rules = cluster.versions.rules["nz-2009/1"]
    events = [decode(one.raw) for one in submissions]
    key = events[0].subject or mint_case_reference(events[0].source, events[0].id)
    return [
        Record(key, T0, rules, event, sender=submission.sender)
        for event, submission in zip(events, submissions, strict=True)
    ]


async def put(
    cluster: Cluster,
    records: Sequence[Record],
    *,
    first: int = 0,
    at: datetime = T0,
) -> list[ConsumerRecord]:
    """
    Write records into the intake, and read all of it back.

    Args:
        cluster: Joined.
        records: In order; each stood in its sender's outbox behind the one before.
        first: Where the first one stood there.
        at: When they were received.
    """
    await cluster.producer.send_all(
        [
            cluster.intake(one, received_at=at, origin=first + number)
            for number, one in enumerate(records)
        ]
    )
    return await all_of(cluster, INTAKE)


async def taken(
    agent: CaseAgent, cluster: Cluster, messages: Sequence[ConsumerRecord]
) -> None:
    """Have a case agent take messages at once."""
    await agent.do({place(cluster, INTAKE): messages})


def decided(records: Sequence[Record], *, first: int = 0) -> list[bytes]:
    """Write the log's records for intake records, from its position `first` on."""
    decider = Decider(lambda _: ())
    values = []
    for number, given in enumerate(records):
        record, decision = decider.decide(given)
        position = first + number
        values.append(
            to_log(record, decision, at=T0, position=position, origin=position)
        )
    return values


async def logged(cluster: Cluster, values: Sequence[bytes]) -> list[ConsumerRecord]:
    """Write values into the log, and read all of it back."""
    topic = cluster.connection.names.of(LOG)
    key = Teller(1).case.encode()
    await cluster.producer.send_all([Outgoing(topic, 0, key, one) for one in values])
    return await all_of(cluster, LOG)
