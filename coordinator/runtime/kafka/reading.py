"""
Reading one partition by a Faust agent, record by record, so that none is lost.

Faust acknowledges a record when its loop's body is left, however that is: by an
exception, and by the cancellation that ends a process in the midst of a record as well.
So the acknowledgement is ours (`noack`), and comes once a record was taken. An
exception never leaves the body, but ends the whole reading. A record that was skipped
ends it too, since what is acknowledged behind it would acknowledge it; whoever begins
again there finds it, or finds that there is none. And where the group has acknowledged
what was never taken, ours is the place that counts, at each assignment; once records
flow Faust can't be sent back, it drops what it thinks it has read.

Source: faust-streaming 0.15.3, `Stream.__aiter__`; faust-streaming issues 189, 315, 527
and 606.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import faust
import structlog
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP

from coordinator.runtime.kafka.progress import Place
from coordinator.runtime.line import LineBrokenError

__all__ = ["Reading", "SkippedError"]

_log = structlog.get_logger(__name__)

_ANSWERS_S: Final = 10.0


class SkippedError(LineBrokenError):
    """A record was skipped, or there is none at this offset; begin again there."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"offset {offset} was skipped; begin again there")
        self.offset = offset


class Reading:
    """
    An agent on partition 0 of a topic.

    Args:
        topic: Its name on the cluster.
        take: Takes a record; what it raises ends the reading.
        begin: The offset to begin at, where the group has acknowledged what is behind
            it; None where the group knows best.

    Attributes:
        failed: Holds what ended it, once something has.
        is_assigned: Whether the partition is this process's to read.
    """

    def __init__(
        self,
        topic: str,
        take: Callable[[Any], Awaitable[None]],
        begin: int | None = None,
    ) -> None:
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_assigned = False
        self._topic = topic
        self._take = take
        self._done = 0
        self._next = begin
        self._is_first = True
        self._app: faust.App | None = None

    def prepare(self, app: faust.App) -> None:
        """Put the agent on an app that has not started."""
        self._app = app
        app.agent(app.topic(self._topic), name=self._topic)(self._read)
        app.transport.Consumer = self._consumer()  # type: ignore[misc]  # one app's
        app.on_partitions_assigned.connect(self._assigned)
        app.on_partitions_revoked.connect(self._revoked)

    async def place(self) -> Place:
        """
        Say how many records were taken, and how many wait by what the broker says.

        Without the partition, or without an answer, one counts as waiting: it may be
        this client that hears nothing.
        """
        if self._app is None or not self.is_assigned:
            return Place(self._done, 1)
        place = TP(self._topic, 0)
        try:
            async with asyncio.timeout(_ANSWERS_S):
                end = (await self._app.consumer.highwaters(place))[place] or 0
        except (KafkaError, TimeoutError):
            return Place(self._done, 1)
        behind = 0 if self._next is None else max(0, end - self._next)
        return Place(self._done, behind)

    def _consumer(self) -> type[Consumer]:
        go_on = self._go_on

        class Ours(Consumer):
            """A consumer that asks us where to go on."""

            async def perform_seek(self) -> None:
                await super().perform_seek()
                await go_on(self)

        return Ours

    async def _read(self, stream: Any) -> None:  # noqa: ANN401 - Faust has no types
        async for record in stream.noack().events():
            offset = int(record.message.offset)
            try:
                self._see_to_order(offset)
                await self._take(record.message)
            except Exception as error:  # noqa: BLE001 - Faust would lose the record
                if not self.failed.done():
                    self.failed.set_exception(error)
                await asyncio.Event().wait()
            self._done += 1
            self._next = max(offset + 1, self._next or 0)
            await stream.ack(record)

    def _see_to_order(self, offset: int) -> None:
        # The first one of an assignment is the first that is there from our place on.
        if not self._is_first and self._next is not None and offset > self._next:
            raise SkippedError(self._next)
        self._is_first = False

    async def _go_on(self, consumer: Consumer) -> None:
        """See that the first record is ours, not one behind it; no record flows yet."""
        self._is_first = True
        place = TP(self._topic, 0)
        if self._next is None or place not in consumer.assignment():
            return
        position = await consumer.position(place)
        if position is not None and position > self._next:
            _log.info("reading.goes_back", at=position, to=self._next)
            await consumer.seek_wait({place: self._next})

    async def _assigned(self, *told: Any, **_: Any) -> None:  # noqa: ANN401 - as above
        self.is_assigned = bool(told[-1])

    async def _revoked(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as above
        self.is_assigned = False
