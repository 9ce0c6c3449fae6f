"""
The processes of the runtime on Kafka, each put together from its parts.

    ingress   outboxes ─▶ intake          timers    what is due ─▶ intake
    case      intake   ─▶ log             notifier  pages ─▶ a channel ─▶ intake
    router    log      ─▶ inboxes

More of them may be started at any time, on any machine: what there is to do is shared
out by partitions. What they keep on disk they can lose.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from coordinator.agents.case import CaseAgent
from coordinator.agents.ingress import IngressAgent
from coordinator.agents.notifier import Notifier
from coordinator.agents.router import Router
from coordinator.agents.timers import Sweeper
from coordinator.runtime.alarm import alarm_of
from coordinator.runtime.channel import Channel
from coordinator.runtime.clock import Clock
from coordinator.runtime.kafka import caselog, mirror, seen
from coordinator.runtime.kafka.cache import Cache, claimed
from coordinator.runtime.kafka.caselog import CaseLog
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.desk import KafkaDesk
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.group import Group
from coordinator.runtime.kafka.health import Check
from coordinator.runtime.kafka.metrics import LATENESS, OVERDUE, PAGES
from coordinator.runtime.kafka.mirror import Mirror
from coordinator.runtime.kafka.overdue import Overdue
from coordinator.runtime.kafka.part import OwnPart
from coordinator.runtime.kafka.progress import Place
from coordinator.runtime.kafka.seen import Seen
from coordinator.runtime.kafka.share import Share
from coordinator.runtime.kafka.sorting import Sorter
from coordinator.runtime.kafka.span import Span
from coordinator.runtime.kafka.versions import Versions
from coordinator.runtime.port import PageItem
from coordinator.topics import INTAKE, LOG, OUTBOX, Role, Topic, partition_for

__all__ = [
    "Worker",
    "case_worker",
    "ingress_worker",
    "notifier_worker",
    "router_worker",
    "timers_worker",
]

Going = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, eq=False)
class Worker:
    """
    A process's parts.

    Attributes:
        topic: What it reads, by the name in the table.
        versions: Those of the cluster.
        group: Its part in its consumer group.
        beside: What else goes on, until it is cancelled.
        checks: Whether it is at work, part by part.
        mirror: What it has of the log, if it has all of it.
    """

    topic: Topic
    versions: Versions
    group: Group
    beside: Sequence[Going]
    checks: Mapping[str, Check]
    mirror: Mirror | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """
        Work until told to stop; what goes on beside must be running.

        It begins once a version of the protocol is active: before that, what stands in
        the topics may be half of an archive that is just being brought in.
        """
        active = asyncio.ensure_future(self.versions.some_active())
        told = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((active, told), return_when=asyncio.FIRST_COMPLETED)
        finally:
            active.cancel()
            told.cancel()
        if not stop.is_set():
            await self.group.run(stop)

    async def place(self) -> Place:
        """Say where it stands."""
        return Place(self.group.handled, await self.group.unread())


@asynccontextmanager
async def ingress_worker(
    cluster: Cluster, home: Path, gate: Gate, clock: Clock, *, stamps: bool = False
) -> AsyncIterator[Worker]:
    """Let agencies' events in; `stamps` and `clock` as `Sorter` has them."""
    names = cluster.connection.names
    async with AsyncExitStack() as stack:
        path = stack.enter_context(claimed(home, "ingress"))
        cache = Cache(path, cluster.mark, seen.TABLES)
        stack.callback(cache.close)
        before = Seen(cluster.connection, cache)
        await before.start()
        stack.push_async_callback(before.stop)
        sorter = Sorter(cluster, gate, clock, stamps=stamps)
        agent = IngressAgent(cluster, before, sorter)
        group = Group(
            cluster.connection,
            names.group(Role.INGRESS),
            names.pattern(OUTBOX),
            agent,
        )
        yield _worker(cluster, OUTBOX, group, before.run)


@asynccontextmanager
async def case_worker(cluster: Cluster, home: Path) -> AsyncIterator[Worker]:
    """Decide."""
    names = cluster.connection.names
    async with AsyncExitStack() as stack:
        path = stack.enter_context(claimed(home, "case"))
        cache = Cache(path, cluster.mark, caselog.TABLES)
        stack.callback(cache.close)
        span = Span(cluster.connection)
        await span.start()
        stack.push_async_callback(span.stop)
        agent = CaseAgent(cluster, CaseLog(cluster, cache, span))
        group = Group(
            cluster.connection, names.group(Role.CASE), [names.of(INTAKE)], agent
        )
        yield _worker(cluster, INTAKE, group)


@asynccontextmanager
async def router_worker(cluster: Cluster) -> AsyncIterator[Worker]:
    """Tell what was decided."""
    names = cluster.connection.names
    group = Group(
        cluster.connection,
        names.group(Role.ROUTER),
        [names.of(LOG)],
        Router(cluster),
    )
    yield _worker(cluster, LOG, group)


@asynccontextmanager
async def timers_worker(
    cluster: Cluster, home: Path, clock: Clock, *, stamps: bool = False
) -> AsyncIterator[Worker]:
    """See to it that no deadline passes unnoticed."""
    async with _standby(cluster, home, Role.TIMERS, clock, stamps=stamps) as standby:
        alarm = alarm_of(clock)
        sweeper = Sweeper(standby.desk, standby.part, clock, alarm, _late)
        standby.share.tell(alarm.wake)
        overdue = Overdue(standby.copy.store, standby.desk)
        OVERDUE.set_function(lambda: overdue.count(clock.now()))
        try:
            yield standby.worker(sweeper.run, overdue.run)
        finally:
            alarm.close()


@asynccontextmanager
async def notifier_worker(
    cluster: Cluster, home: Path, clock: Clock, channel: Channel
) -> AsyncIterator[Worker]:
    """Hand pages over."""
    async with _standby(cluster, home, Role.NOTIFIER, clock) as standby:
        notifier = Notifier(standby.desk, standby.part, clock, _Counted(channel))
        standby.share.tell(notifier.wake)
        yield standby.worker(notifier.run)


def _late(by: timedelta) -> None:
    LATENESS.observe(by.total_seconds())


@dataclass(frozen=True, slots=True)
class _Counted:
    """A channel, with what becomes of pages counted."""

    channel: Channel

    @property
    def name(self) -> str:
        return self.channel.name

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        outcome = self.channel.deliver(page)
        PAGES.labels(outcome).inc()
        return outcome


@dataclass(frozen=True, slots=True, eq=False)
class _Standby:
    """A mirror of everything, and the part of it that this process acts for."""

    cluster: Cluster
    copy: Mirror
    desk: KafkaDesk
    part: OwnPart
    share: Share
    group: Group

    def worker(self, act: Going, *beside: Going) -> Worker:
        ready = asyncio.Event()

        async def when_ready() -> None:
            await self.cluster.versions.some_active()
            await self.copy.catch_up()
            ready.set()
            await asyncio.gather(act(), *[one() for one in beside])

        worker = _worker(self.cluster, LOG, self.group, self.copy.run, when_ready)
        checks = {**worker.checks, "mirror": ready.is_set}
        return replace(worker, checks=checks, mirror=self.copy)


@asynccontextmanager
async def _standby(
    cluster: Cluster,
    home: Path,
    role: Role,
    clock: Clock,
    *,
    stamps: bool = False,
) -> AsyncIterator[_Standby]:
    names = cluster.connection.names
    log = names.of(LOG)
    async with AsyncExitStack() as stack:
        path = stack.enter_context(claimed(home, role.value))
        store = mirror.opened(path, cluster.mark)
        stack.callback(store.close)
        copy = Mirror(cluster.connection, cluster.versions, store)
        await copy.start()
        stack.push_async_callback(copy.stop)
        share = Share()
        group = Group(cluster.connection, names.group(role), [log], share)

        def owns(key: str) -> bool:
            return share.has(partition_for(key, cluster.partitions))

        desk = KafkaDesk(cluster, copy, None, clock, stamps=stamps)
        part = OwnPart(store, store, owns)
        yield _Standby(cluster, copy, desk, part, share, group)


def _worker(cluster: Cluster, topic: Topic, group: Group, *beside: Going) -> Worker:
    versions = cluster.versions
    return Worker(
        topic,
        versions,
        group,
        [versions.run, *beside],
        {
            "an active protocol": lambda: versions.active is not None,
            "its partitions": group.is_at_work,
        },
    )
