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
from functools import partial
from hashlib import sha256
from typing import Any, Final, cast

import orjson

from coordinator.events import Rejected, decode, made_id
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import hosted
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.present import see_to_topics
from coordinator.runtime.kafka.progress import Progress, watch
from coordinator.runtime.kafka.reading import Reading, SkippedError
from coordinator.runtime.line import (
    Arrival,
    Keep,
    NotYetDecidedError,
    keep_surely,
)
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.step import Outcome
from coordinator.topics import INBOX, OUTBOX, Role, headers
from coordinator.topics.records import Receipt

__all__ = ["KafkaLine", "kafka_line"]

_ANSWER_S: Final = 30.0
_STALL_S: Final = 300.0
_RECEIPT: Final = b"receipt"
_HEADERS: Final = ((headers.CONTENT_TYPE, headers.CLOUDEVENT.encode()),)

_Answers = asyncio.Queue[tuple[int | None, Receipt]]


@asynccontextmanager
async def kafka_line(
    agency: str,
    connection: Connection,
    *,
    answer_s: float = _ANSWER_S,
    stall_s: float = _STALL_S,
) -> AsyncIterator["KafkaLine"]:
    """
    Open an agency's line.

    Args:
        agency: Whose.
        connection: The cluster, and as whom; that principal may write the agency's
            outbox, read its inbox, and use its consumer group.
        answer_s: How long an answer is waited for; seconds.
        stall_s: How long records may wait of which none is read; seconds.

    Raises:
        OperatorError: The agency has no such topics, or no right to them.
        TransientError: No broker answers.
    """
    await see_to_topics(agency, connection)
    producer = Producer(connection)
    await producer.start()
    try:
        yield KafkaLine(
            agency,
            connection,
            producer,
            answer_s=answer_s,
            stall_s=stall_s,
        )
    finally:
        await producer.stop()


class KafkaLine:
    """See `line.Line`."""

    def __init__(
        self,
        agency: str,
        connection: Connection,
        producer: Producer,
        *,
        answer_s: float,
        stall_s: float,
    ) -> None:
        self._agency = agency
        self._connection = connection
        self._producer = producer
        self._answer_s = answer_s
        self._outbox = connection.names.of(OUTBOX, agency)
        self._inbox = connection.names.of(INBOX, agency)
        self._stall_s = stall_s
        self._waiting: dict[str, list[_Answers]] = {}
        self._reading: Reading | None = None

    @property
    def is_reading(self) -> bool:
        """Whether the broker has given this process the inbox to read."""
        return self._reading is not None and self._reading.is_assigned

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
        begin = None if kept_to is None else kept_to + 1
        while True:
            try:
                await self._read(keep, begin)
            except SkippedError as skipped:
                begin = skipped.offset

    async def _read(self, keep: Keep, begin: int | None) -> None:
        """Read from a place on, or from where the group is; never returns."""
        reading = Reading(self._inbox, partial(self._take, keep), begin)
        self._reading = reading
        progress = Progress(self._inbox, self._stall_s)
        async with hosted(
            self._connection,
            self._connection.names.group(Role.AGENCY, self._agency),
            reading.prepare,
            partial(watch, progress, reading.place),
        ) as host:
            broken = asyncio.create_task(host.broken())
            try:
                await asyncio.wait(
                    (reading.failed, broken), return_when=asyncio.FIRST_COMPLETED
                )
                (reading.failed if reading.failed.done() else broken).result()
            finally:
                broken.cancel()

    async def _take(self, keep: Keep, message: Any) -> None:  # noqa: ANN401 - Faust has no types
        """Take one record of the inbox: an answer, or else something to be kept."""
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
