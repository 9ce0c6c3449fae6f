"""
A mirror of the whole log, in a store of this process's own, which it may lose.

    case.log, rejected ─▶ the store's tables ─▶ whoever waits for an outcome, listeners

What the embedded runtime keeps in one file, a process on a cluster has as a copy: the
timers, the pages and every case's history, to be asked as they are there. It is kept
with how far it goes, a batch at a time, and of each intake record the first decision
is taken.

Every process that acts on timers or pages has a mirror of all partitions, though it
acts for its own ones only: whoever takes over has all of it at hand.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
import structlog
from aiokafka.structs import ConsumerRecord

from coordinator.events import Problem, page_state
from coordinator.runtime.kafka.cache import place_name, place_named, remove
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import header, number, when
from coordinator.runtime.kafka.logged import UnreadableError, read_log, to_entry
from coordinator.runtime.kafka.outgoing import Place
from coordinator.runtime.kafka.tail import Batch, Tail
from coordinator.runtime.kafka.versions import Versions
from coordinator.runtime.port import NewEntry, NewRejection, StoreError, StoreFault
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Listener, Outcome, Submission
from coordinator.topics import INTAKE, LOG, OUTBOX, REJECTED, headers

__all__ = ["Mirror", "opened"]

_log = structlog.get_logger(__name__)

_PLACE: Final = "place:"
_POSITION: Final = "position:"
_MARK: Final = "mark"
# Outcomes that may be asked for after they were read; asking comes within a moment.
_RECENT: Final = 5_000


@dataclass(slots=True)
class _Batch:
    """What one transaction is going to keep, and whom to tell of it then."""

    entries: list[NewEntry] = field(default_factory=list)
    rejections: list[NewRejection] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    outcomes: list[tuple[tuple[Place, ...], Submission, Outcome]] = field(
        default_factory=list
    )


def opened(path: Path, mark: str) -> SqliteStore:
    """
    Open a mirror's file, made anew where it is of another cluster, or damaged.

    Args:
        path: Where; nobody else may write it.
        mark: Of what it is a mirror.
    """
    try:
        store = SqliteStore(path, is_copy=True)
        if store.noted(_MARK) in ({}, {"": mark}):
            store.append([], notes={_MARK: mark})
            return store
        store.close()
    except (StoreError, StoreFault) as error:
        _log.warning("mirror.made_anew", error=type(error).__name__)
    remove(path)
    store = SqliteStore(path, is_copy=True)
    store.append([], notes={_MARK: mark})
    return store


class Mirror:
    """
    Follows the log and the rejected; to be started, and run, in one event loop.

    Args:
        connection: The cluster.
        versions: Started.
        store: As `opened` gives it.
    """

    def __init__(
        self, connection: Connection, versions: Versions, store: SqliteStore
    ) -> None:
        names = connection.names
        self.store = store
        self._names = names
        self._versions = versions
        self._log_topic = names.of(LOG)
        self._intake = names.of(INTAKE)
        self._tail = Tail(connection, [self._log_topic, names.of(REJECTED)])
        self._positions: dict[int, int] = {}
        self._waiting: dict[Place, asyncio.Future[Outcome]] = {}
        self._recent: OrderedDict[Place, Outcome] = OrderedDict()
        self._listeners: list[Listener] = []
        self._kept = 0
        self._active: str | None = None

    async def start(self) -> None:
        """Begin where the store ends; BrokerFault where the log cannot be read."""
        places = self.store.noted(_PLACE)
        self._positions = {
            int(partition): int(position)
            for partition, position in self.store.noted(_POSITION).items()
        }
        self._keep_versions()
        await self._tail.start(
            {place_named(name): int(place) for name, place in places.items()}
        )

    async def run(self) -> None:
        """Follow, for ever; BrokerFault and StoreError end it."""
        await self._tail.follow(self._take)

    async def catch_up(self) -> None:
        """Wait until all is taken that is there now; it must be running."""
        await self._tail.caught_up()

    async def bring_up_to_date(self) -> None:
        """Take all that is there now; it must not be running yet."""
        await self._tail.read_to_end(self._take)

    async def stop(self) -> None:
        """Let go of the cluster; the store stays open."""
        await self._tail.stop()

    def behind(self) -> int:
        """Count the records that are known to be there and are not taken."""
        return self._tail.behind()

    async def outcome(self, place: Place) -> Outcome:
        """
        Wait for what becomes of a record of the intake, or of an outbox.

        To be asked at once after it was written there.
        """
        recent = self._recent.get(place)
        if recent is not None:
            return recent
        waiting = self._waiting.get(place)
        if waiting is None:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting[place] = waiting
        try:
            return await asyncio.shield(waiting)
        finally:
            self._waiting.pop(place, None)

    def listen(self, listener: Listener) -> None:
        """Tell a listener of everything decided from now on."""
        self._listeners.append(listener)

    def _take(self, read: Batch) -> None:
        self._keep_versions()
        if not read:
            return
        batch = _Batch()
        notes: dict[str, str] = {}
        for partition, messages in read.items():
            notes[_PLACE + place_name(partition)] = str(messages[-1].offset + 1)
            for message in messages:
                if partition.topic == self._log_topic:
                    self._take_logged(batch, message)
                else:
                    self._take_rejected(batch, message)
            if partition.topic == self._log_topic:
                position = self._positions.get(partition.partition, -1)
                notes[f"{_POSITION}{partition.partition}"] = str(position)
        self.store.append(batch.entries, batch.rejections, notes=notes)
        if batch.pages:
            self.store.mark_pages(batch.pages)
        self._tell(batch)

    def _take_logged(self, batch: _Batch, message: ConsumerRecord) -> None:
        partition = message.partition
        try:
            logged = read_log(message.value)
            entry = to_entry(logged)
            state = page_state(entry.decision["input"]["type"], logged.event)
        except (UnreadableError, ValueError, LookupError) as error:
            _log.error(
                "log.unreadable",
                partition=partition,
                offset=message.offset,
                error=type(error).__name__,
            )
            return
        if logged.position <= self._positions.get(partition, -1):
            return  # a copy: the first one counted
        self._positions[partition] = logged.position
        batch.entries.append(entry)
        if state is not None and entry.decision["verdict"] != "refused":
            batch.pages[state[0]] = state[1]
        places: list[Place] = [(self._intake, partition, logged.position)]
        if logged.sender is not None and logged.origin is not None:
            outbox = self._names.of(OUTBOX, logged.sender)
            places.append((outbox, 0, logged.origin))
        submission = Submission(raw=logged.event, sender=logged.sender)
        outcome = Outcome(entry.event_id, entry.decision, None)
        batch.outcomes.append((tuple(places), submission, outcome))

    def _take_rejected(self, batch: _Batch, message: ConsumerRecord) -> None:
        try:
            sender = header(message, headers.SENDER)
            written = header(message, headers.PROBLEM) or "{}"
            problem = Problem(**orjson.loads(written))
            topic = header(message, headers.TOPIC) or ""
            place = number(message, headers.PARTITION), number(message, headers.OFFSET)
            at = when(message)
        except (ValueError, TypeError) as error:
            _log.error(
                "rejected.unreadable",
                offset=message.offset,
                error=type(error).__name__,
            )
            return
        raw = message.value or b""
        batch.rejections.append(NewRejection(at, sender, raw, written.encode()))
        places = ((topic, place[0] or 0, place[1] or 0),)
        outcome = Outcome(problem.event_id, None, problem)
        batch.outcomes.append((places, Submission(raw=raw, sender=sender), outcome))

    def _tell(self, batch: _Batch) -> None:
        for places, _, outcome in batch.outcomes:
            for place in places:
                self._recent[place] = outcome
                waiting = self._waiting.get(place)
                if waiting is not None and not waiting.done():
                    waiting.set_result(outcome)
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        if batch.outcomes:
            submissions = [one for _, one, _ in batch.outcomes]
            outcomes = [one for _, _, one in batch.outcomes]
            for listener in self._listeners:
                listener(submissions, outcomes)

    def _keep_versions(self) -> None:
        """Have the store know what the log is decided by, and what is active."""
        for profile in self._versions.kept[self._kept :]:
            self.store.add_profile(profile)
        self._kept = len(self._versions.kept)
        active = self._versions.active
        if active is not None and active != self._active:
            self.store.append([], activates=active)
            self._active = active
