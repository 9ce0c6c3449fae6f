"""
Reading one partition by a Faust agent, record by record, so that none is lost.

Faust acknowledges a record when its loop's body is left, however that is: by an
exception, and by the cancellation that ends a process in the midst of a record as well.
So the acknowledgement is ours (`noack`), and comes once a record was taken. An
exception never leaves the body, but ends the whole reading. Where a record was skipped,
or acknowledged that was never taken, the reading goes back to it, since whatever is
acknowledged behind it would acknowledge it as well.

Source: faust-streaming 0.15.3, `Stream.__aiter__`; faust-streaming issues 189, 315, 527
and 606.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import faust
import structlog
from faust.types import TP

from coordinator.runtime.kafka.progress import Place

__all__ = ["Reading"]

_log = structlog.get_logger(__name__)


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
        self._skipped_to: int | None = None
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
            offset = int(record.message.offset)
            try:
                if await self._is_out_of_order(offset):
                    continue
                await self._take(record.message)
            except Exception as error:  # noqa: BLE001 - Faust would lose the record
                if not self.failed.done():
                    self.failed.set_exception(error)
                await asyncio.Event().wait()
            self._done += 1
            self._next = max(offset + 1, self._next or 0)
            await stream.ack(record)

    async def _is_out_of_order(self, offset: int) -> bool:
        """
        Tell whether a record comes before another that was skipped; then go back.

        An offset that no record has (that of a transaction's end) looks the same, until
        the same record comes again after going back.
        """
        if self._skipped_to is not None:
            if offset > self._skipped_to:
                return True  # was on its way when we went back
            self._skipped_to = None
            return False
        if self._next is None or offset <= self._next or self._app is None:
            return False
        _log.warning("reading.goes_back", came_to=offset, to=self._next)
        self._skipped_to = offset
        await self._app.consumer.seek_wait({TP(self._topic, 0): self._next})
        return True

    async def _assigned(self, *told: Any, **_: Any) -> None:  # noqa: ANN401 - as above
        self.is_assigned = bool(told[-1])

    async def _revoked(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as above
        self.is_assigned = False
