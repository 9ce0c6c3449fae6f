"""
A case worker that is started again, with very many cases behind it.

The log holds the first events of every case. Its records are those of one case, really
decided, with another case's reference and ids in their place: they fold into the states
that they would have been. What is measured runs from starting the process to the first
new decision in the log, which is one on a case of old and has to accept the event.
"""

import asyncio
import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

from bench.figure import Companion, Figure, Goal
from bench.flow import BEGINNING, STEPS, case
from bench.home import EVERYBODY, profile
from bench.kafka_cluster import activate, broker, topics
from bench.kafka_processes import worker
from bench.measuring import WrongRunError, fresh_folder
from bench.sizes import Sizes
from coordinator.events import (
    SOURCE_PREFIX,
    decode,
    made_id,
    mint_case_reference,
)
from coordinator.protocol import Admission, Record
from coordinator.runtime.deciding import Decider
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.logged import read_log, to_log
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.kafka.tail import Tail
from coordinator.topics import INTAKE, LOG, partition_for

__all__ = ["restarting_on_kafka"]

_PARTITIONS: Final = 12
_AT_ONCE: Final = 1_000
"""Records that are written beforehand as one batch."""
_POSITION: Final = b'{"position":0,'
_READS_S: Final = 0.5
_PATIENCE_S: Final = 600.0


class _Template(NamedTuple):
    """A case's records: intake and log, with what stands for the case in them."""

    intake: list[bytes]
    log: list[bytes]
    names: list[bytes]
    """The reference, and each event's id."""


def restarting_on_kafka(sizes: Sizes) -> list[Figure]:
    """Measure a start without a cache, with one, and after the process was killed."""
    with broker() as there, fresh_folder() as folder:
        bare, cached, killed = asyncio.run(_starts(sizes, there, folder))
    name = (
        f"Kafka: a case worker with {sizes.restart_cases:,} cases of"
        f" {sizes.restart_events} events, from its start to its first decision, "
    )
    how = "one start of the process, on a log that is there"
    return [
        Figure(
            f"{name}without a cache",
            bare,
            "s",
            goal=Goal(60, of="value", at_least=False),
            how=how,
        ),
        Figure(
            f"{name}from its cache",
            cached,
            "s",
            Companion("the same without a cache", bare),
            Goal(10, of="value", at_least=False),
            f"{how}; the last one had ended in order",
        ),
        Figure(
            f"{name}from its cache, after a kill",
            killed,
            "s",
            Companion("the same after one that had ended in order", cached),
            how=f"{how}; the group waits for the last one to be silent long enough",
        ),
    ]


async def _starts(
    sizes: Sizes, there: Connection, folder: Path
) -> tuple[float, float, float]:
    connection = topics(there, _PARTITIONS)
    await activate(connection, _PARTITIONS)
    async with joined(connection) as cluster:
        made = _template(sizes.restart_events)
        await _fill(cluster, made, sizes.restart_cases)
        seconds = []
        for number, ends in enumerate((signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)):
            seconds.append(await _start(cluster, folder, made, number, ends))
    bare, cached, killed = seconds
    return bare, cached, killed


async def _start(
    cluster: Cluster, home: Path, made: _Template, number: int, ends: signal.Signals
) -> float:
    """Start a worker, and give the seconds until it has decided on a case of old."""
    connection = cluster.connection
    tail = Tail(connection, [connection.names.of(LOG)])
    await tail.start_at_end()
    try:
        raw = _renamed(case(0)[len(made.intake)], made.names, _names_of(number))
        await cluster.producer.send_all([_written(cluster, raw)])
        process = worker("case", connection, home)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not (taken := await tail.read(_READS_S)):
                    process.check()
            seconds = perf_counter() - process.begun
        finally:
            process.end(ends)
    finally:
        await tail.stop()
    ((message,),) = taken.values()
    decision = read_log(message.value).decision
    if (decision["verdict"], decision["seq"]) != ("accepted", len(made.log) + 1):
        message = f"the new event was {decision['verdict']}: {decision['detail']}"
        raise WrongRunError(message)
    return seconds


async def _fill(cluster: Cluster, made: _Template, cases: int) -> None:
    """Write intake and log, as if so many cases had been told."""
    names = cluster.connection.names
    waiting: dict[int, list[tuple[bytes, bytes, bytes]]] = {}
    ends = dict.fromkeys(range(cluster.partitions), 0)

    async def write(partition: int) -> None:
        some = waiting.pop(partition)
        for topic, place in ((INTAKE, 1), (LOG, 2)):
            await cluster.producer.send_in_one(
                [
                    Outgoing(names.of(topic), partition, one[0], one[place])
                    for one in some
                ]
            )

    for number in range(cases):
        own = _names_of(number)
        partition = partition_for(own[0].decode(), cluster.partitions)
        some = waiting.setdefault(partition, [])
        for raw, logged in zip(made.intake, made.log, strict=True):
            value = _renamed(logged, made.names, own)
            position = b'{"position":%d,' % ends[partition]
            some.append(
                (
                    own[0],
                    _renamed(raw, made.names, own),
                    value.replace(_POSITION, position, 1),
                )
            )
            ends[partition] += 1
        if len(some) >= _AT_ONCE:
            await write(partition)
    for partition in list(waiting):
        await write(partition)


def _template(events: int) -> _Template:
    """Decide the first events of a case."""
    admission = Admission(
        profile().rules, EVERYBODY, require_signatures=False, plans=frozenset()
    )
    decider = Decider(lambda _: ())
    raws, log = case(0)[:events], []
    for step, raw in enumerate(raws):
        at = BEGINNING + timedelta(seconds=step + 1)
        given = admission.admit(decode(raw), sender=None, at=at, earlier=None)
        if not isinstance(given, Record):
            raise WrongRunError(given.detail)
        record, decision = decider.decide(given)
        log.append(to_log(record, decision, at=at, position=0, origin=None))
    return _Template(raws, log, _names_of(0))


def _written(cluster: Cluster, raw: bytes) -> Outgoing:
    """Write a case's next event for the intake."""
    event = decode(raw)
    at = BEGINNING + timedelta(seconds=STEPS)
    record = Record(str(event.subject), at, profile().rules, event)
    return cluster.intake(record, received_at=at)


def _names_of(number: int) -> list[bytes]:
    """Give a case's reference, and the ids of its events."""
    ids = [made_id("bench", number, step) for step in range(STEPS)]
    reference = mint_case_reference(f"{SOURCE_PREFIX}customs", ids[0])
    return [one.encode() for one in (reference, *ids)]


def _renamed(value: bytes, names: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """Put another case's names in the place of one's."""
    for name, other in zip(names, others, strict=True):
        value = value.replace(name, other)
    return value
