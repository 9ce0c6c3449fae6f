"""
One case worker and two, each a process, on an intake of four partitions.

Workers have their partitions before the load comes, and sleep while it is written. What
is measured ends with the last decision in the log. The broker and
this process share the machine's processors with them.
"""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from os import cpu_count
from pathlib import Path
from time import perf_counter
from typing import Final

from aiokafka.structs import TopicPartition

from bench.figure import Companion, Figure
from bench.flow import STEPS, Batch, batches
from bench.kafka_cluster import SENT_AT_ONCE, activate, broker, intake, topics
from bench.kafka_processes import Process, running, worker
from bench.measuring import best_rates, fresh_folder
from bench.sizes import Sizes
from coordinator.runtime.kafka.cluster import joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.span import Span
from coordinator.topics import INTAKE, LOG

__all__ = ["scaling_on_kafka"]

_PARTITIONS: Final = 4
_WAITING: Final = 100
_LOOKS_S: Final = 0.02
_PATIENCE_S: Final = 300.0


def scaling_on_kafka(sizes: Sizes) -> list[Figure]:
    """Compare two case workers with one."""
    load = batches(sizes.kafka_cases, _WAITING)
    with broker() as there:
        best = best_rates(
            sizes.repeats,
            {
                "one": partial(_rate, there, load, 1),
                "two": partial(_rate, there, load, 2),
            },
        )
    return [
        Figure(
            f"Kafka: two case workers, {_PARTITIONS} partitions,"
            f" {sizes.kafka_cases:,} cases of {STEPS} events",
            best["two"],
            "events/s",
            Companion("one case worker", best["one"]),
            how=f"best of {sizes.repeats} in turn; the broker is on the same"
            f" {cpu_count()} processors",
        )
    ]


def _rate(there: Connection, load: Sequence[Batch], count: int) -> float:
    with fresh_folder() as folder:
        return asyncio.run(_decided(there, folder, load, count))


async def _decided(
    there: Connection, folder: Path, load: Sequence[Batch], count: int
) -> float:
    """Give the decisions a second of so many workers."""
    connection = topics(there, _PARTITIONS)
    await activate(connection, _PARTITIONS)
    workers = [worker("case", connection, folder) for _ in range(count)]
    with running(workers):
        # One that was ready before the next one came shares with it, and is again.
        for one in [*workers, *workers]:
            await one.ready()
        async with joined(connection) as cluster:
            written = intake(connection.names.of(INTAKE), _PARTITIONS, load)
            span = Span(connection)
            await span.start()
            try:
                with ExitStack() as stack:
                    for one in workers:
                        stack.enter_context(one.paused())
                    for start in range(0, len(written), SENT_AT_ONCE):
                        some = written[start : start + SENT_AT_ONCE]
                        await cluster.producer.send_all(some)
                begun = perf_counter()
                log = connection.names.of(LOG)
                await _until(span, log, len(written), workers)
                return len(written) / (perf_counter() - begun)
            finally:
                await span.stop()


async def _until(
    span: Span, log: str, records: int, workers: Sequence[Process]
) -> None:
    """Wait until the log has so many."""
    parts = [TopicPartition(log, number) for number in range(_PARTITIONS)]
    async with asyncio.timeout(_PATIENCE_S):
        while sum([await span.end(one) for one in parts]) < records:
            for one in workers:
                one.check()
            await asyncio.sleep(_LOOKS_S)
