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
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeVar

from coordinator import workers
from coordinator.protocol import Knows, Profile
from coordinator.runtime.activation import Activation, activations
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.kafka.activating import activate
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.desk import KafkaDesk
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.migrating import migrate
from coordinator.runtime.kafka.outgoing import Outgoing
from coordinator.runtime.migration import Migration
from coordinator.runtime.step import Outcome, Submission
from coordinator.topics import OUTBOX
from coordinator.workers import Worker
from tests.contract.telling import EVERYBODY

__all__ = [
    "ENOUGH_S",
    "Background",
    "Crew",
    "Running",
    "at_work",
    "running",
]

ENOUGH_S: Final = 60.0
"""For anything that a test waits for; it takes a second, on a busy machine a few."""

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class Crew:
    """Workers at work: what they bring about is waited for, as long as none fails."""

    def __init__(self, kinds: Sequence[Worker]) -> None:
        self._stop = asyncio.Event()
        beside = dict.fromkeys(part for worker in kinds for part in worker.beside)
        self._groups = [_task(worker.group.run(self._stop)) for worker in kinds]
        self._tasks = [*self._groups, *(_task(part()) for part in beside)]

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

    async def finish(self) -> None:
        """Have what is in hand finished and the groups left; what failed is raised."""
        self._stop.set()
        async with asyncio.timeout(ENOUGH_S):
            await asyncio.gather(*self._groups)

    async def cancel(self) -> None:
        """Cancel them, wherever they are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._groups, self._tasks = [], []


@asynccontextmanager
async def at_work(*kinds: Worker) -> AsyncIterator[Crew]:
    """Have workers of one cluster at work while the block runs; their parts, once."""
    crew = Crew(kinds)
    try:
        yield crew
        await crew.finish()
    finally:
        await crew.cancel()


class Running:
    """
    Workers at work, and what a test needs to have things decided by them.

    Attributes:
        cluster: What the workers have joined.
        mirror: The timers' own; its store is where outcomes are looked up.
        path: The mirror's file, for readers.
        clock: Says when what is submitted is received.
        sweeps: Says, to the timers alone, what is due; but for a sweep it stands at an
            instant long ago.
        desk: The operator's way in.
    """

    def __init__(self, cluster: Cluster, knows: Knows, folder: Path) -> None:
        self.cluster = cluster
        self.path = folder / "timers-0.sqlite"
        self.clock, self.sweeps = ManualClock(_LONG_AGO), ManualClock(_LONG_AGO)
        self._folder = folder
        self._gate = Gate(cluster.versions, knows)
        self._news = asyncio.Event()

    async def start(self, stack: AsyncExitStack) -> None:
        """Start the workers; they stop with the stack."""
        cluster, folder, gate = self.cluster, self._folder, self._gate
        parts = [
            workers.ingress_worker(cluster, folder, gate, self.clock, stamps=True),
            workers.case_worker(cluster, folder),
            workers.router_worker(cluster),
            workers.timers_worker(cluster, folder, self.sweeps, stamps=True),
        ]
        kinds = [await stack.enter_async_context(one) for one in parts]
        mirror = kinds[-1].mirror
        assert mirror is not None
        mirror.listen(lambda _, __: self._news.set())
        self.mirror = mirror
        self.desk = KafkaDesk(cluster, mirror, gate, self.clock, stamps=True)
        self._crew = await stack.enter_async_context(at_work(*kinds))
        await self.until(mirror.catch_up())

    async def until(self, what: Awaitable[T]) -> T:
        """Wait for something that the workers bring about."""
        return await self._crew.until(what)

    async def cancel(self) -> None:
        """Cancel the workers, wherever they are; nothing is done any more."""
        await self._crew.cancel()

    async def take(
        self, submissions: Sequence[Submission], now: datetime
    ) -> list[Outcome]:
        """
        Have submissions decided, in order; the mirror has what came of them.

        Those with a sender go through its outbox, the others in by the operator's
        desk. What one sender sends in a row is sent together; whoever comes next waits
        until that is decided, as there is no order between outboxes.
        """
        self.clock.set(now)
        outcomes: list[Outcome] = []
        for sender, some in groupby(submissions, lambda one: one.sender):
            if sender is not None:
                outcomes += await self.send(sender, [one.raw for one in some])
                continue
            told = await self.until(self.desk.submit_all(list(some)))
            outcomes += told
            if any(one.problem for one in told):
                # What the desk itself turns away is told before the mirror has it.
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
        store = self.mirror.store
        self.sweeps.set(now)
        await self.until(self._comes(lambda: not store.due(now, 1)))
        self.sweeps.set(_LONG_AGO)

    async def _comes(self, what: Callable[[], bool]) -> None:
        """Wait until something holds of what the mirror has."""
        while not what():
            self._news.clear()
            await self._news.wait()

    async def activate(self, profile: Profile, now: datetime) -> Activation:
        """Make a profile the active one; it is decided, and everybody here knows."""
        keys = [
            str(one.event.subject) for one in activations(profile, now) if one.event
        ]
        before = self._lengths(keys)
        activation = await activate(self.cluster, profile, now, stamps=True)
        await self.until(self.cluster.versions.some_active(activation.after))
        if activation.before != activation.after:
            after = [length + 1 for length in before]
            await self.until(self._comes(lambda: self._lengths(keys) == after))
        return activation

    def _lengths(self, keys: Sequence[str]) -> list[int]:
        return [len(self.mirror.store.history(key)) for key in keys]

    async def migrate(
        self, cases: Sequence[str], to: str, now: datetime
    ) -> list[Migration]:
        """Move cases to a kept version."""
        self.clock.set(now)
        store, rules = self.mirror.store, self.cluster.versions.rules
        moving = migrate(self.desk, store, rules, cases=cases, to=to, now=now)
        return await self.until(moving)


@asynccontextmanager
async def running(
    connection: Connection, folder: Path, *, knows: Knows = EVERYBODY
) -> AsyncIterator[Running]:
    """
    Run one worker of each kind while the block runs.

    Args:
        connection: A cluster with topics.
        folder: For their caches; what another run left there is gone on with.
        knows: The directory.
    """
    async with joined(connection) as cluster, AsyncExitStack() as stack:
        bus = Running(cluster, knows, folder)
        await bus.start(stack)
        yield bus


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
