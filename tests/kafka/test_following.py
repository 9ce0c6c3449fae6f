"""Who follows the log: the first decision of a record is told, and to everybody."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from aiokafka.structs import ConsumerRecord

from coordinator.agents.router import Router
from coordinator.runtime.activation import stored
from coordinator.runtime.kafka import outgoing
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.group import Done
from coordinator.runtime.kafka.mirror import Mirror, opened
from coordinator.runtime.kafka.outgoing import BrokerFault, Outgoing
from coordinator.runtime.kafka.versions import profile_record
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, REJECTED, Record, headers
from tests.contract.telling import Teller, packaged, tell
from tests.kafka.cluster import make_topics
from tests.kafka.parts import all_of, decided, logged, place, records_of, small

pytestmark = pytest.mark.connected

CASE = Teller(1).case
EVERYBODY = (
    *("acc", "customs", "health", "housing"),
    *("justice", "labour", "msd", "police"),
)
JUNK = [b"", b"\xff", b"{}", b"null", b'{"position": "x", "decision": {}}']


@asynccontextmanager
async def mirrored(cluster: Cluster, path: Path) -> AsyncIterator[Mirror]:
    """Give a mirror that is up to date."""
    store = opened(path, cluster.mark)
    mirror = Mirror(cluster.connection, cluster.versions, store)
    await mirror.start()
    try:
        await mirror.bring_up_to_date()
        yield mirror
    finally:
        await mirror.stop()
        store.close()


def otherwise(value: bytes) -> bytes:
    """Write a log's record as somebody else might have decided it later."""
    read = orjson.loads(value)
    read["decision"]["verdict"] = "refused"
    read["decision"]["deliveries"] = []
    return orjson.dumps(read)


def delivered(messages: Sequence[ConsumerRecord]) -> list[str]:
    """List the ids of deliveries in an inbox."""
    return [
        bytes(value).decode()
        for message in messages
        for name, value in message.headers
        if name == headers.DELIVERY_ID
    ]


def meant_for(agency: str, values: Sequence[bytes]) -> list[str]:
    """List the ids of an agency's deliveries, as the log has them."""
    return [
        one["id"]
        for value in values
        for one in orjson.loads(value)["decision"]["deliveries"]
        if one["to"] == agency
    ]


# --- the mirror -----------------------------------------------------------------------


async def test_a_mirror_takes_the_first_decision_of_each_record(
    kafka: Connection, tmp_path: Path
) -> None:
    """Copies behind it are passed over, before and after a restart."""
    async with small(kafka) as cluster:
        values = decided(records_of(cluster, tell(1)))
        await logged(cluster, [*values[:4], otherwise(values[2]), *JUNK])
        async with mirrored(cluster, tmp_path / "mirror") as mirror:
            begun = [row.seq for row in mirror.store.history(CASE)]
        await logged(cluster, [otherwise(values[3]), *values])
        async with mirrored(cluster, tmp_path / "mirror") as mirror:
            rows = mirror.store.history(CASE)

        assert begun == [1, 2, 3, 4]
        assert [row.decision_bytes for row in rows] == [
            orjson.dumps(orjson.loads(value)["decision"]) for value in values
        ]


async def test_who_waits_is_told_by_either_place(
    kafka: Connection, tmp_path: Path
) -> None:
    """What became of a record is known by where it stands, and where it stood first."""
    async with small(kafka) as cluster:
        values = decided(records_of(cluster, tell(1)[:1]))
        await logged(cluster, values)
        async with mirrored(cluster, tmp_path / "mirror") as mirror:
            intake = (place(cluster, INTAKE).topic, 0, 0)
            outbox = (place(cluster, OUTBOX, "customs").topic, 0, 0)
            async with asyncio.timeout(10):
                one, other = [await mirror.outcome(at) for at in (intake, outbox)]

        assert one == other
        assert one.decision == orjson.loads(values[0])["decision"]


async def test_what_nobody_can_have_rejected_is_passed_over(
    kafka: Connection, tmp_path: Path
) -> None:
    """A rejection of which it is not said what is wrong is no row."""
    async with small(kafka) as cluster:
        topic = cluster.connection.names.of(REJECTED)
        await cluster.producer.send_all(
            [
                Outgoing(topic, 0, None, b"?", ((name, value),))
                for name, value in [
                    ("problem", b"\xff"),
                    ("problem", b"3"),
                    ("problem", b'{"no": "problem"}'),
                    ("offset", b"x"),
                    ("sender", b"\xff"),
                ]
            ]
        )
        async with mirrored(cluster, tmp_path / "mirror") as mirror:
            assert list(mirror.store.rejected()) == []


# --- the router -----------------------------------------------------------------------


async def test_the_router_tells_the_first_decision_once(kafka: Connection) -> None:
    """Of a copy nothing is told; nor by a successor, who is given the position."""
    async with small(kafka, EVERYBODY) as cluster:
        values = decided(records_of(cluster, tell(1)))
        log = place(cluster, LOG)
        messages = await logged(
            cluster, [*values[:5], otherwise(values[4]), *JUNK, *values[3:]]
        )
        router = Router(cluster)
        await router.begin({log: ""})
        done = await router.do({log: messages[:7]})
        await router.begin({log: done[log].note})
        await router.do({log: messages[7:]})

        inbox = await all_of(cluster, INBOX, "police")
        receipts = [
            orjson.loads(message.value)["verdict"]
            for message in inbox
            if (headers.RECORD, Record.RECEIPT.value.encode()) in message.headers
        ]
        assert delivered(inbox) == meant_for("police", values)
        assert receipts == ["accepted"] * 7


async def test_an_agency_without_an_inbox_holds_up_nobody(
    kafka: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others have theirs; it has all of its own, in order, once it has one."""
    monkeypatch.setattr(outgoing, "_ASKS_S", 0.0)
    others = [one for one in EVERYBODY if one != "police"]
    async with small(kafka, others) as cluster:
        values = decided(records_of(cluster, tell(1)))
        log = place(cluster, LOG)
        messages = await logged(cluster, values)
        router = Router(cluster)
        await router.begin({log: ""})
        before = await router.do({log: messages[:4]})
        customs = delivered(await all_of(cluster, INBOX, "customs"))
        make_topics(kafka, EVERYBODY, partitions=1)
        after = await router.do({log: messages[4:]})
        inbox = await all_of(cluster, INBOX, "police")

    assert meant_for("police", values[:1])
    assert before == {log: Done(0, "-1")}
    assert after == {log: Done(10, "9")}
    assert customs == meant_for("customs", values[:4])
    assert delivered(inbox) == meant_for("police", values)


async def test_a_successor_delivers_what_waited(
    kafka: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on where something waits; what came behind it comes once more."""
    monkeypatch.setattr(outgoing, "_ASKS_S", 0.0)
    others = [one for one in EVERYBODY if one != "police"]
    async with small(kafka, others) as cluster:
        values = decided(records_of(cluster, tell(1)))
        log = place(cluster, LOG)
        messages = await logged(cluster, values)
        first, second = Router(cluster), Router(cluster)
        await first.begin({log: ""})
        done = (await first.do({log: messages}))[log]
        make_topics(kafka, EVERYBODY, partitions=1)
        await second.begin({log: done.note})
        await second.do({log: messages[done.next :]})
        police, customs = [
            delivered(await all_of(cluster, INBOX, agency))
            for agency in ("police", "customs")
        ]

    assert police == meant_for("police", values)
    assert customs == 2 * meant_for("customs", values)


@pytest.mark.connected
async def test_a_version_that_may_only_be_late_is_not_taken_for_none(
    kafka: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log record is not passed over because its version comes slowly."""
    monkeypatch.setattr("coordinator.runtime.kafka.versions._COMES_S", 0.2)
    make_topics(kafka, [], partitions=1)
    async with joined(kafka) as cluster:
        profile = stored(packaged())
        await cluster.producer.send_all([profile_record(kafka, profile)])
        with pytest.raises(BrokerFault):  # nobody reads the topic meanwhile
            await cluster.versions.know(profile.reference)
        reading = asyncio.create_task(cluster.versions.run())
        monkeypatch.undo()
        assert await cluster.versions.know(profile.reference)
        assert not await cluster.versions.know("no-such/1")
        reading.cancel()
