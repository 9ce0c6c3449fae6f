"""Bytes that nobody can read, in every topic: they are kept, and hold up nobody."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from coordinator.events import decode
from coordinator.protocol import Record
from coordinator.runtime.kafka import versions
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.topics import INTAKE, LOG, OUTBOX, PROFILES, REJECTED, Topic, headers
from tests.contract.telling import T0, Teller, packaged, tell
from tests.kafka.cluster import make_topics
from tests.kafka.running import Running, running

pytestmark = pytest.mark.connected

AGENCIES = ("customs", "justice", "police")
PARTITIONS = 3
JUNK = (b"", b"\x00\xff", b"{", b"{}", b"[]", b"null", b'"text"', b"1" * 70_000)
WRONG = (
    (headers.RECEIVED_AT, b"yesterday"),
    (headers.OFFSET, b"first"),
    (headers.SENDER, b"\xff"),
    (headers.RECORD, b"\xff"),
    (headers.PROFILE, b"nz-2009/99"),
    (headers.PROBLEM, b"3"),
    ("", b""),
)


def junk(topic: str, partition: int) -> Iterator[Outgoing]:
    """Write what is no record of any topic."""
    for value in JUNK:
        yield Outgoing(topic, partition, b"\xff", value)
    for header in WRONG:
        yield Outgoing(topic, partition, None, b"{}", (header,))


def misplaced(bus: Running, number: int) -> Iterator[Outgoing]:
    """Write good events into the intake as nobody of ours does."""
    event = decode(Teller(number).first.raw)
    good = bus.cluster.intake(
        Record(Teller(number).case, T0, packaged().rules, event, sender="customs")
    )
    yield good._replace(partition=(good.partition + 1) % PARTITIONS)
    yield good._replace(key=b"")
    yield good._replace(key=b"\xff")
    yield good._replace(headers=())
    for header in WRONG[:3]:
        kept = tuple(one for one in good.headers if one[0] != header[0])
        yield good._replace(headers=(header, *kept))
    unknown = tuple(one for one in good.headers if one[0] != headers.PROFILE)
    yield good._replace(headers=(*unknown, (headers.PROFILE, b"nz-2009/99")))


async def put(bus: Running, records: Sequence[Outgoing]) -> list[tuple[str, int, int]]:
    """Write records, and say where they stand."""
    written = await bus.cluster.producer.send_all(records)
    return [(one.topic, one.partition, one.offset) for one in written]


async def test_poison_in_any_topic_holds_up_nobody(
    kafka: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases are decided while it is there, and by workers that begin behind it."""
    monkeypatch.setattr(versions, "_COMES_S", 0.01)
    make_topics(kafka, AGENCIES, partitions=PARTITIONS)

    def all_parts(topic: Topic) -> list[Outgoing]:
        name = kafka.names.of(topic)
        return [one for part in range(PARTITIONS) for one in junk(name, part)]

    async with running(kafka, tmp_path / "one") as bus:
        await bus.activate(packaged(), T0)
        before = await bus.take(tell(1), T0)
        outbox = await put(bus, list(junk(kafka.names.of(OUTBOX, "customs"), 0)))
        intake = await put(bus, [*all_parts(INTAKE), *misplaced(bus, 2)])
        await put(bus, all_parts(LOG))
        await put(bus, list(junk(kafka.names.of(PROFILES), 0)))
        await put(bus, list(junk(kafka.names.of(REJECTED), 0)))
        poison = [
            await bus.until(bus.mirror.outcome(one)) for one in (*outbox, *intake)
        ]
        after = await bus.take(tell(3), T0)
        kept = [row.event for row in bus.mirror.store.rejected()]

    async with running(kafka, tmp_path / "another") as bus:
        later = await bus.take(tell(4), T0)
        again = await bus.take(tell(1), T0)
        history = bus.mirror.store.history(Teller(2).case)

    for outcomes in (before, after, later):
        assert [one.verdict for one in outcomes] == ["accepted"] * 10
    assert [one.verdict for one in again] == ["duplicate"] * 10
    assert {one.problem and one.problem.rule for one in poison} <= {
        "unreadable",
        "oversize",
        "schema",
    }
    assert len(kept) == len(poison)
    assert set(JUNK) <= set(kept)
    assert history == []
