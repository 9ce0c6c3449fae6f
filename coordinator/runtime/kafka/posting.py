"""
Saying something for an agency, once, beside its own agent.

    outbox ─▶ … ─▶ receipt, read off the inbox's end

The inbox is read outside the agency's consumer group: whatever else comes there is for
its agent. A receipt belongs to the record of the outbox that it names.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import orjson
from aiokafka.structs import ConsumerRecord

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import header, number
from coordinator.runtime.kafka.outgoing import BrokerFault, Outgoing, Producer
from coordinator.runtime.kafka.present import see_to_topics
from coordinator.runtime.kafka.tail import Tail
from coordinator.topics import INBOX, OUTBOX, Record, headers
from coordinator.topics.records import Receipt

__all__ = ["post"]

_HEADERS: Final = ((headers.CONTENT_TYPE, headers.CLOUDEVENT.encode()),)
_WAITS_S: Final = 1.0


async def post(
    connection: Connection, agency: str, events: Sequence[bytes], *, answer_s: float
) -> list[Receipt]:
    """
    Put events into an agency's outbox, in order, and wait for what becomes of each.

    Args:
        connection: The cluster.
        agency: Whose outbox.
        events: As they are sent.
        answer_s: How long to wait for the first answer, or the next; seconds.

    Raises:
        OperatorError: The agency has no such topics, or no right to them.
        TransientError: Not all is answered; what is in the outbox will be decided, and
            sending it again is harmless.
    """
    outbox, inbox = (connection.names.of(one, agency) for one in (OUTBOX, INBOX))
    producer = Producer(connection)
    await producer.start()
    try:
        await see_to_topics(agency, connection)
        tail = Tail(connection, [inbox])
        try:
            await tail.start_at_end()
            written = await producer.send_all(
                [Outgoing(outbox, 0, None, event, _HEADERS) for event in events]
            )
            places = [int(one.offset) for one in written]
            return await _answers(tail, places, answer_s)
        finally:
            await tail.stop()
    finally:
        await producer.stop()


async def _answers(tail: Tail, places: Sequence[int], answer_s: float) -> list[Receipt]:
    """Read receipts until each place has one."""
    found: dict[int, Receipt] = {}
    missing = set(places)
    try:
        async with asyncio.timeout(answer_s) as patience:
            while missing:
                for messages in (await tail.read(_WAITS_S)).values():
                    for message in messages:
                        place = _place(message)
                        if place in missing:
                            missing.discard(place)
                            found[place] = orjson.loads(message.value)
                            # Each answer shows that the bus is at work.
                            patience.reschedule(_in(answer_s))
    except TimeoutError:
        message_ = (
            f"{len(missing)} of {len(places)} events are in the outbox and not answered"
            f" within {answer_s:g} s; see that the bus's workers run. They will be"
            " decided; sending them again is harmless"
        )
        raise BrokerFault(message_) from None
    return [found[place] for place in places]


def _place(message: ConsumerRecord) -> int:
    """Say which record of the outbox a receipt is of; -1 for what is no receipt."""
    try:
        if header(message, headers.RECORD) == Record.RECEIPT:
            place = number(message, headers.OFFSET)
            return -1 if place is None else place
    except ValueError:
        pass  # Nobody of ours can have written it so.
    return -1


def _in(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds
