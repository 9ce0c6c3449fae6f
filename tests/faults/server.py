"""
A bus behind its door, to be killed: a program of its own.

    python server.py HOME

It decides for HOME by a clock that stands at the log's last receipt, serves the door,
and says `open` once others may come in. What agencies send moves the clock on by ten
minutes each time, so that deadlines fall due all the while.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from coordinator.agents.timers import Sweeper
from coordinator.runtime.alarm import alarm_of
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.embedded.door import open_door
from coordinator.runtime.embedded.lock import hold
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Outcome, Submission
from tests.contract.telling import T0, step_on

STEP = timedelta(minutes=10)


async def serve(home: Path, store: SqliteStore) -> None:
    """Serve until killed."""
    clock = ManualClock(max((row.received_at for row in store.log()), default=T0))
    bus = Bus(step_on(store), store, clock)

    def move(submissions: Sequence[Submission], _: Sequence[Outcome]) -> None:
        if submissions[0].sender is not None:
            clock.advance(STEP)

    bus.listen(move)
    sweeper = Sweeper(bus, store, clock, alarm_of(clock))
    async with open_door(home, bus):
        sys.stdout.write("open\n")
        sys.stdout.flush()
        await sweeper.run()


def main() -> None:
    """Take the home as soon as it is free, and serve it."""
    home = Path(sys.argv[1])
    with hold(home, wait_s=60):
        asyncio.run(serve(home, SqliteStore(home / "bus.sqlite")))


if __name__ == "__main__":
    main()
