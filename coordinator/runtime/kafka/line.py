"""
An agency's line to the bus on a cluster: its own two topics, and no other.

    send ─▶ outbox, acknowledged by all replicas ─▶ … ─▶ receipt, through the inbox
    inbox ─▶ a Faust agent on raw bytes ─▶ keep ─▶ acknowledged

Rule 1: nothing is acknowledged before it is kept, and nothing behind it is read before
that. Rule 2: where Faust's own count of what was acknowledged and the tray's disagree,
the tray's counts: it goes back to what was kept last. Rule 3: bytes that cannot be read
are kept as they are, for somebody to look at; they stop nothing.

A receipt belongs to the record of the outbox that it names (header `offset`), so that
one of an earlier sending is not taken for the answer to this one.

Source: docs/adr/0016-agency-agents.md.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, Final, cast

import orjson

from coordinator.events import Rejected, decode, made_id
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.rewinding import go_back, see_to_topics
from coordinator.runtime.line import (
    Arrival,
    Keep,
    LineBrokenError,
    NotYetDecidedError,
    keep_surely,
)
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.step import Outcome
from coordinator.topics import INBOX, OUTBOX, Role, headers
from coordinator.topics.records import Receipt

__all__ = ["KafkaLine", "kafka_line"]

_ANSWER_S: Final = 30.0
_RECEIPT: Final = b"receipt"
_HEADERS: Final = ((headers.CONTENT_TYPE, headers.CLOUDEVENT.encode()),)

_Answers = asyncio.Queue[tuple[int | None, Receipt]]


@asynccontextmanager
async def kafka_line(
    agency: str, connection: Connection, *, answer_s: float = _ANSWER_S
) -> AsyncIterator["KafkaLine"]:
    """
    Open an agency's line.

    Args:
        agency: Whose.
        connection: The cluster, and as whom; that principal may write the agency's
            outbox, read its inbox, and use its consumer group.
        answer_s: How long an answer is waited for; seconds.

    Raises:
        OperatorError: The agency has no such topics, or no right to them.
        TransientError: No broker answers.
    """
    names = connection.names
    await see_to_topics(connection, names.of(OUTBOX, agency), names.of(INBOX, agency))
    producer = Producer(connection)
    await producer.start()
    try:
        yield KafkaLine(agency, connection, producer, answer_s)
    finally:
        await producer.stop()


class KafkaLine:
    """See `line.Line`."""

    def __init__(
        self, agency: str, connection: Connection, producer: Producer, answer_s: float
    ) -> None:
        self._agency = agency
        self._connection = connection
        self._producer = producer
        self._answer_s = answer_s
        self._outbox = connection.names.of(OUTBOX, agency)
        self._inbox = connection.names.of(INBOX, agency)
        self._waiting: dict[str, list[_Answers]] = {}

    async def send(self, event: bytes) -> Receipt:
        """Say something, and wait for what becomes of it; see `line.Line`."""
        try:
            event_id = decode(event).id
        except Rejected as error:
            if error.problem.event_id is None:
                # Nothing could be answered to what has no id.
                return receipt_of(Outcome(None, None, error.problem), self._agency)
            event_id = error.problem.event_id
        answers: _Answers = asyncio.Queue()
        self._waiting.setdefault(event_id, []).append(answers)
        try:
            outgoing = Outgoing(self._outbox, 0, None, event, _HEADERS)
            (written,) = await self._producer.send_all([outgoing])
            async with asyncio.timeout(self._answer_s):
                return await _answer_to(answers, int(written.offset))
        except TimeoutError:
            raise NotYetDecidedError(event_id, self._answer_s) from None
        finally:
            self._waiting[event_id].remove(answers)
            if not self._waiting[event_id]:
                del self._waiting[event_id]

    async def receive(self, keep: Keep, kept_to: int | None) -> None:
        """Give everything that arrives to `keep`; see `line.Line`."""
        group = self._connection.names.group(Role.AGENCY, self._agency)
        if kept_to is not None:
            await go_back(self._connection, group, self._inbox, kept_to + 1)
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def take(stream: Any) -> None:  # noqa: ANN401 - Faust has no types
            expected: int | None = None
            async for record in stream.noack().events():
                try:
                    offset = int(record.message.offset)
                    _see_to_order(self._inbox, offset, expected)
                    await self._take(record, keep)
                except Exception as error:  # noqa: BLE001 - Faust would lose the record
                    if not failed.done():
                        failed.set_exception(error)
                    await asyncio.Event().wait()
                expected = max(offset + 1, expected or 0)
                await stream.ack(record)

        def prepare(app: Any) -> None:  # noqa: ANN401 - as above
            app.agent(app.topic(self._inbox), name=self._inbox)(take)

        async with hosted(self._connection, group, prepare) as host:
            broken = asyncio.create_task(host.broken())
            try:
                await asyncio.wait(
                    (failed, broken), return_when=asyncio.FIRST_COMPLETED
                )
                (failed if failed.done() else broken).result()
            finally:
                broken.cancel()

    async def _take(self, record: Any, keep: Keep) -> None:  # noqa: ANN401 - as above
        """Take one record of the inbox: an answer, or else something to be kept."""
        message = record.message
        told = {name: bytes(value) for name, value in message.headers or ()}
        value = message.value or b""
        receipt = _receipt(value) if told.get(headers.RECORD) == _RECEIPT else None
        if receipt is None:
            await keep_surely(keep, [_arrival(message, told, value)])
            return
        origin = _text(told.get(headers.OFFSET))
        answer = (int(origin) if origin.isdecimal() else None, receipt)
        for answers in self._waiting.get(receipt["id"] or "", ()):
            answers.put_nowait(answer)


async def _answer_to(answers: _Answers, offset: int) -> Receipt:
    """Wait for the answer to a record of the outbox, or to one behind it."""
    while True:
        origin, receipt = await answers.get()
        if origin is None or origin >= offset:
            return receipt


def _receipt(value: bytes) -> Receipt | None:
    """Read an answer; None where it is none."""
    try:
        read = orjson.loads(value)
    except ValueError:
        return None
    is_one = isinstance(read, dict) and {"id", "verdict"} <= read.keys()
    return cast("Receipt", read) if is_one else None


def _arrival(message: Any, told: dict[str, bytes], value: bytes) -> Arrival:  # noqa: ANN401 - as above
    named = _text(told.get(headers.DELIVERY_ID))
    return Arrival(
        id=named or made_id("bytes", message.offset, sha256(value).hexdigest()),
        case=_text(message.key),
        view=_text(told.get(headers.VIEW)),
        event=value,
        place=message.offset,
    )


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _see_to_order(topic: str, offset: int, expected: int | None) -> None:
    """
    See that nothing was skipped.

    Raises:
        LineBrokenError: Something was; whoever starts again goes back to it.
    """
    if expected is not None and offset > expected:
        message = f"{topic}: came to {offset} in place of {expected}; start it again"
        raise LineBrokenError(message)
