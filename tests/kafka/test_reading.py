"""Reading by a Faust agent: what is acknowledged, and what ends it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.line import kafka_line
from coordinator.runtime.kafka.progress import Place
from coordinator.runtime.kafka.reading import Reading, SkippedError
from coordinator.runtime.line import Arrival
from coordinator.topics import INBOX, Role
from tests.agents.agencies import ENOUGH_S, until
from tests.kafka.agency_inbox import AGENCY, bus
from tests.kafka.cluster import make_topics
from tests.kafka.test_agency_line import committed, member

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.connected


@pytest.fixture
def inbox(kafka: Connection) -> str:
    """Make an inbox, and name it."""
    make_topics(kafka, [AGENCY], partitions=1)
    return kafka.names.of(INBOX, AGENCY)


def group(connection: Connection) -> str:
    """Name the agency's group."""
    return connection.names.group(Role.AGENCY, AGENCY)


async def test_it_tells_what_was_taken_and_what_waits(
    kafka: Connection, inbox: str
) -> None:
    """A reading that stands still can be told from one that has nothing to read."""
    taken: list[int] = []
    release = asyncio.Event()

    async def take(message: Any) -> None:  # noqa: ANN401 - Faust has no types
        taken.append(message.offset)
        if message.offset == 2:
            await release.wait()

    reading = Reading(inbox, take)
    # Without its partition it stands still: something may wait there.
    assert (reading.is_assigned, await reading.place()) == (False, Place(0, 1))
    async with bus(kafka) as at:
        await at.deliver(range(5))
        async with hosted(kafka, group(kafka), reading.prepare):
            await until(lambda: taken == [0, 1, 2])
            assert (reading.is_assigned, await reading.place()) == (True, Place(2, 3))
            release.set()
            await until(lambda: taken == [0, 1, 2, 3, 4])
            async with asyncio.timeout(ENOUGH_S):
                while await reading.place() != Place(5, 0):  # noqa: ASYNC110 - the broker's to say
                    await asyncio.sleep(0.01)

    assert await committed(kafka) == 5


async def test_a_record_that_was_skipped_ends_it(kafka: Connection, inbox: str) -> None:
    """What is acknowledged behind a record that was not seen would lose that one."""
    await leave_gaps(kafka, inbox)
    taken: list[int] = []
    reading = Reading(inbox, taking(taken))
    async with hosted(kafka, group(kafka), reading.prepare):
        with pytest.raises(SkippedError) as caught:
            await asyncio.wait_for(reading.failed, ENOUGH_S)
    assert (taken, caught.value.offset) == ([0], 1)
    assert await committed(kafka) == 1
    reading = Reading(inbox, taking(taken), begin=1)
    async with hosted(kafka, group(kafka), reading.prepare):
        await until(lambda: taken == [0, 2])


async def test_a_line_finds_out_that_no_record_was_there(
    kafka: Connection, inbox: str
) -> None:
    """It begins again at each such offset, and comes to the end all the same."""
    await leave_gaps(kafka, inbox)
    kept: list[Arrival] = []
    async with kafka_line(AGENCY, kafka) as line:
        receiving = asyncio.create_task(line.receive(kept.extend, None))
        await until(lambda: len(kept) == 3)
        receiving.cancel()
        await asyncio.wait([receiving])

    assert [one.place for one in kept] == [0, 2, 4]


async def leave_gaps(kafka: Connection, inbox: str) -> None:
    """Write records at 0, 2 and 4: a transaction's end takes an offset as well."""
    producer = AIOKafkaProducer(
        **kafka.for_aiokafka(), transactional_id=f"{kafka.names.prefix}skips"
    )
    await producer.start()
    for _ in range(3):
        async with producer.transaction():
            await producer.send_and_wait(inbox, b"")
    await producer.stop()


def taking(taken: list[int]) -> Callable[[Any], Awaitable[None]]:
    """Take records into a list of their offsets."""

    async def take(message: Any) -> None:  # noqa: ANN401 - Faust has no types
        taken.append(message.offset)

    return take


async def test_what_was_acknowledged_and_never_taken_is_read_again(
    kafka: Connection, inbox: str
) -> None:
    """Where the group's count is ahead of ours, ours counts, and all comes in order."""
    async with bus(kafka) as at:
        await at.deliver(range(50))
    consumer = member(kafka)
    await consumer.start()
    consumer.assign([TopicPartition(inbox, 0)])
    await consumer.commit({TopicPartition(inbox, 0): OffsetAndMetadata(40, "")})
    await consumer.stop()
    taken: list[int] = []
    reading = Reading(inbox, taking(taken), begin=7)
    async with hosted(kafka, group(kafka), reading.prepare):
        await until(lambda: len(taken) == 43)

    assert taken == list(range(7, 50))
    assert await committed(kafka) == 50


async def test_after_a_kill_the_next_process_has_the_inbox(
    kafka: Connection, inbox: str, tmp_path: Path
) -> None:
    """It waits out the dead one's session, and then reads on."""
    taken = asyncio.Event()

    async def take(_: Any) -> None:  # noqa: ANN401 - Faust has no types
        taken.set()

    reading = Reading(inbox, take)
    killed = tmp_path / "killed.py"
    killed.write_text(_KILLED)
    async with bus(kafka) as at:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(killed), kafka.bootstrap, group(kafka), inbox,
            stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(ENOUGH_S):
            assert await process.stdout.readline() == b"assigned\n"
        process.kill()
        await process.wait()
        await at.deliver([1])
        async with hosted(kafka, group(kafka), reading.prepare):
            await asyncio.wait_for(taken.wait(), ENOUGH_S)


_KILLED = """
import asyncio, sys
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.reading import Reading

async def take(message):
    pass

async def main():
    bootstrap, group, inbox = sys.argv[1:]
    reading = Reading(inbox, take)
    async with hosted(Connection(bootstrap), group, reading.prepare):
        while not reading.is_assigned:
            await asyncio.sleep(0.01)
        print("assigned", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_an_inbox_has_one_reader_and_another_takes_over(
    kafka: Connection, inbox: str
) -> None:
    """Of two processes one reads; the other goes on where that one ended."""
    taken: list[tuple[str, int]] = []

    def reading_of(name: str) -> Reading:
        async def take(message: Any) -> None:  # noqa: ANN401 - Faust has no types
            taken.append((name, message.offset))

        return Reading(inbox, take)

    first, second = reading_of("first"), reading_of("second")
    async with bus(kafka) as at, hosted(kafka, group(kafka), second.prepare):
        async with hosted(kafka, group(kafka), first.prepare):
            await until(lambda: first.is_assigned != second.is_assigned)
            await at.deliver(range(3))
            await until(lambda: len(taken) == 3)
        await until(lambda: second.is_assigned)
        await at.deliver(range(3, 6))
        await until(lambda: {offset for _, offset in taken} == set(range(6)))

    assert len({name for name, offset in taken if offset < 3}) == 1
    assert {name for name, offset in taken if offset > 2} == {"second"}
    consumer = member(kafka)
    await consumer.start()
    assert await consumer.committed(TopicPartition(inbox, 0)) == 6
    await consumer.stop()
