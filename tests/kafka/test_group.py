"""A consumer group: partitions are handed over with what is done, and to one alone."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.group import Done, Group
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.topics import LOG
from tests.kafka.cluster import make_topics

pytestmark = pytest.mark.connected

ENOUGH_S: Final = 30.0


class Noted:
    """Work that notes what it is given; its word is how many it has done in all."""

    def __init__(self) -> None:
        self.begun: list[dict[int, str]] = []
        self.done: list[tuple[int, int]] = []
        self.news = asyncio.Condition()

    @property
    def own(self) -> dict[int, str]:
        """Say what is its own, with the words of who had it before."""
        return self.begun[-1] if self.begun else {}

    async def begin(
        self, partitions: Mapping[TopicPartition, str]
    ) -> Mapping[TopicPartition, int]:
        """Note what is its own."""
        async with self.news:
            self.begun.append({one.partition: partitions[one] for one in partitions})
            self.news.notify_all()
        return {}

    async def do(
        self, taken: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Done]:
        """Note what was read."""
        async with self.news:
            for partition, records in taken.items():
                self.done += [(partition.partition, one.offset) for one in records]
            self.news.notify_all()
        return {
            one: Done(records[-1].offset + 1, f"{records[-1].offset} done")
            for one, records in taken.items()
        }

    async def has_done(self, *what: tuple[int, int]) -> None:
        """Wait until it has done things."""
        async with asyncio.timeout(ENOUGH_S), self.news:
            await self.news.wait_for(lambda: set(what) <= set(self.done))

    async def has(self, *partitions: int) -> dict[int, str]:
        """Wait until partitions are its own, and give their notes."""
        wanted = set(partitions)
        async with asyncio.timeout(ENOUGH_S), self.news:
            await self.news.wait_for(lambda: set(self.own) == wanted)
            return self.own


@asynccontextmanager
async def member(connection: Connection, work: Noted) -> AsyncIterator[Group]:
    """Be a member of a group while the block runs, and leave it in order."""
    stop = asyncio.Event()
    name = f"{connection.names.prefix}tried"
    group = Group(connection, name, [connection.names.of(LOG)], work)
    task = asyncio.create_task(group.run(stop))
    try:
        yield group
    finally:
        stop.set()
        await asyncio.wait_for(task, ENOUGH_S)


@asynccontextmanager
async def writing(connection: Connection) -> AsyncIterator[Producer]:
    """Write to a log of two partitions."""
    make_topics(connection, [], partitions=2)
    producer = Producer(connection)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


def both(connection: Connection) -> list[Outgoing]:
    """Write one record into each of the two."""
    topic = connection.names.of(LOG)
    return [Outgoing(topic, partition, None, b"x") for partition in range(2)]


async def test_who_takes_over_goes_on_behind_what_was_done(kafka: Connection) -> None:
    """With the word that its predecessor left; none of it is done twice."""
    first, second = Noted(), Noted()
    async with writing(kafka) as producer:
        await producer.send_all(both(kafka))
        async with member(kafka, first):
            await first.has_done((0, 0), (1, 0))
        await producer.send_all(both(kafka))
        async with member(kafka, second):
            notes = await second.has(0, 1)
            await second.has_done((0, 1), (1, 1))

    assert first.begun[-1] == {0: "", 1: ""}
    assert notes == {0: "0 done", 1: "0 done"}
    assert sorted(second.done) == [(0, 1), (1, 1)]


async def test_a_second_member_has_a_share_and_leaves_it_behind(
    kafka: Connection,
) -> None:
    """Partitions move to it and back, and each record is done by one of them."""
    first, second = Noted(), Noted()
    async with writing(kafka) as producer, member(kafka, first):
        await producer.send_all(both(kafka))
        await first.has_done((0, 0), (1, 0))
        async with member(kafka, second) as group:
            async with asyncio.timeout(ENOUGH_S), second.news:
                await second.news.wait_for(lambda: second.own)
            (theirs,) = second.own
            assert await first.has(1 - theirs) == {1 - theirs: "0 done"}
            await producer.send_all(both(kafka))
            await first.has_done((1 - theirs, 1))
            await second.has_done((theirs, 1))
            assert [one.partition for one in group.partitions()] == [theirs]
            assert group.behind() == 0
        notes = await first.has(0, 1)
        await producer.send_all(both(kafka))
        await first.has_done((0, 2), (1, 2))

    assert notes == {0: "1 done", 1: "1 done"}
    assert second.done == [(theirs, 1)]
    assert len(first.done) == len(set(first.done)) == 5
