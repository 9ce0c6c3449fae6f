"""
A mirror's timers and pages, of those cases only that are this process's own.

Source: `coordinator.runtime.port.Timers` and `Pages`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar

from coordinator.runtime.port import DueTimer, PageItem, Pages, Timers

__all__ = ["OwnPart"]

_LATEST: Final = datetime(2999, 12, 31, tzinfo=UTC)
_AT_FIRST: Final = 64


class _Keyed(Protocol):
    @property
    def key(self) -> str:
        """The case or scope."""


Item = TypeVar("Item", bound=_Keyed)


class OwnPart:
    """
    What there is to be done, of what a process answers for.

    Args:
        timers: Everybody's.
        pages: Everybody's.
        owns: Whether a key is this process's own.
    """

    def __init__(
        self, timers: Timers, pages: Pages, owns: Callable[[str], bool]
    ) -> None:
        self._timers = timers
        self._pages = pages
        self._owns = owns

    def next_due(self) -> datetime | None:
        """Give the earliest timer's instant."""
        first = self.due(_LATEST, 1)
        return first[0].at if first else None

    def due(self, at: datetime, limit: int) -> list[DueTimer]:
        """Give timers due by an instant: by instant, then order of setting, rung."""
        return self._own(lambda count: self._timers.due(at, count), limit)

    def queued_pages(self, limit: int) -> list[PageItem]:
        """Give pages not yet handed over, oldest first."""
        return self._own(self._pages.queued_pages, limit)

    def mark_pages(self, states: Mapping[str, str]) -> None:
        """Say what became of pages, by id: `sent`, `failed` or `unreachable`."""
        self._pages.mark_pages(states)

    def _own(self, ask: Callable[[int], Sequence[Item]], limit: int) -> list[Item]:
        """Ask for more and more, until enough of it is our own or there is no more."""
        count = max(limit, _AT_FIRST)
        while True:
            rows = ask(count)
            own = [one for one in rows if self._owns(one.key)]
            if len(own) >= limit or len(rows) < count:
                return own[:limit]
            count *= 4
