"""
The workers of a bus on Kafka, in one process and one event loop, for tests.

    outboxes ─▶ ingress ─▶ case ─▶ log ─▶ router, timers, and the test itself

They are the real ones, each with its groups, caches and readers; what they share is
the event loop and the connection that writes. Receipts are stamped by a clock that
the test moves, and deadlines pass by another one, so that it is said and not left to
chance which of two things that are due is decided first.

Nothing here waits for a time to pass: what is waited for is an outcome, and a worker
that fails meanwhile, or an outcome that does not come, fails the test.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeVar

from coordinator import workers
from coordinator.protocol import Knows, Profile
from coordinator.runtime.activation import Activation
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.kafka.activating import activate
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.desk import KafkaDesk
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.mirror import Mirror
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.migration import (
    Migration,
    decided,
    foreseen,
    submissions_of,
)
from coordinator.runtime.step import Outcome, Submission, state_of
from coordinator.topics import OUTBOX
from coordinator.workers import Worker

__all__ = ["ENOUGH_S", "EVERYBODY", "Background", "Running", "running"]

ENOUGH_S: Final = 60.0
"""For anything that a test waits for; it takes a second, on a busy machine a few."""

EVERYBODY: Final = Knows(
    agency=lambda _: True, contact=lambda _: True, public_key=lambda _: None
)
"""A directory with everybody in it, and nobody's key."""

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class Running:
    """
    Workers at work, and what a test needs to have things decided by them.

    Attributes:
        cluster: What the workers have joined.
        mirror: The timers' own; its store is where outcomes are looked up.
        desk: The operator's way in.
        clock: Says when what is submitted is received.
        sweeps: Says, to the timers alone, what is due.
    """

    def __init__(
        self, cluster: Cluster, mirror: Mirror, desk: KafkaDesk, clock: ManualClock
    ) -> None:
        self.cluster = cluster
        self.mirror = mirror
        self.desk = desk
        self.clock = clock
        self.sweeps = ManualClock(_LONG_AGO)
        self._tasks: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()
        mirror.listen(lambda _, __: self._news.set())

    async def until(self, what: Awaitable[T]) -> T:
        """Wait for something that the workers bring about."""
        waiting = asyncio.ensure_future(what)
        try:
            async with asyncio.timeout(ENOUGH_S):
                await asyncio.wait(
                    {waiting, *self._tasks}, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            if not waiting.done():
                waiting.cancel()
                for task in self._tasks:
                    if task.done():
                        task.result()  # what it failed with fails the test
        return waiting.result()

    async def take(
        self, submissions: Sequence[Submission], now: datetime
    ) -> list[Outcome]:
        """
        Have submissions decided, in order, and the mirror brought up to date.

        Those with a sender go through its outbox, the others in by the operator's
        desk. What one sender sends in a row is sent together; whoever comes next waits
        until that is decided, as there is no order between outboxes.
        """
        self.clock.set(now)
        outcomes: list[Outcome] = []
        for sender, some in groupby(submissions, lambda one: one.sender):
            if sender is None:
                outcomes += await self.until(self.desk.submit_all(list(some)))
            else:
                outcomes += await self.send(sender, [one.raw for one in some])
        await self.until(self.mirror.catch_up())
        return outcomes

    async def send(self, agency: str, events: Sequence[bytes]) -> list[Outcome]:
        """Send events through an agency's outbox, and wait for what becomes of them."""
        outbox = self.cluster.connection.names.of(OUTBOX, agency)
        written = await self.cluster.producer.send_all(
            [Outgoing(outbox, 0, None, event) for event in events]
        )
        return [
            await self.until(self.mirror.outcome((outbox, 0, at.offset)))
            for at in written
        ]

    async def sweep(self, now: datetime) -> None:
        """Move the timers' clock, and wait until nothing is due by it any more."""
        await self.until(self.mirror.catch_up())
        self.sweeps.set(now)
        await self.until(self._swept(now))

    async def _swept(self, now: datetime) -> None:
        while self.mirror.store.due(now, 1):
            self._news.clear()
            await self._news.wait()

    async def activate(self, profile: Profile, now: datetime) -> Activation:
        """Make a profile the active one, and wait until everybody here knows."""
        activation = await activate(self.cluster, profile, now, stamps=True)
        await self.until(self.cluster.versions.some_active(activation.after))
        return activation

    async def migrate(
        self, cases: Sequence[str], to: str, now: datetime
    ) -> list[Migration]:
        """Move cases to a kept version, as `clusters.migrate` does."""
        self.clock.set(now)
        rules = self.cluster.versions.rules
        moves = [
            foreseen(state_of(self.mirror.store, case, rules), rules[to])
            for case in dict.fromkeys(cases)
        ]
        outcomes = await self.until(self.desk.submit_all(submissions_of(moves, now)))
        return decided(moves, outcomes)

    def at_work(self, tasks: Sequence["asyncio.Task[None]"]) -> None:
        """Know whose failing is to be told."""
        self._tasks += tasks


@asynccontextmanager
async def running(
    connection: Connection,
    folder: Path,
    *,
    knows: Knows = EVERYBODY,
    gently: bool = True,
) -> AsyncIterator[Running]:
    """
    Run one worker of each kind while the block runs.

    Args:
        connection: A cluster with topics.
        folder: For their caches; what another run left there is gone on with.
        knows: The directory.
        gently: At the end what is in hand is finished; else the workers are cancelled
            wherever they are.
    """
    clock, sweeps = ManualClock(_LONG_AGO), ManualClock(_LONG_AGO)
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(joined(connection))
        gate = Gate(cluster.versions, knows)
        parts = [
            workers.ingress_worker(cluster, folder, gate, clock, stamps=True),
            workers.case_worker(cluster, folder),
            workers.router_worker(cluster),
            workers.timers_worker(cluster, folder, sweeps, stamps=True),
        ]
        kinds = [await stack.enter_async_context(one) for one in parts]
        mirror = kinds[-1].mirror
        assert mirror is not None
        desk = KafkaDesk(cluster, mirror, gate, clock, stamps=True)
        bus = Running(cluster, mirror, desk, clock)
        bus.sweeps = sweeps
        async with _at_work(cluster, kinds, gently=gently) as tasks:
            bus.at_work(tasks)
            yield bus


@asynccontextmanager
async def _at_work(
    cluster: Cluster, kinds: Sequence[Worker], *, gently: bool
) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Run workers' parts; what they share is run once."""
    stop = asyncio.Event()
    beside = dict.fromkeys(part for worker in kinds for part in worker.beside)
    groups = [_task(worker.group.run(stop)) for worker in kinds]
    others = [_task(part()) for part in beside]
    try:
        yield [*groups, *others]
        if gently:
            stop.set()
            async with asyncio.timeout(ENOUGH_S):
                await asyncio.gather(*groups)
    finally:
        for task in (*groups, *others):
            task.cancel()
        await asyncio.gather(*groups, *others, return_exceptions=True)


def _task(part: Awaitable[None]) -> "asyncio.Task[None]":
    async def go_on() -> None:
        await part

    return asyncio.create_task(go_on())


class Background:
    """An event loop on a thread of its own, for tests that are not in one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Have something done there, and give what comes of it."""
        done = asyncio.run_coroutine_threadsafe(what, self._loop)
        return done.result(2 * ENOUGH_S)

    def close(self) -> None:
        """End it; what it ran is done with."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENOUGH_S)
        self._loop.close()
