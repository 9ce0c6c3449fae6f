"""
One attempt to handle a delivery, and what comes of it: done, put off, or parked.

An attempt is counted before it is made, so that one which takes the whole process down
counts as well. What an error says is written down only where it is one of ours: a
handler's own may hold anything.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from coordinator.agents.agency.counts import HANDLED
from coordinator.agents.agency.pace import Pace
from coordinator.agents.agency.received import Received, received_of
from coordinator.events import CoordinatorError, OperatorError
from coordinator.runtime.clock import Clock
from coordinator.runtime.failing import whereabouts
from coordinator.runtime.kafka.metrics import PARKED
from coordinator.runtime.sqlite.tray import Tray, Waiting

__all__ = ["Attempts"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Attempts:
    """
    Makes attempts for one agency.

    `chance` gives numbers of at least 0 and below 1.
    """

    agency: str
    tray: Tray
    handle: Callable[[Received], Awaitable[None]]
    pace: Pace
    clock: Clock
    chance: Callable[[], float]

    async def make(self, waiting: Waiting) -> None:
        """
        Handle a delivery once; it is done, or will be tried again, or is parked.

        Raises:
            StoreFault, StoreError: The tray cannot be used.
        """
        tries = waiting.tries + 1
        if tries > self.pace.tries:
            self._park(waiting, "the process ended each time it was handled")
            return
        self.tray.begin(waiting.id)
        try:
            event = received_of(waiting, waiting.attempts + 1)
            async with asyncio.timeout(self.pace.limit_s):
                await self.handle(event)
        except OperatorError as error:
            self._park(waiting, _told(error))
        except Exception as error:  # noqa: BLE001 - kept, told and tried again
            self._failed(waiting, tries, error)
        else:
            self.tray.done(waiting.id)
            HANDLED.labels("done").inc()
            _log.info("agency.handled", agency=self.agency, delivery=waiting.id)

    def _failed(self, waiting: Waiting, tries: int, error: Exception) -> None:
        HANDLED.labels("failed").inc()
        told = _told(error)
        _log.warning(
            "agency.failed",
            agency=self.agency,
            delivery=waiting.id,
            tries=tries,
            error=told,
        )
        if tries >= self.pace.tries:
            self._park(waiting, told)
        else:
            wait = self.pace.wait(tries, self.chance())
            self.tray.put_off(waiting.id, self.clock.now() + wait)

    def _park(self, waiting: Waiting, why: str) -> None:
        self.tray.park(waiting.id, why)
        HANDLED.labels("parked").inc()
        PARKED.inc()
        _log.error("agency.parked", agency=self.agency, delivery=waiting.id, why=why)


def _told(error: Exception) -> str:
    """Say what went wrong, and where: kind, our own words, lines of code."""
    found = whereabouts(error)
    words = f" ({error})" if isinstance(error, CoordinatorError) else ""
    return f"{found['error']}{words} at {found['at']}"
