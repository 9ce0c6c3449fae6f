"""What hands a page to a human being promises, whatever way it goes."""

from typing import Literal, Protocol

from coordinator.runtime.port import PageItem

__all__ = ["Channel"]


class Channel(Protocol):
    """A way to reach people. `name` is its kind, as it stands in the log."""

    @property
    def name(self) -> str:
        """Its kind: lower-case letters."""

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Hand a page over; its id is the same when it is handed over again."""
