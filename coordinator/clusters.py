"""
A cluster, as its operator and its agencies use it from the command line.

What is read is read from a mirror on this machine, which is first brought up to the
log's end; what is sent goes by an agency's outbox, or as the operator's own.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from coordinator.connecting import connection_of
from coordinator.files import knows_of, read_directory
from coordinator.protocol import Profile, Rules
from coordinator.runtime.activation import Activation
from coordinator.runtime.archive import Archive
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.kafka import activating, importing, migrating
from coordinator.runtime.kafka.cache import claimed
from coordinator.runtime.kafka.cluster import Cluster, joined
from coordinator.runtime.kafka.desk import KafkaDesk
from coordinator.runtime.kafka.gate import Gate
from coordinator.runtime.kafka.mirror import Mirror, opened
from coordinator.runtime.kafka.posting import post
from coordinator.runtime.migration import Migration
from coordinator.runtime.port import Store
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Submission
from coordinator.settings import Settings
from coordinator.topics.records import Receipt

__all__ = ["activate", "answered", "bring_in", "migrate", "mirrored"]


@contextmanager
def mirrored(settings: Settings) -> Iterator[Store]:
    """
    Open a mirror of a cluster to read, brought up to date.

    Raises:
        OperatorError, TransientError: The cluster cannot be read.
    """
    with claimed(settings.home / "cache", "mirror") as path:

        async def bring_up_to_date() -> None:
            async with (
                joined(connection_of(settings)) as cluster,
                _copied(cluster, path),
            ):
                pass  # It is all on the disk by now.

        asyncio.run(bring_up_to_date())
        store = SqliteStore(path, read_only=True)
        try:
            yield store
        finally:
            store.close()


def answered(settings: Settings, submissions: Sequence[Submission]) -> list[Receipt]:
    """
    Have events decided, each by its sender's outbox, or else as the operator's.

    Raises:
        OperatorError, TransientError: One at least is not known to be decided; sending
            all again is harmless.
    """
    senders = {one.sender for one in submissions}
    (sender,) = senders or {None}
    if sender is None:
        return asyncio.run(_by_the_operator(settings, submissions))
    events = [one.raw for one in submissions]
    connection, answer_s = connection_of(settings), settings.answer_s
    return asyncio.run(post(connection, sender, events, answer_s=answer_s))


def activate(settings: Settings, profile: Profile) -> Activation:
    """
    Make a profile the active one on a cluster; a new cluster begins with one.

    It is decided under each scope as soon as a case worker runs.

    Raises:
        VersionTakenError: The same version is kept with other content.
        OperatorError, TransientError: Whether it is active is not known; done again,
            it is.
    """
    return asyncio.run(_activate(settings, profile))


def migrate(settings: Settings, cases: Sequence[str], to: str) -> list[Migration]:
    """
    Move cases to a kept version.

    Raises:
        NoSuchCaseError, OperatorError: Nothing was moved.
        TransientError: Not all is known to be moved; done again, it is.
    """
    return asyncio.run(_migrate(settings, cases, to))


def bring_in(
    settings: Settings,
    archive: Archive,
    versions: Mapping[str, Rules],
    told: importing.Told,
) -> int:
    """
    Write an archive onto a cluster where nothing is yet; see `importing.bring_in`.

    Raises:
        OperatorError: The cluster holds something else.
        TransientError: Not all was written; done again, it goes on.
    """

    async def bring() -> int:
        async with joined(connection_of(settings)) as cluster:
            now = SystemClock().now()
            return await importing.bring_in(cluster, archive, versions, now, told)

    return asyncio.run(bring())


@asynccontextmanager
async def _copied(cluster: Cluster, path: Path) -> AsyncIterator[Mirror]:
    """Have a mirror at a path, brought up to date."""
    store = opened(path, cluster.mark)
    copy = Mirror(cluster.connection, cluster.versions, store)
    try:
        await copy.start()
        await copy.bring_up_to_date()
        yield copy
    finally:
        await copy.stop()
        store.close()


@dataclass(frozen=True, slots=True, eq=False)
class _Operator:
    """What the operator's own commands need of a cluster."""

    cluster: Cluster
    copy: Mirror
    desk: KafkaDesk
    clock: SystemClock


@asynccontextmanager
async def _operator(settings: Settings) -> AsyncIterator[_Operator]:
    clock = SystemClock()
    with claimed(settings.home / "cache", "mirror") as path:
        async with joined(connection_of(settings)) as cluster:
            cluster.versions.need_active()
            gate = Gate(
                cluster.versions,
                knows_of(read_directory(settings.contacts)),
                require_signatures=settings.require_signatures,
            )
            async with _copied(cluster, path) as copy:
                following = asyncio.create_task(copy.run())
                try:
                    desk = KafkaDesk(
                        cluster, copy, gate, clock, decides_s=settings.answer_s
                    )
                    yield _Operator(cluster, copy, desk, clock)
                finally:
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)


async def _by_the_operator(
    settings: Settings, submissions: Sequence[Submission]
) -> list[Receipt]:
    async with _operator(settings) as operator:
        outcomes = await operator.desk.submit_all(submissions)
    return [receipt_of(outcome, None) for outcome in outcomes]


async def _activate(settings: Settings, profile: Profile) -> Activation:
    async with joined(connection_of(settings)) as cluster:
        await importing.check_not_begun(cluster)
        return await activating.activate(cluster, profile, SystemClock().now())


async def _migrate(
    settings: Settings, cases: Sequence[str], to: str
) -> list[Migration]:
    async with _operator(settings) as operator:
        return await migrating.migrate(
            operator.desk,
            operator.copy.store,
            operator.cluster.versions.rules,
            cases=cases,
            to=to,
            now=operator.clock.now(),
        )
