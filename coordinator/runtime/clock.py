"""
What time it is in a home.

A demo's home lives at a fictional date, so a home's clock may be apart from the
machine's, but both run at the same speed. Tests, and a demo that plays days in
seconds, move a clock by hand.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "ManualClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time; `offset_ms` is how far it is ahead of the machine's clock."""

    def now(self) -> datetime:
        """Give the instant; aware UTC, whole milliseconds."""


class SystemClock:
    """
    The machine's clock, or one that runs beside it.

    Args:
        offset_ms: Milliseconds to add to the machine's time; negative is behind.
    """

    def __init__(self, *, offset_ms: int = 0) -> None:
        self.offset = timedelta(milliseconds=offset_ms)

    def now(self) -> datetime:
        """Give the instant; aware UTC, whole milliseconds."""
        return _whole_ms(datetime.now(UTC) + self.offset)


class ManualClock:
    """
    A clock that stands still until it is moved.

    It belongs to one thread. `watch` is told of every move, so that whoever waits
    for an instant of this clock need not look at it again and again.
    """

    def __init__(self, at: datetime) -> None:
        self._at = _whole_ms(at)
        self._watchers: set[Callable[[], object]] = set()

    def now(self) -> datetime:
        """Give the instant that it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move it, back as well: machines' clocks do that too."""
        self._at = _whole_ms(at)
        for watcher in tuple(self._watchers):
            watcher()

    def advance(self, by: timedelta) -> None:
        """Move it ahead."""
        self.set(self._at + by)

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` after each move, until what this gives back is called."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
