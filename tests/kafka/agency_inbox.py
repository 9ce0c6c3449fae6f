"""What the bus does at the other end of an agency's line, by hand."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import stamped
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.topics import INBOX, OUTBOX, headers
from tests.agents.agencies import CASE, view

AGENCY = "police"


@dataclass(eq=False)
class Bus:
    """The bus, as one agency meets it: what it `sent`, and ways to answer."""

    connection: Connection
    producer: Producer
    sent: list[ConsumerRecord] = field(default_factory=list)

    async def put(self, value: bytes | None, *, key: str = CASE, **said: str) -> int:
        """Write a record into the inbox, with its headers; give its offset."""
        told = {name.replace("_", "-"): text for name, text in said.items()}
        outgoing = Outgoing(
            self.connection.names.of(INBOX, AGENCY),
            0,
            key.encode(),
            value,  # type: ignore[arg-type]  # a record may have none
            stamped(told),
        )
        (written,) = await self.producer.send_all([outgoing])
        return int(written.offset)

    async def deliver(self, numbers: Sequence[int], case: str = CASE) -> None:
        """Deliver events by their numbers."""
        for number in numbers:
            await self.put(
                view(number, case=case),
                key=case,
                record="delivery",
                delivery_id=f"D{number}",
                view="full",
            )

    async def answer(self, event_id: str, offset: int, verdict: str) -> None:
        """Say what became of a record of the outbox."""
        receipt = {"id": event_id, "case": CASE, "verdict": verdict}
        value = orjson.dumps(receipt)
        await self.put(value, record="receipt", **{headers.OFFSET: str(offset)})

    async def accept(self) -> None:
        """Accept whatever is sent, for ever."""
        consumer = AIOKafkaConsumer(
            self.connection.names.of(OUTBOX, AGENCY),
            **self.connection.for_aiokafka(),
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            async for record in consumer:
                self.sent.append(record)
                event_id = orjson.loads(record.value)["id"]
                await self.answer(event_id, record.offset, "accepted")
        finally:
            await consumer.stop()


@asynccontextmanager
async def bus(connection: Connection, *, accepts: bool = False) -> AsyncIterator[Bus]:
    """Be the bus while the block runs."""
    producer = Producer(connection)
    await producer.start()
    made = Bus(connection, producer)
    accepting = asyncio.create_task(made.accept()) if accepts else None
    try:
        yield made
    finally:
        if accepting is not None:
            accepting.cancel()
            await asyncio.wait([accepting])
        await producer.stop()
