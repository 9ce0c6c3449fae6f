"""
A bus under load, to be killed: a program of its own.

    python load.py HOME START_S FIRST

It decides for HOME by a clock on which a second of the machine's is an hour, counted
from START_S (seconds since the epoch), sends the events from number FIRST on, takes
deadlines and hands pages over, and writes the number of each event that was answered.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import orjson

from coordinator.bootstrap import Running, compose, deciding
from coordinator.events import format_time, made_id, mint_case_reference
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.port import PageItem
from coordinator.runtime.step import Submission
from coordinator.settings import Settings

BEGINS = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
SPEED = 3600
TOGETHER = 8
SOURCE = "urn:nz:agency:customs"


class FastClock:
    """A clock on which a machine's second is an hour."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._machine = SystemClock()

    def now(self) -> datetime:
        """Give the instant; aware UTC, whole milliseconds."""
        gone = (self._machine.now() - self._start) * SPEED
        return BEGINS + timedelta(milliseconds=gone // timedelta(milliseconds=1))


class Bin:
    """A channel that takes every page."""

    name = "bin"

    def deliver(self, _: PageItem) -> Literal["sent"]:
        """Take it."""
        return "sent"


def event(number: int, at: datetime) -> bytes:
    """Make an event: every third begins a case, the others go on with it."""
    first = number - number % 3
    begun = made_id("load", first)
    told: dict[str, object] = {
        "specversion": "1.0",
        "id": made_id("load", number),
        "source": SOURCE,
        "type": "nz.item23.suspicion.reported",
        "time": format_time(at),
        "data": {"observer_role": "o", "context": "visa", "indicators": ["x"]},
    }
    if number != first:
        told["subject"] = mint_case_reference(SOURCE, begun)
    if number % 3 == 1:
        told["type"] = "nz.item23.suspicion.referred"
        told["data"] = {
            "referral_ref": "r",
            "basis_event_ids": [begun],
            "contact_role": "c",
            "method": "phone",
            "urgency": "urgent",
        }
    return orjson.dumps(told)


async def send(running: Running, number: int) -> None:
    """Send an event, and say so once it is answered."""
    # The same bytes whenever it is sent again: its time is its number's.
    raw = event(number, BEGINS + timedelta(seconds=number))
    outcome = await running.bus.submit(Submission(raw=raw, sender="customs"))
    sys.stdout.write(f"{number} {outcome.verdict}\n")
    sys.stdout.flush()


async def work(running: Running, number: int) -> None:
    """Send for ever, some at a time; between them take what is due."""
    while True:
        await send(running, number)
        await asyncio.gather(
            *(send(running, later) for later in range(number + 1, number + TOGETHER))
        )
        number += TOGETHER
        await running.sweeper.sweep()
        await running.notifier.hand_over()


def main() -> None:
    """Work until killed."""
    home, start_s, first = sys.argv[1:]
    clock = FastClock(datetime.fromtimestamp(float(start_s), UTC))
    settings = Settings(home=Path(home))
    with (
        deciding(settings, clock=clock) as desk,
        compose(desk, clock, Bin(), lambda *_: None) as running,
    ):
        asyncio.run(work(running, int(first)))


if __name__ == "__main__":
    main()
