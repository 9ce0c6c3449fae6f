"""
Having something decided, whichever runtime decides: the agents' side of the bus.

On one machine it is the process that decides itself; on a cluster it is the intake,
and what is read of the log.
"""

from collections.abc import Sequence
from typing import Protocol

from coordinator.runtime.step import Listener, Outcome, Submission

__all__ = ["Desk"]


class Desk(Protocol):
    """Takes submissions from any task of one event loop."""

    async def submit_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """
        Have several decided, one right after the other.

        Returns:
            What became of each; durable.

        Raises:
            StoreFault: One at least was not kept, or not decided in time; sending all
                again is harmless.
            StoreError: An operator must look at it.
        """

    def listen(self, listener: Listener) -> None:
        """Tell a listener of everything decided from now on, once it is durable."""
