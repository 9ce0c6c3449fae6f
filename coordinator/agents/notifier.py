"""
The notifier: hands every page to a channel, and has what became of it recorded.

    queued ─▶ channel.deliver ─▶ page.sent or page.failed in the intake ─▶ marked

Rule 1: a page is handed over only once its decision is durable. Rule 2: handing over
comes before recording, so a crash between the two repeats that page, with the same
id, and loses none. Pages in flight are bounded.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Literal, Protocol

from coordinator.events import Event, page_failed, page_sent
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.embedded.clock import Clock
from coordinator.runtime.port import PageItem, Store
from coordinator.runtime.step import Outcome, Submission

__all__ = ["Channel", "Notifier"]

_IN_FLIGHT: Final = 100


class Channel(Protocol):
    """A way to reach people. `name` is its kind, as it stands in the log."""

    @property
    def name(self) -> str:
        """Its kind: lower-case letters."""

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Hand a page over; its id is the same when it is handed over again."""


class Notifier:
    """
    Empties the queue of pages, and then waits for more.

    Args:
        bus: Where outcomes are recorded.
        store: Where the queue is.
        clock: The home's; it tells when.
        channel: Where pages go.
    """

    def __init__(self, bus: Bus, store: Store, clock: Clock, channel: Channel) -> None:
        self._bus = bus
        self._store = store
        self._clock = clock
        self._channel = channel
        self._more = asyncio.Event()
        bus.listen(self._look_again)

    async def run(self) -> None:
        """Hand pages over for ever; a store that cannot keep ends it."""
        while True:
            self._more.clear()
            await self.hand_over()
            await self._more.wait()

    async def hand_over(self) -> None:
        """Hand over every page that is queued."""
        while pages := self._store.queued_pages(_IN_FLIGHT):
            states = {page.id: self._channel.deliver(page) for page in pages}
            outcomes = [
                Submission(event=self._outcome(page, states[page.id])) for page in pages
            ]
            await self._bus.submit_all(outcomes)
            self._store.mark_pages(states)

    def _outcome(self, page: PageItem, state: str) -> Event:
        say = page_sent if state == "sent" else page_failed
        return say(
            key=page.key,
            page_id=page.id,
            at=self._clock.now(),
            channel=self._channel.name,
            contact_id=page.page.get("contact_id"),
        )

    def _look_again(self, _: Sequence[Submission], outcomes: Sequence[Outcome]) -> None:
        if any(one.decision and one.decision["pages"] for one in outcomes):
            self._more.set()
