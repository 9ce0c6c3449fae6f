"""A case worker and its log: whoever else writes there, each record is decided once."""

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from aiokafka.structs import ConsumerRecord

from coordinator.protocol import Decision, Record, decide
from coordinator.protocol.state import State
from coordinator.runtime import deciding
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.logged import read_log, to_log
from coordinator.runtime.port import StoreError
from coordinator.topics import INBOX, LOG, OUTBOX, REJECTED, headers
from tests.contract.telling import T0, tell
from tests.kafka.parts import (
    AGENCIES,
    all_of,
    case_agent,
    decided,
    logged,
    place,
    put,
    records_of,
    small,
    taken,
)

pytestmark = pytest.mark.connected


async def counted(cluster: Cluster) -> list[bytes]:
    """Read the log as everybody does: of each position the first."""
    found: list[bytes] = []
    position = -1
    for message in await all_of(cluster, LOG):
        read = read_log(message.value)
        if read.position > position:
            position = read.position
            found.append(message.value)
    return found


def copied(messages: Sequence[ConsumerRecord]) -> list[ConsumerRecord]:
    """Give messages as another worker reads them."""
    return list(messages)


def by_an_older_program(record: Record) -> bytes:
    """Decide a case's first record in another way than this program does."""
    decision = decide(State(record.key), record)
    decision["verdict"], decision["engine"] = "refused", 0
    decision["opened"], decision["timers"], decision["deliveries"] = [], [], []
    return to_log(record, decision, at=T0, position=0, origin=0)


async def test_two_that_think_they_own_a_case_agree(
    kafka: Connection, tmp_path: Path
) -> None:
    """What one writes that was given up for dead is a copy, and changes nothing."""
    async with (
        small(kafka) as cluster,
        case_agent(cluster, tmp_path / "one") as zombie,
        case_agent(cluster, tmp_path / "other") as other,
    ):
        records = records_of(cluster, tell(1))
        messages = await put(cluster, records)
        await taken(zombie, cluster, messages[:3])
        await taken(other, cluster, copied(messages[:5]))
        await taken(zombie, cluster, messages[3:8])
        await taken(other, cluster, copied(messages[5:]))
        await taken(zombie, cluster, messages[8:])

        assert len(await all_of(cluster, LOG)) > len(records)
        assert await counted(cluster) == decided(records)


async def test_what_somebody_else_decided_counts(
    kafka: Connection, tmp_path: Path
) -> None:
    """Its own decision of that record does not, and the case is folded from theirs."""
    async with (
        small(kafka) as cluster,
        case_agent(cluster, tmp_path / "cache") as agent,
    ):
        records = records_of(cluster, tell(1)[:2])
        messages = await put(cluster, records)
        theirs = by_an_older_program(records[0])
        await logged(cluster, [theirs])
        await taken(agent, cluster, messages[:1])
        await taken(agent, cluster, messages[1:])

        first, second = await counted(cluster)
        decision = orjson.loads(second)["decision"]
        assert first == theirs
        # The report that it builds on was not accepted, so nobody takes part yet.
        assert (decision["seq"], decision["verdict"]) == (2, "refused")


@pytest.mark.parametrize("again", ["at once", "afterwards", "without a cache"])
async def test_a_copy_in_the_intake_makes_no_decision(
    kafka: Connection, tmp_path: Path, again: str
) -> None:
    """What stood once in an outbox is decided once, though ingress let it in twice."""
    async with small(kafka) as cluster:
        records = records_of(cluster, tell(1)[:3])
        await put(cluster, records[:2])
        messages = await put(cluster, records)
        path = tmp_path / "cache"
        async with case_agent(cluster, path) as agent:
            await taken(agent, cluster, messages[: 5 if again == "at once" else 2])
            if again == "afterwards":
                await taken(agent, cluster, messages[2:])
        if again == "without a cache":
            path.unlink()
            async with case_agent(cluster, path) as agent:
                await taken(agent, cluster, messages[2:])

        found = [read_log(value) for value in await counted(cluster)]
        assert [one.position for one in found] == [0, 1, 4]
        assert [one.event for one in found] == [one.event.raw for one in records]
        assert [one.decision["verdict"] for one in found] == ["accepted"] * 3


async def test_it_goes_on_behind_the_log(kafka: Connection, tmp_path: Path) -> None:
    """Whatever is read again, and whatever its cache had."""
    async with small(kafka) as cluster:
        records = records_of(cluster, tell(1))
        messages = await put(cluster, records)
        async with case_agent(cluster, tmp_path / "cache") as agent:
            await taken(agent, cluster, messages[:4])
        async with case_agent(cluster, tmp_path / "other") as agent:
            await taken(agent, cluster, messages[:7])
        async with case_agent(cluster, tmp_path / "cache") as agent:
            await taken(agent, cluster, messages)

        assert [one.value for one in await all_of(cluster, LOG)] == decided(records)


async def test_bytes_that_are_no_decision_are_passed_over(
    kafka: Connection, tmp_path: Path
) -> None:
    """They stand in the log before a worker begins, and while it is at work."""
    async with small(kafka) as cluster:
        records = records_of(cluster, tell(1)[:4])
        messages = await put(cluster, records)
        await logged(cluster, [b"", b"\xff", b"{}", b'{"position": 9}'])
        async with case_agent(cluster, tmp_path / "cache") as agent:
            await taken(agent, cluster, messages[:2])
            await logged(cluster, [b"null", b'{"position": "x", "decision": {}}'])
            await taken(agent, cluster, messages[2:])

        found = [one.value for one in await all_of(cluster, LOG)]
        assert [one for one in found if one in decided(records)] == decided(records)


async def test_a_log_of_another_intake_is_not_gone_on_with(
    kafka: Connection, tmp_path: Path
) -> None:
    """A log that is ahead of its intake has nothing added to it."""
    async with small(kafka) as cluster:
        records = records_of(cluster, tell(1)[:2])
        await put(cluster, records[:1])
        await logged(cluster, decided(records))

        with pytest.raises(StoreError, match="not of one cluster"):
            async with case_agent(cluster, tmp_path / "cache"):
                pass


@pytest.mark.parametrize("agencies", [AGENCIES, ("justice", "police")])
async def test_who_sent_what_it_failed_on_is_told(
    kafka: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    agencies: Sequence[str],
) -> None:
    """Where it has an inbox; and what is kept says where it stood in the outbox."""

    def fail(_: State, __: Record) -> Decision:
        message = "our own code fails"
        raise ZeroDivisionError(message)

    async with (
        small(kafka, agencies) as cluster,
        case_agent(cluster, tmp_path / "cache") as agent,
    ):
        (record,) = records_of(cluster, tell(1)[:1])
        messages = await put(cluster, [record], first=7)
        monkeypatch.setattr(deciding, "decide", fail)
        await taken(agent, cluster, messages)

        (kept,) = await all_of(cluster, REJECTED)
        origin = (headers.TOPIC, place(cluster, OUTBOX, "customs").topic.encode())
        assert kept.value == record.event.raw
        assert {origin, (headers.OFFSET, b"7")} <= set(kept.headers)
        assert (headers.SENDER, b"customs") in kept.headers
        if "customs" in agencies:
            (receipt,) = await all_of(cluster, INBOX, "customs")
            told = orjson.loads(receipt.value)
            assert (headers.OFFSET, b"7") in receipt.headers
            assert (told["id"], told["rule"]) == (record.event.id, "internal")
        assert await all_of(cluster, LOG) == []
