"""
The composition root: the only module that knows every adapter.

It opens a home and puts the parts together. The command line asks for one of three
things: a store to read, the right to decide, or to have something done by whoever
holds that right.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import orjson

from coordinator.agents.notifier import Notifier
from coordinator.agents.timers import Sweeper
from coordinator.contacts import Directory
from coordinator.events import OperatorError
from coordinator.files import knows_of, named_profile, read_directory
from coordinator.protocol import Profile, profile_from_value
from coordinator.runtime.activation import Activation
from coordinator.runtime.activation import activate as activate_by
from coordinator.runtime.alarm import Alarm, alarm_of
from coordinator.runtime.channel import Channel
from coordinator.runtime.clock import Clock, SystemClock
from coordinator.runtime.collecting import collect_seldom
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.embedded.door import open_door
from coordinator.runtime.embedded.knock import (
    DoorBrokenError,
    ask_to_activate,
    ask_to_migrate,
    send,
)
from coordinator.runtime.embedded.lock import HomeBusyError, hold
from coordinator.runtime.embedded.poison import take_surely
from coordinator.runtime.memory.store import MemoryStore
from coordinator.runtime.migration import Migration
from coordinator.runtime.migration import migrate as migrate_by
from coordinator.runtime.port import Store, StoreError
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Listener, Outcome, Step, Submission
from coordinator.settings import Settings
from coordinator.topics.records import Receipt

__all__ = [
    "Desk",
    "Running",
    "activate",
    "answered",
    "clock_of",
    "compose",
    "database_of",
    "deciding",
    "empty_demo_home",
    "knows_of",
    "migrate",
    "named_profile",
    "read_directory",
    "reading",
    "serve",
    "submit",
    "versions_of",
]

_DATABASE = "bus.sqlite"
_KAFKA = "kafka"
_DEMO = "demo"

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """
    Everything that deciding for a home takes; its holder is the only writer.

    `profile` is the active one at opening; `first` the activation that began a new
    home.
    """

    home: Path
    store: Store
    step: Step
    clock: Clock
    directory: Directory
    profile: Profile
    first: Activation | None


# --- a home --------------------------------------------------------------------------


@contextmanager
def reading(settings: Settings) -> Iterator[Store]:
    """Open a home's store to read, or a cluster's mirror; a writer may be running."""
    if settings.runtime == _KAFKA:
        with _clusters().mirrored(settings) as mirror:
            yield mirror
        return
    store = SqliteStore(settings.home / _DATABASE, read_only=True)
    try:
        yield store
    finally:
        store.close()


def database_of(home: Path) -> Path:
    """Name the file that a home's store is in."""
    return home / _DATABASE


def versions_of(store: Store) -> Mapping[str, Profile]:
    """Give every protocol version that a home keeps, by its reference."""
    return {
        kept.reference: profile_from_value(orjson.loads(kept.value))
        for kept in store.profiles()
    }


def clock_of(settings: Settings) -> Clock:
    """Give a home's clock: the machine's, or a demo's own."""
    if settings.runtime == _KAFKA or not (settings.home / _DATABASE).exists():
        return SystemClock()
    try:
        with reading(settings) as store:
            return SystemClock(offset_ms=store.clock_offset())
    except StoreError:
        # Another process is just making it; damage is told by whoever opens it next.
        return SystemClock()


@contextmanager
def deciding(
    settings: Settings, *, clock: Clock | None = None, wait_s: float = 10.0
) -> Iterator[Desk]:
    """
    Take the right to decide for a home, and open it; a new home is made.

    Args:
        settings: Which home, directory and, for a new home, which profile.
        clock: Instead of the home's own.
        wait_s: How long to wait for another process that decides; seconds.

    Raises:
        HomeBusyError: Another process still decides for this home.
        OperatorError: The profile, the directory or the store is wrong.
        StoreFault: The store cannot be written.
    """
    directory = read_directory(settings.contacts)
    with hold(settings.home, wait_s):
        store = SqliteStore(settings.home / _DATABASE)
        try:
            clock = clock or SystemClock(offset_ms=store.clock_offset())
            desk = _desk(settings, store, clock, directory)
            collect_seldom()
            yield desk
        finally:
            store.close()


def _desk(settings: Settings, store: Store, clock: Clock, directory: Directory) -> Desk:
    versions = dict(versions_of(store))
    active, new = store.active_profile(), None
    if active is None:
        new = named_profile(settings.profile)
        active = new.spec.reference
        versions[active] = new
    step = Step(
        store,
        {reference: profile.rules for reference, profile in versions.items()},
        active,
        knows_of(directory),
        require_signatures=settings.require_signatures,
    )
    first = None if new is None else activate_by(step, store, new, clock.now())
    return Desk(settings.home, store, step, clock, directory, versions[active], first)


# --- a running bus -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """A home's bus and the agents on it, in one event loop."""

    desk: Desk
    clock: Clock
    bus: Bus
    alarm: Alarm
    sweeper: Sweeper
    notifier: Notifier


@contextmanager
def compose(
    desk: Desk, clock: Clock, channel: Channel, listener: Listener
) -> Iterator[Running]:
    """
    Put a bus and its agents together, in the event loop that will run them.

    Args:
        desk: The right to decide, and the store.
        clock: The time that the bus keeps; a demo moves its own by hand.
        channel: Where pages go.
        listener: Told of each transaction once it is durable.
    """
    bus = Bus(desk.step, desk.store, clock)
    bus.listen(listener)
    alarm = alarm_of(clock)
    sweeper = Sweeper(bus, desk.store, clock, alarm)
    notifier = Notifier(bus, desk.store, clock, channel)
    try:
        yield Running(desk, clock, bus, alarm, sweeper, notifier)
    finally:
        alarm.close()


async def serve(running: Running, stop: asyncio.Event) -> None:
    """
    Let others in, take deadlines and hand pages over, until told to stop.

    Raises:
        StoreFault, StoreError: The store cannot keep any more.
    """
    async with open_door(running.desk.home, running.bus):
        work = {
            asyncio.create_task(running.sweeper.run()),
            asyncio.create_task(running.notifier.run()),
            asyncio.create_task(running.bus.broken()),
        }
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait(
                {*work, stopping}, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*work, stopping):
                task.cancel()
            await asyncio.gather(*work, stopping, return_exceptions=True)


def empty_demo_home(home: Path) -> None:
    """
    Make a demo's home afresh.

    Raises:
        HomeBusyError: A demo still runs there.
        OperatorError: The folder holds something that no demo put there.
    """
    marker = home / _DEMO
    if home.is_dir() and any(home.iterdir()) and not marker.exists():
        message = f"{home}: not a demo's home, so it is left alone; name another --home"
        raise OperatorError(message)
    with hold(home):
        marker.touch()
        for name in (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm"):
            (home / name).unlink(missing_ok=True)


# --- having something done by whoever decides ----------------------------------------


def answered(
    settings: Settings, submissions: Sequence[Submission], *, keep: bool = True
) -> list[Receipt]:
    """
    Have events decided, on whichever runtime, and give what their sender may see.

    Args:
        settings: Which home or cluster.
        submissions: All of one sender.
        keep: False decides and keeps nothing; on one machine only.

    Raises:
        What `submit` does; OperatorError, TransientError of a cluster.
    """
    if settings.runtime == _KAFKA:
        if not keep:
            message = (
                "a dry run is for one machine: a cluster decides what is in its intake;"
                " `coordinator simulate` tries events out"
            )
            raise OperatorError(message)
        receipts: list[Receipt] = _clusters().answered(settings, submissions)
        return receipts
    outcomes = submit(settings, submissions, keep=keep)
    return [
        receipt_of(outcome, one.sender)
        for one, outcome in zip(submissions, outcomes, strict=True)
    ]


def submit(
    settings: Settings, submissions: Sequence[Submission], *, keep: bool = True
) -> list[Outcome]:
    """
    Have events decided: by a process that runs on this home, or else here.

    Every outcome is durable on return (unless not `keep`). A connection that breaks
    is tried once more: the same ids make it harmless.

    Raises:
        What `deciding` does; DoorBrokenError when the second try broke as well.
    """
    if not keep and not (settings.home / _DATABASE).exists():
        return _rehearse(settings, submissions)
    return _by_whoever_decides(
        settings,
        lambda home: send(home, submissions, keep=keep),
        lambda desk: take_surely(
            desk.step, desk.store, submissions, desk.clock.now(), keep=keep
        ),
    )


def activate(settings: Settings) -> Activation:
    """
    Make the settings' profile the active one, wherever the home is decided for.

    A new home begins with it. Done twice, the second time changes nothing.

    Raises:
        What `submit` and `named_profile` do; VersionTakenError.
    """
    profile = named_profile(settings.profile)
    if settings.runtime == _KAFKA:
        activation: Activation = _clusters().activate(settings, profile)
        return activation
    return _by_whoever_decides(
        settings,
        lambda home: ask_to_activate(home, profile),
        lambda desk: (
            desk.first or activate_by(desk.step, desk.store, profile, desk.clock.now())
        ),
    )


def migrate(settings: Settings, cases: Sequence[str], to: str) -> list[Migration]:
    """
    Move cases to a kept version, wherever the home is decided for.

    Done twice, the second time changes nothing.

    Raises:
        What `submit` does; NoSuchCaseError, OperatorError: nothing was moved.
    """
    if settings.runtime == _KAFKA:
        moved: list[Migration] = _clusters().migrate(settings, cases, to)
        return moved
    return _by_whoever_decides(
        settings,
        lambda home: ask_to_migrate(home, cases, to),
        lambda desk: migrate_by(desk.step, cases, to, desk.clock.now()),
    )


def _clusters() -> ModuleType:
    """Load what a cluster takes: its clients take a while, and one machine has none."""
    return import_module("coordinator.clusters")


def _by_whoever_decides(
    settings: Settings,
    ask: Callable[[Path], Done | None],
    do: Callable[[Desk], Done],
) -> Done:
    """Ask the process that runs on a home, if there is one, else do it here."""
    for last in (False, True):
        try:
            answered = ask(settings.home)
            if answered is not None:
                return answered
            with deciding(settings, wait_s=10.0 if last else 1.0) as desk:
                return do(desk)
        except (DoorBrokenError, HomeBusyError):
            if last:
                raise
    message = "unreachable: the last try returns or raises"
    raise AssertionError(message)


def _rehearse(settings: Settings, submissions: Sequence[Submission]) -> list[Outcome]:
    """Decide in memory, where a dry run meets no home."""
    directory = read_directory(settings.contacts)
    desk = _desk(settings, MemoryStore(), SystemClock(), directory)
    return desk.step.take(submissions, desk.clock.now())
