"""
A worker as a process: hosted, watched, and told to stop.

    joined ─▶ its parts ─▶ a Faust app that hosts them ─▶ /live /ready /metrics
                                                      └▶ stalls are noticed

It ends by itself, with an error, where the cluster is lost, where records wait and none
is done, and where our own code fails: whoever supervises it starts it again, and it
goes on where the topics say.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from importlib.metadata import version
from typing import Final

from coordinator import workers
from coordinator.connecting import connection_of
from coordinator.files import knows_of, read_directory
from coordinator.runtime.channel import Channel
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.collecting import collect_seldom
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.health import serving
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.metrics import follow, introduce
from coordinator.runtime.kafka.progress import Progress, watch
from coordinator.settings import Settings
from coordinator.topics import Role
from coordinator.workers import Worker

__all__ = ["KINDS", "work"]

_PACKAGE: Final = "item23-coordinator"
# For what is in hand to be finished.
_FINISHES_S: Final = 30.0

KINDS: Final = (Role.INGRESS, Role.CASE, Role.ROUTER, Role.TIMERS, Role.NOTIFIER)
"""What kinds of worker there are, besides agencies' own."""


async def work(
    settings: Settings, kind: Role, channel: Channel, stop: asyncio.Event
) -> None:
    """
    Work until told to stop; then what is in hand is finished.

    Args:
        settings: Which cluster, home and directory.
        kind: One of `KINDS`.
        channel: Where a notifier's pages go.
        stop: Set when it is to end.

    Raises:
        OperatorError, TransientError: It cannot go on; started again, it may.
    """
    connection = connection_of(settings)
    introduce(kind, version=version(_PACKAGE))
    async with (
        joined(connection) as cluster,
        _made(settings, kind, cluster, channel) as worker,
        serving(settings.metrics_host, settings.metrics_port, worker.checks),
    ):
        follow(
            worker.topic.name,
            behind=worker.group.behind,
            partitions=lambda: len(worker.group.partitions()),
        )
        progress = Progress(f"worker {kind}", settings.stall_s)
        collect_seldom()
        ended = asyncio.Event()
        async with hosted(
            connection,
            f"{connection.names.group(kind)}.host",
            lambda _: None,
            *worker.beside,
            partial(_as_member, worker, stop, ended),
            partial(watch, progress, worker.place),
        ) as host:
            await _until(stop, host.broken)
            async with asyncio.timeout(_FINISHES_S):
                await ended.wait()


async def _as_member(worker: Worker, stop: asyncio.Event, ended: asyncio.Event) -> None:
    await worker.run(stop)
    ended.set()


async def _until(stop: asyncio.Event, broken: Callable[[], object]) -> None:
    """Wait to be told to stop, or for the host to break, which is raised."""
    stopping = asyncio.ensure_future(stop.wait())
    breaking = asyncio.ensure_future(broken())  # type: ignore[call-overload]
    try:
        await asyncio.wait({stopping, breaking}, return_when=asyncio.FIRST_COMPLETED)
        if breaking.done():
            breaking.result()
    finally:
        stopping.cancel()
        breaking.cancel()


def _made(
    settings: Settings, kind: Role, cluster: Cluster, channel: Channel
) -> AbstractAsyncContextManager[Worker]:
    home, clock = settings.home / "cache" / cluster.mark, SystemClock()
    match kind:
        case Role.INGRESS:
            gate = Gate(
                cluster.versions,
                knows_of(read_directory(settings.contacts)),
                require_signatures=settings.require_signatures,
            )
            return workers.ingress_worker(cluster, home, gate, clock)
        case Role.CASE:
            return workers.case_worker(cluster, home)
        case Role.ROUTER:
            return workers.router_worker(cluster)
        case Role.TIMERS:
            return workers.timers_worker(cluster, home, clock)
        case Role.NOTIFIER:
            return workers.notifier_worker(cluster, home, clock, channel)
        case _:
            message = f"{kind}: no such worker; there are {', '.join(KINDS)}"
            raise ValueError(message)
