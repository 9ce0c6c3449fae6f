"""
Reading one partition by a Faust agent, record by record, so that none is lost.

Faust acknowledges a record when its loop's body is left, however that is: by an
exception, and by the cancellation that ends a process in the midst of a record as well.
So the acknowledgement is ours (`noack`), and comes once a record was taken; an
exception never leaves the body, but ends the whole reading; and a record that was
skipped ends it too, since what is acknowledged behind it would acknowledge it.

Source: faust-streaming 0.15.3, `Stream.__aiter__`; faust-streaming issues 189, 315, 527
and 606.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import faust
from faust.types import TP

from coordinator.runtime.kafka.progress import Place
from coordinator.runtime.line import LineBrokenError

__all__ = ["Reading"]


class Reading:
    """
    An agent on partition 0 of a topic.

    Args:
        topic: Its name on the cluster.
        take: Takes a record; what it raises ends the reading.

    Attributes:
        failed: Holds what ended it, once something has.
        is_assigned: Whether the partition is this process's to read.
    """

    def __init__(self, topic: str, take: Callable[[Any], Awaitable[None]]) -> None:
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_assigned = False
        self._topic = topic
        self._take = take
        self._done = 0
        self._next: int | None = None
        self._app: faust.App | None = None

    def prepare(self, app: faust.App) -> None:
        """Put the agent on an app that has not started."""
        self._app = app
        app.agent(app.topic(self._topic), name=self._topic)(self._read)
        app.on_partitions_assigned.connect(self._assigned)
        app.on_partitions_revoked.connect(self._revoked)

    def place(self) -> Place:
        """Say how many records were taken, and how many wait as far as is known."""
        if self._app is None or not self.is_assigned or self._next is None:
            return Place(self._done, 0)
        end = self._app.consumer.highwater(TP(self._topic, 0)) or 0
        return Place(self._done, max(0, end - self._next))

    async def _read(self, stream: Any) -> None:  # noqa: ANN401 - Faust has no types
        async for record in stream.noack().events():
            try:
                self._see_to_order(record.message.offset)
                await self._take(record.message)
            except Exception as error:  # noqa: BLE001 - Faust would lose the record
                if not self.failed.done():
                    self.failed.set_exception(error)
                await asyncio.Event().wait()
            self._done += 1
            self._next = max(record.message.offset + 1, self._next or 0)
            await stream.ack(record)

    def _see_to_order(self, offset: int) -> None:
        if self._next is not None and offset > self._next:
            message = (
                f"{self._topic}: came to {offset} in place of {self._next}; it goes"
                " back once it is started again"
            )
            raise LineBrokenError(message)

    async def _assigned(self, *told: Any, **_: Any) -> None:  # noqa: ANN401 - as above
        self.is_assigned = bool(told[-1])

    async def _revoked(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as above
        self.is_assigned = False
