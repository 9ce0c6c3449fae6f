"""
The composition root: the only module that knows every adapter.

It reads the files that people edit, opens a home, and puts the parts together. The
command line asks for one of three things: a store to read, the right to decide, or
to have something decided by whoever holds that right.
"""

import asyncio
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import orjson

from coordinator.agents.notifier import Channel, Notifier
from coordinator.agents.timers import Sweeper
from coordinator.contacts import EMPTY, Directory
from coordinator.contacts.loading import load
from coordinator.events import OperatorError, own
from coordinator.protocol import Knows, Profile, load_profile, profile_from_value
from coordinator.runtime.embedded.alarm import Alarm, alarm_of
from coordinator.runtime.embedded.bus import Bus, Listener
from coordinator.runtime.embedded.clock import Clock, SystemClock
from coordinator.runtime.embedded.door import open_door
from coordinator.runtime.embedded.knock import DoorBrokenError, send
from coordinator.runtime.embedded.lock import HomeBusyError, hold
from coordinator.runtime.embedded.poison import take_surely
from coordinator.runtime.embedded.store import SqliteStore
from coordinator.runtime.memory.store import MemoryStore
from coordinator.runtime.port import Store, StoredProfile, StoreError
from coordinator.runtime.step import Outcome, Step, Submission
from coordinator.settings import Settings

__all__ = [
    "Desk",
    "Running",
    "clock_of",
    "collect_seldom",
    "compose",
    "deciding",
    "empty_demo_home",
    "knows_of",
    "named_profile",
    "read_directory",
    "reading",
    "serve",
    "submit",
    "versions_of",
]

_PROFILES = files("coordinator.protocol") / "profiles"
_DATABASE = "bus.sqlite"
_DEMO = "demo"


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """Everything that deciding for a home takes; its holder is the only writer."""

    home: Path
    store: Store
    step: Step
    clock: Clock
    directory: Directory
    profile: Profile


# --- what people edit --------------------------------------------------------------


def named_profile(name: str) -> Profile:
    """
    Load a profile.

    Args:
        name: A packaged profile's name (`nz-2009`), or a file's path.

    Raises:
        OperatorError: One line with file, line and what would be valid.
    """
    packaged = f"{name.replace('-', '_')}.yaml"
    if (_PROFILES / packaged).is_file():
        return load_profile(packaged, _packaged)
    path = Path(name)
    if not path.is_file():
        known = ", ".join(
            sorted(
                one.name.removesuffix(".yaml").replace("_", "-")
                for one in _PROFILES.iterdir()
                if one.name.startswith("nz_")
            )
        )
        message = f"{name}: no such profile; valid: {known}, or a profile's file"
        raise OperatorError(message)

    def beside(file: str) -> str:
        """An included file stands beside the profile, or is packaged."""
        local = path.parent / file
        return _text(local) if local.is_file() else _packaged(file)

    return load_profile(path.name, beside)


def _packaged(file: str) -> str:
    """Read a packaged file; a profile names it, so it must not lead elsewhere."""
    if "/" in file or not (_PROFILES / file).is_file():
        message = f"{file}: no such file beside the profile or in the package"
        raise OperatorError(message)
    return (_PROFILES / file).read_text(encoding="utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as text ({type(error).__name__})"
        raise OperatorError(message) from None


def read_directory(folder: Path) -> Directory:
    """
    Read the directory of contacts.

    Only the default folder may be missing; then nobody is in the directory.

    Raises:
        DirectoryError: The folder or a file cannot be read, or a line is wrong.
    """
    if folder == Settings.model_fields["contacts"].default and not folder.exists():
        return EMPTY
    return load(folder)


def knows_of(directory: Directory) -> Knows:
    """Give ingress what it looks up in a directory."""
    return Knows(
        agency=directory.knows_agency,
        contact=directory.knows_contact,
        public_key=directory.public_key,
    )


# --- a home --------------------------------------------------------------------------


@contextmanager
def reading(settings: Settings) -> Iterator[Store]:
    """Open a home's store to read; a writer may be running or not."""
    store = SqliteStore(settings.home / _DATABASE, read_only=True)
    try:
        yield store
    finally:
        store.close()


def versions_of(store: Store) -> Mapping[str, Profile]:
    """Give every protocol version that a home keeps, by its reference."""
    return {
        kept.reference: profile_from_value(orjson.loads(kept.value))
        for kept in store.profiles()
    }


def clock_of(settings: Settings) -> Clock:
    """Give a home's clock: the machine's, or a demo's own."""
    if not (settings.home / _DATABASE).exists():
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


def collect_seldom() -> None:
    """
    Have Python look for garbage cycles less often.

    States live on and hold no cycles, but each full collection walks them all: that
    was a quarter of an event's cost, and grew with the number of cases at hand.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)


def _desk(settings: Settings, store: Store, clock: Clock, directory: Directory) -> Desk:
    new = None
    if store.active_profile() is None:
        new = named_profile(settings.profile)
        store.add_profile(
            StoredProfile(new.spec.reference, new.digest, orjson.dumps(new.value))
        )
    versions = versions_of(store)
    active = store.active_profile() or (new.spec.reference if new else "")
    step = Step(
        store,
        {reference: profile.rules for reference, profile in versions.items()},
        active,
        knows_of(directory),
        require_signatures=settings.require_signatures,
    )
    if new is not None:
        step.take(_activations(new, clock), clock.now())
        store.activate(new.spec.reference)
    return Desk(settings.home, store, step, clock, directory, versions[active])


def _activations(profile: Profile, clock: Clock) -> list[Submission]:
    """Put the activation under the plan's scope and each agency's."""
    spec = profile.spec
    apart = {spec.coordinator, *spec.offices}
    scopes = [f"plan:{spec.profile}"]
    scopes += [
        f"agency:{agency}"
        for agency in spec.agencies
        if agency not in apart and not agency.endswith("*")
    ]
    return [
        Submission(
            event=own.protocol_activated(
                key=scope,
                profile=spec.profile,
                version=spec.version,
                digest=profile.digest,
                at=clock.now(),
            )
        )
        for scope in scopes
    ]


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


# --- having something decided --------------------------------------------------------


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
    for last in (False, True):
        try:
            answered = send(settings.home, submissions, keep=keep)
            if answered is not None:
                return answered
            if not keep and not (settings.home / _DATABASE).exists():
                return _rehearse(settings, submissions)
            with deciding(settings, wait_s=10.0 if last else 1.0) as desk:
                now = desk.clock.now()
                return take_surely(desk.step, desk.store, submissions, now, keep=keep)
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
