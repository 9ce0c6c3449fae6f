"""
Rights on a real broker, with passwords over TLS and its authorizer on.

Need to know is the broker's to enforce here: whatever an agency's system does by
mistake, it reads no other's inbox and forges no other's events.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

from coordinator.runtime.kafka.acls import Acls
from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.errors import ClusterError
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, REJECTED, TOPICS, Role
from coordinator.topics.acl import Operation, Resource, Right, rights, surplus
from coordinator.topics.layout import changes, layouts
from coordinator.topics.names import Names
from tests.kafka.broker import Broker
from tests.kafka.conftest import AGENCIES, As

pytestmark = pytest.mark.connected

NAMES = Names()
POLICE = (Role.AGENCY, "police")
CUSTOMS = (Role.AGENCY, "customs")


async def write(connection: Connection, topic: str, value: bytes = b"{}") -> int:
    """Write a record, and give its offset."""
    producer = AIOKafkaProducer(
        **connection.for_aiokafka(), acks="all", request_timeout_ms=5_000
    )
    await producer.start()
    try:
        async with asyncio.timeout(10):
            sent = await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()
    return int(sent.offset)


@asynccontextmanager
async def reader(
    connection: Connection, topic: str, group: str | None = None
) -> AsyncIterator[AIOKafkaConsumer]:
    """Read a topic, or its first partition where there is no group."""
    consumer = AIOKafkaConsumer(
        *([topic] if group else []),
        **connection.for_aiokafka(),
        group_id=group,
        auto_offset_reset="earliest",
        request_timeout_ms=5_000,
    )
    try:
        await consumer.start()
        if group is None:
            consumer.assign([TopicPartition(topic, 0)])
        yield consumer
    finally:
        await consumer.stop()


async def read(connection: Connection, topic: str, group: str | None = None) -> bytes:
    """Read the first record."""
    async with reader(connection, topic, group) as consumer, asyncio.timeout(20):
        return bytes((await consumer.getone()).value)


async def test_an_agency_writes_its_outbox(as_: As) -> None:
    """With no right to anything but the topic, and without repeats."""
    producer = AIOKafkaProducer(
        **as_(*POLICE).for_aiokafka(), acks="all", enable_idempotence=True
    )
    await producer.start()
    async with asyncio.timeout(10):
        sent = await producer.send_and_wait(NAMES.of(OUTBOX, "police"), b"{}")
    await producer.stop()

    assert sent.offset >= 0


@pytest.mark.parametrize(
    "topic",
    [
        NAMES.of(OUTBOX, "customs"),
        NAMES.of(INBOX, "police"),
        *(NAMES.of(one) for one in TOPICS.values() if not one.each_agency),
    ],
)
async def test_an_agency_writes_nothing_else(as_: As, topic: str) -> None:
    """Not another's outbox, not its own inbox, nothing of the bus's own."""
    with pytest.raises(TopicAuthorizationFailedError):
        await write(as_(*POLICE), topic)


@pytest.mark.parametrize(
    "topic",
    [
        NAMES.of(INBOX, "customs"),
        NAMES.of(OUTBOX, "customs"),
        NAMES.of(OUTBOX, "police"),
        *(NAMES.of(one) for one in TOPICS.values() if not one.each_agency),
    ],
)
async def test_an_agency_reads_nothing_but_its_inbox(as_: As, topic: str) -> None:
    """Not another's, and not what the bus keeps for itself."""
    # Without a group, aiokafka and librdkafka would both wait for ever, and not say so.
    with pytest.raises(TopicAuthorizationFailedError):
        await read(as_(*POLICE), topic, "agency.police")


async def test_an_agency_reads_its_inbox_with_groups_of_its_own(as_: As) -> None:
    """The one of its name and those below it; another's it cannot join."""
    inbox = NAMES.of(INBOX, "police")
    await write(as_(Role.ROUTER), inbox, b"for police")

    assert await read(as_(*POLICE), inbox, "agency.police") == b"for police"
    assert await read(as_(*POLICE), inbox, "agency.police.audit") == b"for police"
    for group in ("agency.customs", "agency.police-2", "case"):
        with pytest.raises(GroupAuthorizationFailedError):
            await read(as_(*POLICE), inbox, group)


async def test_ingress_can_do_its_work(as_: As) -> None:
    """From every outbox to the intake or aside, and back to see what it has done."""
    ingress = as_(Role.INGRESS)
    for agency in AGENCIES:
        outbox = NAMES.of(OUTBOX, agency)
        await write(as_(Role.AGENCY, agency), outbox, agency.encode())
        assert await read(ingress, outbox, "ingress")
    for topic in (INTAKE, REJECTED):
        await write(ingress, NAMES.of(topic))
        assert await read(ingress, NAMES.of(topic)) == b"{}"
    with pytest.raises(TopicAuthorizationFailedError):
        await write(ingress, NAMES.of(LOG))


async def test_only_the_case_agent_writes_the_log(as_: As) -> None:
    """Every other role of the bus is refused."""
    await write(as_(Role.CASE), NAMES.of(LOG))
    for role in set(Role) - {Role.CASE, Role.AGENCY, Role.OPERATOR}:
        with pytest.raises(TopicAuthorizationFailedError):
            await write(as_(role), NAMES.of(LOG))


async def test_every_role_can_use_what_the_table_gives_it(as_: As) -> None:
    """It writes each of its topics, and reads each with its group."""
    for topic in TOPICS.values():
        name = NAMES.of(topic, "customs")
        for role in topic.writers:
            await write(as_(role, "customs" if role is Role.AGENCY else None), name)
        for role in topic.readers:
            agency = "customs" if role is Role.AGENCY else None
            assert await read(as_(role, agency), name, NAMES.group(role, agency))


async def test_a_faust_agent_reads_its_inbox_with_its_password(as_: As) -> None:
    """Over TLS, with SCRAM, and with an agency's rights alone."""
    customs, inbox = as_(*CUSTOMS), NAMES.of(INBOX, "customs")
    await write(as_(Role.ROUTER), inbox, b"for customs")
    app = faust.App(
        "agency.customs.faust",
        **customs.for_faust(),
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
        autodiscover=False,
    )
    got: asyncio.Queue[bytes] = asyncio.Queue()

    @app.agent(app.topic(inbox, value_serializer="raw"))
    async def listen(stream: Any) -> None:  # noqa: ANN401 - Faust's own
        async for value in stream:
            await got.put(value)

    await app.start()
    try:
        async with asyncio.timeout(30):
            while await got.get() != b"for customs":
                pass
    finally:
        await app.stop()


# --- giving and taking rights -------------------------------------------------------


@pytest.mark.usefixtures("as_")
def test_rights_are_found_as_they_were_given(secured: Broker) -> None:
    """There and back: what was applied is what is there, and nothing is surplus."""
    found = Acls(secured.operator).found()

    assert set(rights(NAMES, AGENCIES)) <= found
    assert not surplus(found, NAMES, AGENCIES)


@pytest.mark.usefixtures("as_")
def test_a_right_is_given_and_taken_alone(secured: Broker) -> None:
    """Taking one away takes no other that looks like it."""
    acls = Acls(secured.operator)
    before = acls.found()
    whole = Right("User:agency.police", Operation.ALL, Resource.TOPIC, "case.log")
    begins = replace(whole, name="case.", prefixed=True)
    acls.give([whole, begins])
    acls.give([whole])

    assert acls.found() == before | {whole, begins}
    assert set(surplus(acls.found(), NAMES, AGENCIES)) == {whole, begins}
    acls.take([begins])
    assert acls.found() == before | {whole}
    acls.take([whole])
    assert acls.found() == before


def test_an_agency_may_administer_nothing(as_: As) -> None:
    """It makes no topic and sees no right, and is told who may."""
    police = as_(*POLICE)
    wanted = layouts(Names("mine."), ["police"], replicas=1)

    with pytest.raises(ClusterError, match=r"agency\.police may not do this"):
        Admin(police).apply(changes(wanted, {}))
    with pytest.raises(ClusterError, match=r"agency\.police may not do this"):
        Acls(police).found()
