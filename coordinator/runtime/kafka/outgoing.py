"""
What is about to be written to a topic, and the one producer that writes it.

Rule 1: whatever is sent is awaited, with the acknowledgement of every replica in sync;
nothing is believed to be kept before that. Rule 2: a partition is named by us, since
clients hash keys each in its own way. Rule 3: what the broker does not take in time is
a `BrokerFault`; it may have been written all the same, so that whoever goes on first
reads what is there.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.port import StoreFault

__all__ = ["LARGEST", "BrokerFault", "Headers", "Outgoing", "Place", "Producer"]

LARGEST: Final = 2**23
"""Bytes of a batch, and so of a record: what the log's topic takes."""
# Longer than a broker takes to come back, or another one to take over.
_TAKES_S: Final = 60.0
# How often it is asked whether a topic has come to be.
_ASKS_S: Final = 5.0

Headers = tuple[tuple[str, bytes], ...]

Place = tuple[str, int, int]
"""Where a record stands: topic, partition, offset."""


class BrokerFault(StoreFault):
    """The cluster did not confirm a write, or did not answer, in time."""


class Outgoing(NamedTuple):
    """A record about to be written."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes
    headers: Headers = ()


class Producer:
    """Writes records for one process; to be started in its event loop."""

    def __init__(self, connection: Connection) -> None:
        self._producer = AIOKafkaProducer(
            **connection.for_aiokafka(),
            acks="all",
            enable_idempotence=True,
            max_batch_size=LARGEST - 2**16,
            max_request_size=LARGEST,
            request_timeout_ms=int(_TAKES_S * 1000),
        )
        self._connection = connection
        self._topics: frozenset[str] = frozenset()
        self._ask_at = 0.0

    async def start(self) -> None:
        """
        Connect.

        Raises:
            BrokerFault: No broker answers.
        """
        try:
            async with asyncio.timeout(_TAKES_S):
                await self._producer.start()
        except (KafkaError, TimeoutError) as error:
            await self._producer.stop()
            message = (
                f"{self._connection.bootstrap}: no broker answered"
                f" ({type(error).__name__}); check that it runs, and that this program"
                " may use it, COORDINATOR_KAFKA_BOOTSTRAP and the settings beside it"
            )
            raise BrokerFault(message) from error

    async def stop(self) -> None:
        """See out what is under way, and let go."""
        await self._producer.stop()

    async def send_all(self, records: Sequence[Outgoing]) -> list[RecordMetadata]:
        """
        Write records, those of a partition in the order given.

        Returns:
            Where each of them is, in order; all are durable.

        Raises:
            BrokerFault: One at least was not confirmed; the others may be written.
        """
        try:
            async with asyncio.timeout(_TAKES_S):
                sent = [
                    await self._producer.send(
                        one.topic,
                        one.value,
                        key=one.key,
                        partition=one.partition,
                        headers=list(one.headers),
                    )
                    for one in records
                ]
                return list(await asyncio.gather(*sent))
        except (KafkaError, TimeoutError) as error:
            raise _fault(error) from error

    async def send_in_one(self, records: Sequence[Outgoing]) -> int:
        """
        Write records of one partition as a batch, which stands in it all or not.

        Returns:
            The offset of the first; the others follow it.

        Raises:
            BrokerFault: They were not confirmed; they may be written.
            ValueError: They are more than a batch can hold (`LARGEST` bytes).
        """
        batch = self._producer.create_batch()
        for one in records:
            added = batch.append(
                key=one.key, value=one.value, timestamp=None, headers=list(one.headers)
            )
            if added is None:
                message = "more than one batch can hold"
                raise ValueError(message)
        batch.close()
        first = records[0]
        try:
            async with asyncio.timeout(_TAKES_S):
                sent = await self._producer.send_batch(
                    batch, first.topic, partition=first.partition
                )
                written = await sent
        except (KafkaError, TimeoutError) as error:
            raise _fault(error) from error
        return int(written.offset)

    async def cluster_id(self) -> str:
        """
        Give the cluster's own id.

        Raises:
            BrokerFault: No broker answers.
        """
        admin = AIOKafkaAdminClient(**self._connection.for_aiokafka())
        try:
            async with asyncio.timeout(_TAKES_S):
                await admin.start()
                return str((await admin.describe_cluster())["cluster_id"])
        except (KafkaError, TimeoutError) as error:
            raise _fault(error) from error
        finally:
            await admin.close()

    async def partitions(self, topic: str) -> int:
        """
        Count a topic's partitions; 0 where there is none.

        Raises:
            BrokerFault: No broker answers.
        """
        if not await self.has(topic):
            return 0
        return len(await self._producer.partitions_for(topic))

    async def has(self, topic: str) -> bool:
        """
        Whether there is such a topic.

        Raises:
            BrokerFault: No broker answers.
        """
        now = asyncio.get_running_loop().time()
        if topic not in self._topics and now >= self._ask_at:
            self._ask_at = now + _ASKS_S
            try:
                async with asyncio.timeout(_TAKES_S):
                    known = await self._producer.client.fetch_all_metadata()
            except (KafkaError, TimeoutError) as error:
                raise _fault(error) from error
            self._topics = frozenset(known.topics())
        return topic in self._topics


def _fault(error: Exception) -> BrokerFault:
    what = type(error).__name__
    return BrokerFault(
        f"the cluster did not confirm it ({what}); see that its brokers are up and this"
        " program may use them, then try again"
    )
