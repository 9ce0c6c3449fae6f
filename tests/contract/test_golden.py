"""
The golden scenarios, decided by every runtime: the same records, byte for byte.

A simulation plays a scenario. Each record that it decided on, an agency's or the
coordinator's own, is then put in with its receipt, as an import does, and decided by a
decider over a store in memory or on disk, and by a case worker on Kafka, which reads it
from the intake and writes its decision to the log.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest

from coordinator import workers
from coordinator.events import parse_time
from coordinator.protocol import Admission, Profile, Record
from coordinator.runtime.activation import stored
from coordinator.runtime.deciding import Decider
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.tail import Tail
from coordinator.runtime.kafka.versions import profile_record
from coordinator.runtime.port import NewEntry, Store
from coordinator.topics import LOG
from tests.contract.looking import assert_replays
from tests.golden.stories import packaged, read_scenario, scenario_files
from tests.golden.telling import knows_of, play
from tests.kafka.cluster import make_topics
from tests.kafka.running import ENOUGH_S, at_work

PROFILES = ("nz-2009", "nz-modern")
BATCH = 500

Place = tuple[int, int]
"""Of a record of the intake: its partition and offset."""


class Made(NamedTuple):
    """A record of a scenario, and what the simulation decided on it."""

    record: Record
    decision: bytes


@cache
def made(path: Path) -> tuple[Made, ...]:
    """Play a scenario, and give what was decided in it, in order."""
    scenario = read_scenario(path)
    rules = packaged(scenario.profile).rules
    door = Admission(rules, knows_of(scenario), own_types=True)
    found = []
    for event, decision, _ in play(path).steps:
        if event is None or decision is None:
            continue
        at = parse_time(decision["at"])
        record = door.admit(event, sender=None, at=at, earlier=None)
        assert isinstance(record, Record), record
        assert record.key == decision["case"]
        found.append(Made(record, orjson.dumps(decision)))
    return tuple(found)


def set_ups() -> list[list[Path]]:
    """Put scenarios together that have no case or scope in common."""
    found: list[tuple[set[str], list[Path]]] = []
    for path in scenario_files():
        keys = {one.record.key for one in made(path)}
        for taken, paths in found:
            if not taken & keys:
                taken.update(keys)
                paths.append(path)
                break
        else:
            found.append((keys, [path]))
    return [paths for _, paths in found]


@pytest.fixture(scope="module")
def told() -> list[list[Made]]:
    """Give the records of every scenario, one list for each set-up."""
    return [[one for path in paths for one in made(path)] for paths in set_ups()]


def profiles() -> list[Profile]:
    """Give every version that a scenario is decided by."""
    return [packaged(name) for name in PROFILES]


# --- on a store -------------------------------------------------------------------


def entries(records: Sequence[Made]) -> Iterator[NewEntry]:
    """Decide records, one after the other, for a store that is empty."""
    decider = Decider(lambda _: ())
    for given, _ in records:
        record, decision = decider.decide(given)
        yield NewEntry(
            key=record.key,
            seq=decision["seq"],
            event_id=record.event.id,
            received_at=record.received_at,
            profile=record.rules.reference,
            sender=record.sender,
            contact_known=record.contact_known,
            event=record.event.raw,
            decision=decision,
            decision_bytes=orjson.dumps(decision),
        )


@pytest.mark.parametrize("number", range(2))
def test_a_store_has_the_same_decisions(
    store: Store, told: list[list[Made]], number: int
) -> None:
    """And what is kept beside them is enough to make them again."""
    records = told[number]
    for profile in profiles():
        store.add_profile(stored(profile))
    rows = list(entries(records))
    for start in range(0, len(rows), BATCH):
        store.append(rows[start : start + BATCH])

    assert [row.decision_bytes for row in store.log()] == [
        decision for _, decision in records
    ]
    assert_replays(store)


# --- on Kafka -----------------------------------------------------------------------


async def put_in(cluster: Cluster, records: Sequence[Made]) -> list[Place]:
    """Write records to the intake, with their receipts, as an import does."""
    await cluster.producer.send_all(
        [profile_record(cluster.connection, stored(one)) for one in profiles()]
    )
    places: list[Place] = []
    for start in range(0, len(records), BATCH):
        written = await cluster.producer.send_all(
            [
                cluster.intake(one, received_at=one.received_at)
                for one, _ in records[start : start + BATCH]
            ]
        )
        places += [(at.partition, at.offset) for at in written]
    return places


async def log_of(cluster: Cluster, count: int) -> dict[Place, bytes]:
    """Read the log until it has so many records."""
    found: dict[Place, bytes] = {}
    tail = Tail(cluster.connection, [cluster.connection.names.of(LOG)])
    await tail.start({})
    try:
        while len(found) < count:
            for partition, messages in (await tail.read(ENOUGH_S)).items():
                for message in messages:
                    position = orjson.loads(message.value)["position"]
                    assert (partition.partition, position) not in found
                    found[partition.partition, position] = message.value
    finally:
        await tail.stop()
    return found


async def decided(
    connection: Connection, folder: Path, records: Sequence[Made]
) -> list[bytes]:
    """Have records decided by a case worker; give what it wrote, in their order."""
    async with (
        joined(connection) as cluster,
        workers.case_worker(cluster, folder) as worker,
        at_work(worker) as crew,
    ):
        places = await put_in(cluster, records)
        log = await crew.until(log_of(cluster, len(places)))
    return [log[place] for place in places]


@pytest.mark.connected
@pytest.mark.parametrize("number", range(2))
def test_a_case_worker_has_the_same_decisions(
    kafka: Connection, tmp_path: Path, told: list[list[Made]], number: int
) -> None:
    """They stand in the log as a simulation prints them."""
    assert len(told) == 2
    records = told[number]
    make_topics(kafka, [], partitions=3)

    written = asyncio.run(decided(kafka, tmp_path, records))

    for value, (record, decision) in zip(written, records, strict=True):
        assert value.endswith(b',"decision":' + decision + b"}"), record.key
