"""What every process on a cluster has: a way there, the protocol, a way to write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from aiokafka.structs import ConsumerRecord

from coordinator.protocol import Record
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import Taken, to_intake
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.versions import Versions
from coordinator.runtime.port import StoreError
from coordinator.topics import INTAKE, LOG

__all__ = ["Cluster", "joined"]


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """
    A process's part in a cluster.

    Attributes:
        connection: How to reach it.
        versions: Every protocol version there; started, to be run.
        producer: Started.
        partitions: How many the intake has, and the log.
        mark: Tells this cluster's caches from those of another.
    """

    connection: Connection
    versions: Versions
    producer: Producer
    partitions: int
    mark: str

    async def read(self, message: ConsumerRecord) -> Taken:
        """
        Read a record of the intake.

        Raises:
            Rejected: Nobody of ours can have written it so.
        """
        return await self.versions.read(message, self.partitions)

    def intake(
        self,
        record: Record,
        *,
        received_at: datetime | None = None,
        origin: int | None = None,
    ) -> Outgoing:
        """Write a record for the intake; see `to_intake`."""
        topic = self.connection.names.of(INTAKE)
        return to_intake(
            topic, self.partitions, record, received_at=received_at, origin=origin
        )


@asynccontextmanager
async def joined(connection: Connection) -> AsyncIterator[Cluster]:
    """
    Be part of a cluster while the block runs.

    Raises:
        BrokerFault: It cannot be reached, read or written.
    """
    producer = Producer(connection)
    await producer.start()
    try:
        versions = Versions(connection)
        try:
            await versions.start()
            mark = _mark(connection, await producer.cluster_id())
            count = await _partitions(connection, producer)
            if versions.partitions not in (None, count):
                message = (
                    f"the intake has {count} partitions and began with"
                    f" {versions.partitions}: its cases would be parted in two. Move"
                    " them to a new cluster by `coordinator export` and `import`"
                )
                raise StoreError(message)
            yield Cluster(connection, versions, producer, count, mark)
        finally:
            await versions.stop()
    finally:
        await producer.stop()


async def _partitions(connection: Connection, producer: Producer) -> int:
    """
    Count the partitions of the intake and the log, which must be laid out alike.

    A process sees those of the two that it has a right to, one of them at least.
    """
    intake, log = [
        await producer.partitions(connection.names.of(topic)) for topic in (INTAKE, LOG)
    ]
    intake, log = intake or log, log or intake
    if intake != log or not intake:
        message = (
            f"the intake has {intake} partitions and the log {log}, and a case's place"
            " in both is the same; run `coordinator topics apply` on a new cluster"
        )
        raise StoreError(message)
    return intake


def _mark(connection: Connection, cluster_id: str) -> str:
    text = f"{cluster_id}/{connection.names.prefix}/1"
    return sha256(text.encode()).hexdigest()[:16]
