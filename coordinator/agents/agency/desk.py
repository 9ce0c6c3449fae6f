"""
The desk: has what waits in the tray handled, each case by itself.

A case's deliveries are handled one after the other, in order of arrival: while one
waits to be tried again, those behind it wait as well. Cases are handled side by side,
a bounded number at a time.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from coordinator.agents.agency.attempt import Attempts
from coordinator.runtime.kafka.metrics import PARKED
from coordinator.runtime.sqlite.tray import Waiting

__all__ = ["Desk"]

# Between looks for what somebody, in another process, put back into the tray.
_LOOK_S: Final = 1.0


class Desk:
    """
    The desk of one agency, in one event loop.

    Args:
        attempts: What handles a delivery.
        tasks: Where the work is done; it fails where the tray fails.
        together: How many deliveries are handled at a time.
    """

    def __init__(
        self, attempts: Attempts, tasks: asyncio.TaskGroup, together: int
    ) -> None:
        self._attempts = attempts
        self._tray = attempts.tray
        self._tasks = tasks
        self._places = asyncio.Semaphore(together)
        self._cases: dict[str, asyncio.Task[None]] = {}
        self._in_hand: set[asyncio.Task[None]] = set()
        self._closing = False

    def look(self, cases: Iterable[str]) -> None:
        """See to cases of which something waits."""
        for case in cases:
            if case not in self._cases and not self._closing:
                self._cases[case] = self._tasks.create_task(self._work_through(case))

    async def watch(self) -> None:
        """See to all that waits, then to what others put back; ends never."""
        seen = None
        while True:
            if (version := self._tray.version()) != seen:
                seen = version
                PARKED.set(len(self._tray.parked()))
                self.look(self._tray.cases())
            await asyncio.sleep(_LOOK_S)

    async def close(self, grace_s: float) -> None:
        """Finish what is in hand, within a time; leave the rest for the next start."""
        self._closing = True
        for task in set(self._cases.values()) - self._in_hand:
            task.cancel()
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=grace_s)
            for task in late:
                task.cancel()

    async def _work_through(self, case: str) -> None:
        try:
            while waiting := self._tray.first_of(case):
                await self._until(waiting)
                async with self._places:
                    await self._in_turn(waiting)
                if self._closing:
                    return
        finally:
            # In one go with having found nothing: what comes next begins anew.
            del self._cases[case]

    async def _until(self, waiting: Waiting) -> None:
        ahead = waiting.retry_at - self._attempts.clock.now()
        if ahead.total_seconds() > 0:
            await asyncio.sleep(ahead.total_seconds())

    async def _in_turn(self, waiting: Waiting) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._in_hand.add(task)
        try:
            await self._attempts.make(waiting)
        finally:
            self._in_hand.discard(task)
