"""
A home with its timers running, put together as `coordinator run` does it.

The sweeper and the notifier share an event loop and the bus; pages go to a channel
that takes them at once. A firing counts from the moment its decision is durable: the
bus tells its listeners then, and not before.

    python -m bench.sweeping HOME COUNT

runs such a home in a process of its own until COUNT rungs were taken, and writes one
line of JSON when it takes the first, and one at the end.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import orjson
import structlog

from bench.measuring import WrongRunError
from coordinator.bootstrap import Desk, compose, deciding
from coordinator.events import parse_time
from coordinator.runtime.clock import Clock, SystemClock
from coordinator.runtime.port import PageItem
from coordinator.runtime.step import Outcome, Submission
from coordinator.settings import Settings

__all__ = ["Firing", "log_to_stderr", "settings_of", "sweep"]

_FIRING: Final = "deadline.passed"
_CONTACTS: Final = Path(__file__).parents[1] / "contacts"


class Firing(NamedTuple):
    """A rung taken: its case, its instant, and when its decision was durable."""

    key: str
    due: datetime
    durable: datetime

    @property
    def late_s(self) -> float:
        """Seconds from due to durable, to the millisecond."""
        return (self.durable - self.due) / timedelta(seconds=1)


class _Taker:
    """A channel that takes every page."""

    name = "console"

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Take it."""
        del page
        return "sent"


class _Watch:
    """Notes firings until there were as many as are waited for."""

    def __init__(self, clock: Clock, count: int, first: Callable[[], None]) -> None:
        self.firings: list[Firing] = []
        self.done = asyncio.Event()
        self.wrong: Outcome | None = None
        self._clock = clock
        self._count = count
        self._first = first

    def listen(
        self, submissions: Sequence[Submission], outcomes: Sequence[Outcome]
    ) -> None:
        """Note the firings of a transaction that is durable now."""
        now = self._clock.now()
        before = len(self.firings)
        for submission, outcome in zip(submissions, outcomes, strict=True):
            event = submission.event
            if event is None or event.name != _FIRING or event.subject is None:
                continue
            if outcome.verdict != "accepted":
                self.wrong = outcome  # a listener must not raise
                self.done.set()
            self.firings.append(
                Firing(event.subject, parse_time(event.data["due"]), now)
            )
        if before == 0 and self.firings:
            self._first()
        if len(self.firings) >= self._count:
            self.done.set()


def settings_of(home: Path) -> Settings:
    """Give a home's settings, whatever the environment says."""
    return Settings(
        home=home, profile="nz-2009", contacts=_CONTACTS, require_signatures=False
    )


def log_to_stderr() -> None:
    """Keep the home's log lines out of what is printed here."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def sweep(
    home: Path,
    count: int,
    *,
    before: Callable[[Desk], object] = lambda _: None,
    first: Callable[[], None] = lambda: None,
) -> list[Firing]:
    """
    Run a home until so many rungs were taken.

    Args:
        home: Its folder; no state of any case is in memory when it starts.
        count: How many rungs to wait for.
        before: What is done with the home before its agents run.
        first: Called when the first rungs are durable.
    """
    return asyncio.run(_sweep(home, count, before, first))


async def _sweep(
    home: Path,
    count: int,
    before: Callable[[Desk], object],
    first: Callable[[], None],
) -> list[Firing]:
    clock = SystemClock()
    watch = _Watch(clock, count, first)
    with (
        deciding(settings_of(home), clock=clock) as desk,
        compose(desk, clock, _Taker(), watch.listen) as running,
    ):
        before(desk)
        work = [
            asyncio.create_task(running.sweeper.run()),
            asyncio.create_task(running.notifier.run()),
        ]
        waiting = asyncio.create_task(watch.done.wait())
        await asyncio.wait([*work, waiting], return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            if task.done():
                task.result()
            task.cancel()
        waiting.cancel()
        await asyncio.gather(*work, waiting, return_exceptions=True)
    if watch.wrong is not None:
        message = f"a rung was not taken: {watch.wrong}"
        raise WrongRunError(message)
    return watch.firings


def _resident_bytes() -> int:
    """Give the memory that this process has in RAM. Source: proc(5), statm."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def _say(what: dict[str, Any]) -> None:
    print(orjson.dumps(what).decode(), flush=True)


def main() -> None:
    """Run a home in a process of its own."""
    log_to_stderr()
    home, count = sys.argv[1:]
    found = sweep(
        Path(home),
        int(count),
        first=lambda: _say({"resident_bytes": _resident_bytes()}),
    )
    _say(
        {
            "firings": [
                (one.key, one.due.isoformat(), one.durable.isoformat()) for one in found
            ]
        }
    )


if __name__ == "__main__":
    main()
