"""
The bus: from any task's submission to its outcome, by way of one transaction.

    submit ─▶ waiting ─▶ one step.take, one transaction ─▶ submitters, listeners
    submit ─▶    │        (everything that waits, up to 500)
    submit ─▶ ───┘

Rule 1: whatever waits goes into the next transaction; nothing is held back to gather
more. Rule 2: nobody hears of a decision before it is durable. Rule 3: a submission on
which our own code fails is kept among the rejected, and takes nobody else's down.

The store's call runs in the event loop itself and blocks it. There is one writer, so
no other decision could be taken meanwhile; nearly all of its time is the disk's; and
a thread would add its hand-over to every single event.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

import structlog

from coordinator.protocol import Profile
from coordinator.runtime.activation import Activation, activate
from coordinator.runtime.clock import Clock
from coordinator.runtime.embedded.poison import take_surely
from coordinator.runtime.migration import Migration, migrate
from coordinator.runtime.port import Store, StoreError, StoreFault
from coordinator.runtime.step import Listener, Outcome, Step, Submission

__all__ = ["Bus"]

_log = structlog.get_logger(__name__)

# A transaction stays under 32 MiB of events; and beyond a few hundred, the disk's
# confirmation is a small part of each event's time already.
_MOST: Final = 500

_Waiting = tuple[Submission, asyncio.Future[Outcome]]


class Bus:
    """
    Takes submissions from any task of one event loop.

    Args:
        step: What decides; nobody else may use it meanwhile.
        store: The step's own store.
        clock: Says when a transaction's submissions were received.
    """

    def __init__(self, step: Step, store: Store, clock: Clock) -> None:
        self._step = step
        self._store = store
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._listeners: list[Listener] = []
        self._broken: asyncio.Future[None] | None = None

    async def submit(self, submission: Submission) -> Outcome:
        """
        Have something decided.

        Returns:
            What became of it; durable. What our own code failed on comes back as
            rejected, rule `internal`.

        Raises:
            StoreFault: Nothing was kept; the bus goes on.
            StoreError: The store must be looked at.
        """
        return await self._put(submission)

    async def submit_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """
        Have several decided, one right after the other.

        Raises:
            StoreFault, StoreError: One at least was not kept, though others may have
                been: whoever sends all again finds those to be duplicates.
        """
        return await asyncio.gather(*[self._put(one) for one in submissions])

    def try_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Say what would be decided now, one after the other; nothing is kept."""
        return take_surely(
            self._step, self._store, submissions, self._clock.now(), keep=False
        )

    def activate(self, profile: Profile) -> Activation:
        """Make a profile the active one, at once; see `activation.activate`."""
        now = self._clock.now()
        return activate(self._step, self._store, profile, now, self._tell)

    def migrate(self, cases: Sequence[str], to: str) -> list[Migration]:
        """Move cases to a kept version, at once; see `migration.migrate`."""
        return migrate(self._step, cases, to, self._clock.now(), self._tell)

    def listen(self, listener: Listener) -> None:
        """Tell a listener of every transaction from now on."""
        self._listeners.append(listener)

    async def broken(self) -> None:
        """
        Wait until the store is found to be past mending by us.

        Raises:
            StoreError: When that happens; this never returns.
        """
        if self._broken is None:
            self._broken = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._broken)

    def _put(self, submission: Submission) -> asyncio.Future[Outcome]:
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome] = loop.create_future()
        if not self._waiting:
            # Soon, not now: what else is ready to be submitted joins in.
            loop.call_soon(self._take_waiting)
        self._waiting.append((submission, outcome))
        return outcome

    def _take_waiting(self) -> None:
        waiting = self._waiting
        batch = [waiting.popleft() for _ in range(min(_MOST, len(waiting)))]
        if waiting:
            asyncio.get_running_loop().call_soon(self._take_waiting)
        # Whoever gave up before it was its turn is as if it had never come.
        batch = [one for one in batch if not one[1].done()]
        if batch:
            self._take(batch)

    def _take(self, batch: Sequence[_Waiting]) -> None:
        submissions = [submission for submission, _ in batch]
        try:
            outcomes = take_surely(
                self._step, self._store, submissions, self._clock.now()
            )
        except (StoreFault, StoreError) as error:
            self._fail(batch, error)
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            future.set_result(outcome)
        self._tell(submissions, outcomes)

    def _tell(
        self, submissions: Sequence[Submission], outcomes: Sequence[Outcome]
    ) -> None:
        for listener in self._listeners:
            listener(submissions, outcomes)

    def _fail(self, batch: Sequence[_Waiting], error: StoreFault | StoreError) -> None:
        """Tell each submitter by itself; the traceback of one is not the others'."""
        for _, future in batch:
            future.set_exception(type(error)(str(error)))
        _log.error("store.failed", submissions=len(batch), error=str(error))
        if isinstance(error, StoreError) and self._broken and not self._broken.done():
            self._broken.set_exception(error)
