"""
The runtimes that keep the contract, each as a home: the bus as its users have it.

What is submitted is decided and kept; what is due is decided; a version comes into
force; and a home that is opened again goes on where it was. Memory and SQLite decide
by a step on a store. Kafka does so by its workers, on a real broker.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Protocol

from coordinator.bootstrap import versions_of
from coordinator.protocol import Profile
from coordinator.runtime.activation import Activation, activate
from coordinator.runtime.embedded.poison import take_surely
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.migration import Migration, migrate
from coordinator.runtime.passing import passed
from coordinator.runtime.port import Store
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Outcome, Step, Submission
from tests.contract.stores import Shelf
from tests.contract.telling import EVERYBODY
from tests.kafka.running import Background, Running, running

__all__ = ["Home", "KafkaHome", "StepHome"]


class Home(Protocol):
    """What a test has of a runtime; instants are aware UTC, and given."""

    @property
    def store(self) -> Store:
        """What is kept, to be read; it holds all that was answered."""

    def take(self, submissions: Sequence[Submission], now: datetime) -> list[Outcome]:
        """Have submissions decided, in order, received at an instant; durable."""

    def sweep(self, now: datetime) -> None:
        """Have everything decided that is due by an instant."""

    def activate(self, profile: Profile, now: datetime) -> Activation:
        """Make a profile the active one."""

    def migrate(self, cases: Sequence[str], to: str, now: datetime) -> list[Migration]:
        """Move cases to a kept version."""

    def open(self, *, without_caches: bool = False) -> None:
        """Start, or start again; where there are caches, they may be lost."""

    def close(self) -> None:
        """Stop; what is kept stays."""


class StepHome:
    """A home in which one process decides, by a step on a shelf's store."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._opened: Step | None = None
        self.open()

    @property
    def store(self) -> Store:
        """Give the step's own store."""
        return self._store

    def take(self, submissions: Sequence[Submission], now: datetime) -> list[Outcome]:
        """Decide, in one transaction."""
        return take_surely(self._step(), self._store, submissions, now)

    def sweep(self, now: datetime) -> None:
        """Decide what is due until nothing is."""
        while due := passed(self._store, now):
            self._step().take(due, now)

    def activate(self, profile: Profile, now: datetime) -> Activation:
        """Make a profile the active one; a new home begins with one."""
        step = self._opened
        if step is None:
            reference, rules = profile.spec.reference, profile.rules
            step = Step(self._store, {reference: rules}, reference, EVERYBODY)
        activation = activate(step, self._store, profile, now)
        self._opened = step
        return activation

    def migrate(self, cases: Sequence[str], to: str, now: datetime) -> list[Migration]:
        """Move cases, in one transaction."""
        return migrate(self._step(), cases, to, now)

    def open(self, *, without_caches: bool = False) -> None:  # noqa: ARG002 - it has none
        """Put a new step on what is kept."""
        self._store = self._shelf.open()
        active = self._store.active_profile()
        versions = {name: one.rules for name, one in versions_of(self._store).items()}
        self._opened = (
            None if active is None else Step(self._store, versions, active, EVERYBODY)
        )

    def close(self) -> None:
        """Close the store."""
        self._shelf.close()

    def _step(self) -> Step:
        assert self._opened is not None, "no version is active yet"
        return self._opened


class KafkaHome:
    """
    A home on a cluster, with one worker of each kind.

    Its store is the timers' mirror of the log. Started again, the workers have been
    told to stop, and find their caches; or they are cancelled in whatever they do, and
    everything is read from the topics.

    Args:
        connection: A cluster with topics.
        folder: For the workers' caches.
    """

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._background = Background()
        self._running: tuple[Running, AsyncExitStack, Store] | None = None
        self.open()

    @property
    def store(self) -> Store:
        """Give a reader of the mirror."""
        return self._parts()[2]

    def take(self, submissions: Sequence[Submission], now: datetime) -> list[Outcome]:
        """Send them, each by its sender's outbox, and wait for what is decided."""
        return self._background.do(self._parts()[0].take(submissions, now))

    def sweep(self, now: datetime) -> None:
        """Move the timers' clock, and wait until nothing is due."""
        self._background.do(self._parts()[0].sweep(now))

    def activate(self, profile: Profile, now: datetime) -> Activation:
        """Make a profile the active one, and wait until ingress goes by it."""
        return self._background.do(self._parts()[0].activate(profile, now))

    def migrate(self, cases: Sequence[str], to: str, now: datetime) -> list[Migration]:
        """Move cases, as the operator does."""
        return self._background.do(self._parts()[0].migrate(cases, to, now))

    def open(self, *, without_caches: bool = False) -> None:
        """Start the workers; those that run are stopped, or cancelled, first."""
        self._stop(gently=not without_caches)
        if without_caches:
            rmtree(self._folder)
        stack = AsyncExitStack()
        bus = self._background.do(
            stack.enter_async_context(running(self._connection, self._folder))
        )
        self._running = bus, stack, SqliteStore(bus.path, read_only=True)

    def close(self) -> None:
        """Stop the workers."""
        self._stop(gently=True)
        self._background.close()

    def _parts(self) -> tuple[Running, AsyncExitStack, Store]:
        assert self._running is not None, "it did not start"
        return self._running

    def _stop(self, *, gently: bool) -> None:
        if self._running is None:
            return
        (bus, stack, store), self._running = self._running, None
        store.close()
        if not gently:
            self._background.do(bus.cancel())
        self._background.do(stack.aclose())
