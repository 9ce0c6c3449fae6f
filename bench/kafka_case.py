"""
The case worker under load: the intake decided, and written to the log.

One process, and in it the worker's own parts as `coordinator worker case` puts them
together: its group, its log, its cache on the disk. The intake is there beforehand.
What is measured ends with the acknowledgement of the last decision.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bench.figure import Companion, Figure, Goal
from bench.flow import STEPS, Batch, batches
from bench.kafka_cluster import SENT_AT_ONCE, activate, broker, intake, topics
from bench.kafka_peers import (
    AT_ONCE,
    Pace,
    bare_loop,
    faust_agent,
    without_kafka,
)
from bench.measuring import WrongRunError, best_rates, fresh_folder
from bench.sizes import Sizes
from coordinator import workers
from coordinator.runtime.collecting import collect_seldom
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.logged import read_log
from coordinator.runtime.kafka.tail import Tail
from coordinator.topics import INTAKE, LOG
from coordinator.workers import Worker

__all__ = ["deciding_on_kafka"]

_PARTITIONS: Final = 12
_WAITING: Final = 100
"""Cases whose events stand side by side in the intake."""
_LOOKS_S: Final = 0.002
_PATIENCE_S: Final = 300.0

Values = dict[tuple[int, int], bytes]


def deciding_on_kafka(sizes: Sizes) -> list[Figure]:
    """Compare a case worker with a bare loop, and with a plain Faust agent."""
    load = batches(sizes.kafka_cases, _WAITING)
    few = load[: -(-len(load) // sizes.agent_part)]
    values: Values = {}
    with broker() as there, fresh_folder() as folder:

        def ours(*, in_faust: bool = False) -> float:
            collect_seldom()  # as `coordinator worker` does
            rate, made = asyncio.run(_ours(there, folder, load, in_faust=in_faust))
            values.update(made)
            return rate

        best = best_rates(
            sizes.repeats,
            {
                "ours": ours,
                "in Faust": lambda: ours(in_faust=True),
                "bare": lambda: asyncio.run(_bare(there, load, values)),
                "agent": lambda: asyncio.run(_agent(there, few)),
                "no Kafka": lambda: without_kafka(
                    intake("intake", _PARTITIONS, load), _PARTITIONS
                ),
            },
        )
    name = f"Kafka: a case worker, {sizes.kafka_cases:,} cases of {STEPS} events"
    how = f"best of {sizes.repeats} in turn; {_count(load):,} events each"
    return [
        Figure(
            name,
            best["ours"],
            "events/s",
            Companion(
                f"a bare aiokafka loop, {AT_ONCE} a batch, values of the same bytes",
                best["bare"],
            ),
            Goal(0.5),
            how,
        ),
        Figure(
            name,
            best["ours"],
            "events/s",
            Companion(
                "a plain Faust agent that decides the same and awaits each delivery",
                best["agent"],
            ),
            Goal(3),
            f"{how}, {_count(few):,} for the agent",
        ),
        Figure(
            name,
            best["ours"],
            "events/s",
            Companion(
                "the same records read, decided and written down, without any Kafka",
                best["no Kafka"],
            ),
            how=how,
        ),
        Figure(
            f"{name}, hosted by Faust as in production",
            best["in Faust"],
            "events/s",
            Companion("the same, not hosted", best["ours"]),
            how=how,
        ),
    ]


async def _ours(
    there: Connection, folder: Path, load: Sequence[Batch], *, in_faust: bool
) -> tuple[float, Values]:
    """Give the decisions a second, and what the log has then."""
    events = _count(load)
    async with _filled(there, load) as cluster:
        home = folder / cluster.mark
        async with workers.case_worker(cluster, home) as worker:
            if in_faust:
                hosts = hosted(cluster.connection, "bench", lambda _: None)
                async with hosts:
                    rate = await _decide(worker, events)
            else:
                rate = await _decide(worker, events)
        return rate, await _values(cluster.connection, events)


async def _decide(worker: Worker, events: int) -> float:
    """Have a worker decide so many events."""
    pace, stop = Pace(), asyncio.Event()
    work = asyncio.create_task(worker.group.run(stop))
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while pace.done < events and not work.done():
                pace.at(worker.group.handled)
                await asyncio.sleep(_LOOKS_S)
    finally:
        stop.set()
        await work
    return pace.rate


async def _values(connection: Connection, events: int) -> Values:
    """Read what was decided, which is to be the acceptance of every event."""
    values: Values = {}
    tail = Tail(connection, [connection.names.of(LOG)])
    await tail.start({})
    try:
        while len(values) < events:
            for partition, messages in (await tail.read(1.0)).items():
                for message in messages:
                    logged = read_log(message.value)
                    if logged.decision["verdict"] != "accepted":
                        raise WrongRunError(str(logged.decision["detail"]))
                    place = partition.partition, logged.position
                    values[place] = message.value
    finally:
        await tail.stop()
    return values


async def _bare(there: Connection, load: Sequence[Batch], values: Values) -> float:
    async with _filled(there, load) as cluster:
        return await bare_loop(cluster.connection, _ends(cluster), values)


async def _agent(there: Connection, load: Sequence[Batch]) -> float:
    async with _filled(there, load) as cluster:
        return await faust_agent(
            cluster.connection, _ends(cluster), cluster.partitions, _count(load)
        )


@asynccontextmanager
async def _filled(there: Connection, load: Sequence[Batch]) -> AsyncIterator[Cluster]:
    """Make topics of which the intake holds a load; nobody has read it yet."""
    connection = topics(there, _PARTITIONS)
    await activate(connection, _PARTITIONS)
    async with joined(connection) as cluster:
        written = intake(_ends(cluster)[0], _PARTITIONS, load)
        for start in range(0, len(written), SENT_AT_ONCE):
            await cluster.producer.send_all(written[start : start + SENT_AT_ONCE])
        yield cluster


def _ends(cluster: Cluster) -> tuple[str, str]:
    names = cluster.connection.names
    return names.of(INTAKE), names.of(LOG)


def _count(load: Sequence[Batch]) -> int:
    return sum(len(batch.raws) for batch in load)
