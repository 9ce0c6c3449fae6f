"""
Playing the story: the clock is moved from one thing that happens to the next.

Events go in through their agencies' outboxes and deadlines through the bus's own
sweeper, each at its exact instant; only the waiting in between is left out.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from coordinator.bootstrap import Running
from coordinator.cli.demo.story import Scene, Story
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.step import Submission

__all__ = ["BEAT_S", "Play"]

BEAT_S: Final = 0.25
"""Between two things that happen, for the eye: the whole story takes 8 seconds."""


class Play:
    """
    A story on a bus.

    Args:
        running: The bus, on a home that is as new.
        clock: The bus's clock.
        say: Puts in the teller's words before what happens at an instant.
        beat_s: How long to wait between two things that happen; 0 does not wait.
    """

    def __init__(
        self,
        running: Running,
        clock: ManualClock,
        *,
        say: Callable[[str, datetime], object],
        beat_s: float,
    ) -> None:
        self._running = running
        self._clock = clock
        self._say = say
        self._beat_s = beat_s
        self._scenes: deque[Scene] = deque()

    async def play(self, story: Story, stop: asyncio.Event) -> None:
        """Play to the end, or until told to stop, which ends between two decisions."""
        self._scenes.extend(story.scenes)
        bus, sweeper = self._running.bus, self._running.sweeper
        for event in story.events:
            while (due := self._running.desk.store.next_due()) and due <= event.time:
                self._begin(due)
                await sweeper.sweep()
                if await self._ends(stop):
                    return
            self._begin(event.time)
            await bus.submit(Submission(raw=event.raw, sender=event.agency))
            if await self._ends(stop):
                return

    def _begin(self, at: datetime) -> None:
        """Move the clock, and say what is to be said before that."""
        while self._scenes and self._scenes[0].at <= at:
            self._say(self._scenes.popleft().says, at)
        self._clock.set(at)

    async def _ends(self, stop: asyncio.Event) -> bool:
        """Hand over what pages there are, leave time to read, and look if to stop."""
        await self._running.notifier.hand_over()
        if self._beat_s:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._beat_s)
        return stop.is_set()
