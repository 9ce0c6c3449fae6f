"""
Noticing that records wait and none is done, so that a process ends in place of hanging.

A client of Kafka can die slowly: its loop turns, its connection stands, and nothing
comes any more. Whoever supervises the process sees nothing of that, but sees it end.

Source: Faust's issues 175, 523 and 640.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from coordinator.events import OperatorError
from coordinator.runtime.kafka.metrics import STILL

__all__ = ["Place", "Progress", "StalledError", "watch"]

LOOKS_S: Final = 5.0
"""How often a process is looked at."""


class StalledError(OperatorError):
    """Records wait and none was done for too long; the process must be started anew."""


class Place(NamedTuple):
    """Where a process stands: records `done` since its start, and those that wait."""

    done: int
    behind: int


class Progress:
    """
    Looks at one process again and again.

    It stands still for as long as records wait, however many more there are by now,
    and none is done. Time counts only as far as somebody looked: a process that was
    itself stopped for a while has not stood still in it.

    Args:
        what: What is read, for the error.
        stall_s: How long it may stand still; seconds.
        looks_s: How often it is looked at; seconds.
    """

    def __init__(self, what: str, stall_s: float, *, looks_s: float = LOOKS_S) -> None:
        self._what = what
        self._stall_s = stall_s
        self._longest_s = 2 * looks_s
        self._last: tuple[Place, float] | None = None
        self.still_s = 0.0
        """For how long it stands still; seconds."""

    def see(self, place: Place, at: float) -> None:
        """
        Look at where it stands.

        Args:
            place: Where.
            at: When, by a clock that never goes back; seconds.

        Raises:
            StalledError: It has stood still for too long.
        """
        last, self._last = self._last, (place, at)
        if last is None or _has_moved(last[0], place):
            self.still_s = 0.0
            return
        self.still_s += min(at - last[1], self._longest_s)
        if self.still_s >= self._stall_s:
            message = (
                f"{self._what}: {place.behind} records wait and none was done for"
                f" {self.still_s:.0f} s; this process ends, to be started again. If the"
                " next one stands still as well, see that the brokers are well"
            )
            raise StalledError(message)


def _has_moved(before: Place, now: Place) -> bool:
    """Whether something was done, or there was nothing to do."""
    return now.done != before.done or not before.behind or not now.behind


async def watch(
    progress: Progress,
    look: Callable[[], Awaitable[Place]],
    *,
    looks_s: float = LOOKS_S,
) -> None:
    """
    Look for ever, by the event loop's time; StalledError ends it.

    `look` asks the broker where records end: a client that fetches none, and does so
    for no reason, hears of none.
    """
    loop = asyncio.get_running_loop()
    while True:
        progress.see(await look(), loop.time())
        STILL.set(progress.still_s)
        await asyncio.sleep(looks_s)
