"""An agency's line on a real Kafka: what is kept, answered, and never lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from coordinator.agents.agency import AgencyAgent, Received, Turn, work
from coordinator.events import OperatorError, encode, made_id
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.line import KafkaLine, kafka_line
from coordinator.runtime.line import Arrival, Keep, NotYetDecidedError
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.sqlite.tray import working_from
from coordinator.topics import INBOX, Role
from tests.agents.agencies import CASE, ENOUGH_S, QUICK, until, view
from tests.kafka.agency_inbox import AGENCY, bus
from tests.kafka.cluster import make_topics

pytestmark = pytest.mark.connected


@pytest.fixture
def police(kafka: Connection) -> Connection:
    """Give a cluster on which Police have their topics."""
    make_topics(kafka, [AGENCY], partitions=1)
    return kafka


def acknowledged(event_id: str) -> bytes:
    """Write an event of Police."""
    return encode(
        name="referral.acknowledged",
        agency=AGENCY,
        id=event_id,
        time=SystemClock().now(),
        data={"referral_ref": "R", "receiver_role": "desk", "next_step": "assess"},
        subject=CASE,
    )


@asynccontextmanager
async def receiving(
    line: KafkaLine, keep: Keep, kept_to: int | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Receive while the block runs."""
    task = asyncio.create_task(line.receive(keep, kept_to))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, ENOUGH_S)


async def committed(connection: Connection) -> int | None:
    """Ask up to where the agency's group has acknowledged."""
    consumer = member(connection)
    await consumer.start()
    try:
        place = TopicPartition(connection.names.of(INBOX, AGENCY), 0)
        found = await consumer.committed(place)
        return None if found is None else int(found)
    finally:
        await consumer.stop()


def member(connection: Connection) -> AIOKafkaConsumer:
    """Make a client that speaks for the agency's group."""
    return AIOKafkaConsumer(
        **connection.for_aiokafka(),
        group_id=connection.names.group(Role.AGENCY, AGENCY),
        enable_auto_commit=False,
    )


async def test_what_is_delivered_is_kept_in_order_as_it_came(
    police: Connection,
) -> None:
    """Each record's id, case, view and bytes reach the tray, and then count as read."""
    kept: list[Arrival] = []
    async with bus(police) as at, kafka_line(AGENCY, police) as line:
        await at.deliver(range(20))
        async with receiving(line, kept.extend):
            await until(lambda: len(kept) == 20)

    assert kept == [
        Arrival(f"D{number}", CASE, "full", view(number), number)
        for number in range(20)
    ]
    assert await committed(police) == 20


async def test_bytes_that_cannot_be_read_are_kept_and_stop_nothing(
    police: Connection,
) -> None:
    """Poison of every kind arrives, each with an id, and what is behind it as well."""
    kept: list[Arrival] = []
    async with bus(police) as at, kafka_line(AGENCY, police) as line:
        await at.put(b"\xff\x00")
        await at.put(None)
        await at.put(b"no receipt", record="receipt")
        await at.put(b"[]", record="receipt")
        await at.put(b"", record="delivery")
        await at.deliver([1])
        async with receiving(line, kept.extend):
            await until(lambda: len(kept) == 6)

    assert len({one.id for one in kept}) == 6
    assert kept[-1].id == "D1"


async def test_an_answer_belongs_to_the_sending_that_it_names(
    police: Connection,
) -> None:
    """The answer to an earlier sending of the same event is not this one's."""
    event_id = made_id("sent")
    async with bus(police) as at:
        async with kafka_line(AGENCY, police, answer_s=0.1) as line:
            with pytest.raises(NotYetDecidedError):
                await line.send(acknowledged(event_id))
        await at.answer(event_id, 0, "refused")
        await at.put(b'{"id": "x", "verdict": "accepted"}', record="receipt")
        async with kafka_line(AGENCY, police) as line, receiving(line, lambda _: None):
            sending = asyncio.create_task(line.send(acknowledged(event_id)))
            await at.answer(event_id, 1, "accepted")
            receipt = await asyncio.wait_for(sending, ENOUGH_S)

    assert (receipt["id"], receipt["verdict"]) == (event_id, "accepted")


async def test_an_event_that_is_not_answered_in_time_may_be_sent_again(
    police: Connection,
) -> None:
    """The error says that it will be decided; sent again, it is answered."""
    event_id = made_id("late")
    async with kafka_line(AGENCY, police, answer_s=0.1) as line:
        with pytest.raises(NotYetDecidedError, match="sending it again is harmless"):
            await line.send(acknowledged(event_id))
    async with (
        bus(police) as at,
        kafka_line(AGENCY, police) as line,
        receiving(line, lambda _: None),
    ):
        await at.answer(event_id, 1, "duplicate")
        receipt = await asyncio.wait_for(line.send(acknowledged(event_id)), ENOUGH_S)

    assert receipt["verdict"] == "duplicate"


async def test_what_has_no_id_is_answered_here(police: Connection) -> None:
    """Nothing could ever be answered to it by its id, so it is not sent."""
    async with kafka_line(AGENCY, police) as line:
        receipt = await line.send(b" " * 70_000)

    assert (receipt["verdict"], receipt["rule"]) == ("rejected", "oversize")


async def test_reading_goes_on_while_a_handler_waits_for_its_answer(
    police: Connection, tmp_path: Path
) -> None:
    """Every handler publishes and is answered, through the inbox it came by."""
    agent, answers = AgencyAgent(AGENCY, pace=QUICK), []

    @agent.on("suspicion.referred")
    async def take_up(event: Received, agent: Turn) -> None:
        answers.append(
            await agent.publish(
                "referral.acknowledged",
                case=event.case,
                referral_ref=event.data["referral_ref"],
                receiver_role="desk",
                next_step="assess",
            )
        )

    stop = asyncio.Event()
    async with bus(police, accepts=True) as at, kafka_line(AGENCY, police) as line:
        for case in range(5):
            await at.deliver(range(case * 4, case * 4 + 4), f"alert:A-{case}")
        with working_from(tmp_path / "police.sqlite") as tray:
            task = asyncio.create_task(
                work(
                    agent,
                    line,
                    tray,
                    clock=SystemClock(),
                    chance=lambda: 0.0,
                    stop=stop,
                )
            )
            await until(lambda: len(answers) == 20)
            await until(lambda: not tray.cases())
            stop.set()
            await asyncio.wait_for(task, ENOUGH_S)

    assert {one["verdict"] for one in answers} == {"accepted"}
    assert len(at.sent) == 20


async def test_what_is_not_kept_is_not_acknowledged(police: Connection) -> None:
    """Where the tray cannot keep, the line ends, and the next one begins there."""

    def keep(arrivals: Sequence[Arrival]) -> None:
        if arrivals[0].id == "D2":
            message = "the tray is damaged"
            raise StoreError(message)
        kept.extend(arrivals)

    kept: list[Arrival] = []
    async with bus(police) as at, kafka_line(AGENCY, police) as line:
        await at.deliver(range(5))
        with pytest.raises(StoreError, match="the tray is damaged"):
            await asyncio.wait_for(line.receive(keep, None), ENOUGH_S)
    assert [one.id for one in kept] == ["D0", "D1"]
    assert await committed(police) == 2
    async with kafka_line(AGENCY, police) as line, receiving(line, kept.extend):
        await until(lambda: len(kept) == 5)

    assert [one.id for one in kept] == ["D0", "D1", "D2", "D3", "D4"]


async def test_a_stop_in_the_midst_of_keeping_acknowledges_nothing(
    police: Connection,
) -> None:
    """What waits for a full disk when the process stops comes again."""

    def keep(_: Sequence[Arrival]) -> None:
        tried.set()
        message = "the disk is full"
        raise StoreFault(message)

    tried, kept = asyncio.Event(), list[Arrival]()
    async with bus(police) as at, kafka_line(AGENCY, police) as line:
        await at.deliver(range(3))
        async with receiving(line, keep):
            await asyncio.wait_for(tried.wait(), ENOUGH_S)
    assert await committed(police) is None
    async with kafka_line(AGENCY, police) as line, receiving(line, kept.extend):
        await until(lambda: len(kept) == 3)


async def test_the_trays_count_goes_before_the_groups(police: Connection) -> None:
    """Where the group has acknowledged what was never kept, it is read again."""
    kept: list[Arrival] = []
    async with bus(police) as at:
        await at.deliver(range(5))
    consumer = member(police)
    place = TopicPartition(police.names.of(INBOX, AGENCY), 0)
    await consumer.start()
    consumer.assign([place])
    await consumer.commit({place: OffsetAndMetadata(5, "")})
    await consumer.stop()
    async with kafka_line(AGENCY, police) as line, receiving(line, kept.extend, 2):
        await until(lambda: len(kept) == 2)

    assert [one.id for one in kept] == ["D3", "D4"]


async def test_a_topic_that_is_not_there_is_told(kafka: Connection) -> None:
    """An agency without its topics, or rights to them, is not left waiting."""
    with pytest.raises(OperatorError, match=r"agency.police.outbox: no such topic"):
        async with kafka_line(AGENCY, kafka):
            raise AssertionError
