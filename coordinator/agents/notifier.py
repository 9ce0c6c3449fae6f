"""
The notifier: hands every page to a channel, and has what became of it recorded.

    queued ─▶ channel.deliver ─▶ page.sent or page.failed in the intake ─▶ marked

Rule 1: a page is handed over only once its decision is durable. Rule 2: handing over
comes before recording, so a crash between the two repeats that page, with the same
id, and loses none. Rule 3: while the store cannot keep what became of the pages in
flight, which are bounded, no further one is handed over, and none of them again.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from coordinator.events import Event, page_failed, page_sent
from coordinator.runtime.channel import Channel
from coordinator.runtime.clock import Clock
from coordinator.runtime.desk import Desk
from coordinator.runtime.port import PageItem, Pages, StoreFault
from coordinator.runtime.step import Outcome, Submission

__all__ = ["Notifier"]

_IN_FLIGHT: Final = 100
# Before a store that could not keep is tried again.
_AGAIN_S: Final = 5.0


class Notifier:
    """Empties the store's queue of pages into a channel, by the home's clock."""

    def __init__(
        self, desk: Desk, pages: Pages, clock: Clock, channel: Channel
    ) -> None:
        self._desk = desk
        self._pages = pages
        self._clock = clock
        self._channel = channel
        self._said: list[Event] = []
        self._states: dict[str, str] = {}
        self._more = asyncio.Event()
        desk.listen(self._look_again)

    async def run(self) -> None:
        """Hand over for ever; a StoreError ends it, a StoreFault is tried again."""
        while True:
            self._more.clear()
            wait_s = None
            try:
                await self.hand_over()
            except StoreFault:
                wait_s = _AGAIN_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), wait_s)

    async def hand_over(self) -> None:
        """Hand over every page that is queued; raises where the store cannot keep."""
        await self._record()
        while pages := self._pages.queued_pages(_IN_FLIGHT):
            for page in pages:
                self._deliver(page)
            await self._record()

    def _deliver(self, page: PageItem) -> None:
        state = self._channel.deliver(page)
        say = page_sent if state == "sent" else page_failed
        self._states[page.id] = state
        self._said.append(
            say(
                key=page.key,
                page_id=page.id,
                at=self._clock.now(),
                channel=self._channel.name,
                contact_id=page.page.get("contact_id"),
            )
        )

    async def _record(self) -> None:
        """Record, then mark: what is marked is never looked at again."""
        if self._states:
            await self._desk.submit_all([Submission(event=one) for one in self._said])
            self._pages.mark_pages(self._states)
        self._said.clear()
        self._states.clear()

    def wake(self) -> None:
        """Look whether there is anything to hand over."""
        self._more.set()

    def _look_again(self, _: Sequence[Submission], outcomes: Sequence[Outcome]) -> None:
        if any(one.decision and one.decision["pages"] for one in outcomes):
            self.wake()
