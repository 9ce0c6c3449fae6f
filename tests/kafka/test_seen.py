"""Ingress and what was let in before it: nothing goes in twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.structs import RecordMetadata

from coordinator.agents.ingress import IngressAgent
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.kafka import seen
from coordinator.runtime.kafka.cache import Cache
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.seen import Seen
from coordinator.runtime.kafka.sorting import Sorter
from coordinator.topics import INBOX, INTAKE, OUTBOX, REJECTED
from tests.contract.telling import EVERYBODY, T0, Teller, tell
from tests.kafka.parts import all_of, place, put, records_of, small

pytestmark = pytest.mark.connected

RAW = [one.raw for one in tell(1) if one.sender == "customs"]


@asynccontextmanager
async def following(cluster: Cluster, path: Path) -> AsyncIterator[Seen]:
    """Follow what is let in."""
    async with AsyncExitStack() as stack:
        cache = Cache(path, cluster.mark, seen.TABLES)
        stack.callback(cache.close)
        before = Seen(cluster.connection, cache)
        await before.start()
        stack.push_async_callback(before.stop)
        task = asyncio.create_task(before.run())
        try:
            yield before
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def ingress(cluster: Cluster, path: Path) -> AsyncIterator[IngressAgent]:
    """Make an ingress agent that has taken the outboxes over."""
    async with following(cluster, path) as before:
        gate = Gate(cluster.versions, EVERYBODY)
        sorter = Sorter(cluster, gate, ManualClock(T0), stamps=True)
        agent = IngressAgent(cluster, before, sorter)
        await agent.begin({})
        yield agent


async def test_what_a_predecessor_let_in_goes_in_once(
    kafka: Connection, tmp_path: Path
) -> None:
    """Whatever it committed; and what it turned away is turned away once."""
    async with small(kafka) as cluster:
        outbox = place(cluster, OUTBOX, "customs")
        await cluster.producer.send_all(
            [
                Outgoing(outbox.topic, 0, None, one)
                for one in (RAW[0], b"?", RAW[1], b"??")
            ]
        )
        messages = await all_of(cluster, OUTBOX, "customs")
        async with ingress(cluster, tmp_path / "one") as agent:
            await agent.do({outbox: messages[:2]})
            await agent.do({outbox: messages[:2]})
        async with ingress(cluster, tmp_path / "another") as agent:
            await agent.do({outbox: messages})

        intake, rejected = [
            [one.value for one in await all_of(cluster, topic)]
            for topic in (INTAKE, REJECTED)
        ]
        assert intake == RAW
        assert rejected == [b"?", b"??"]


class Dying(Producer):
    """A producer whose process ends once something is among the rejected."""

    async def send_all(self, records: Sequence[Outgoing]) -> list[RecordMetadata]:
        """Write record by record, until one is among the rejected."""
        written: list[RecordMetadata] = []
        for one in records:
            written += await super().send_all([one])
            if one.topic.endswith(REJECTED.name):
                raise Killed
        return written


class Killed(BaseException):
    """The end of a process."""


async def test_what_is_turned_away_is_answered(
    kafka: Connection, tmp_path: Path
) -> None:
    """Even where ingress dies as it does so, and its successor passes it over."""
    async with small(kafka) as cluster:
        outbox = place(cluster, OUTBOX, "customs")
        await cluster.producer.send_all([Outgoing(outbox.topic, 0, None, b"?")])
        messages = await all_of(cluster, OUTBOX, "customs")
        dying = Dying(kafka)
        await dying.start()
        try:
            doomed = replace(cluster, producer=dying)
            async with ingress(doomed, tmp_path / "one") as agent:
                with pytest.raises(Killed):
                    await agent.do({outbox: messages})
        finally:
            await dying.stop()
        async with ingress(cluster, tmp_path / "another") as agent:
            await agent.do({outbox: messages})

        assert [one.value for one in await all_of(cluster, REJECTED)] == [b"?"]
        assert len(await all_of(cluster, INBOX, "customs")) == 1


async def test_what_is_said_twice_goes_in_twice(
    kafka: Connection, tmp_path: Path
) -> None:
    """An event that stands in the outbox again is a new record, for a decision."""
    async with small(kafka) as cluster:
        outbox = place(cluster, OUTBOX, "customs")
        await cluster.producer.send_all(
            [Outgoing(outbox.topic, 0, None, RAW[0]) for _ in range(3)]
        )
        messages = await all_of(cluster, OUTBOX, "customs")
        async with ingress(cluster, tmp_path / "one") as agent:
            await agent.do({outbox: messages})

        assert [one.value for one in await all_of(cluster, INTAKE)] == [RAW[0]] * 3


async def test_it_knows_events_and_where_they_stood(
    kafka: Connection, tmp_path: Path
) -> None:
    """The first bytes under an id; and of an outbox made anew, that it holds others."""
    async with small(kafka) as cluster:
        records = records_of(cluster, tell(1))
        await put(cluster, records)
        topic = cluster.connection.names.of(INTAKE)
        await cluster.producer.send_all(
            [
                Outgoing(topic, 0, None, one)
                for one in (b"", b"\xff", b"[]", b'{"id":3}')
            ]
        )
        async with following(cluster, tmp_path / "cache") as before:
            await before.catch_up()
            first = records[0].event

            assert before.event(first.id) == first.raw
            assert before.event(Teller(2).case) is None
            assert before.has("customs", 0, first.raw)
            assert not before.has("customs", 0, records[1].event.raw)
            assert not before.has("customs", 50, first.raw)
            assert not before.has("police", 0, first.raw)
