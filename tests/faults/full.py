"""
A bus that meets a full disk, as a program of its own: the limit is the process's.

    python full.py HOME

It sends cases until one is not kept, makes room, and sends that one again. It writes
each answer, and the line that says what is wrong.
"""

import asyncio
import resource
import sys
from pathlib import Path

from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.port import StoreFault
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.telling import T0, step_on, tell

# Of any file, in bytes: room for a few transactions.
ROOM = 400_000


async def fill(bus: Bus) -> None:
    """Send until nothing more is kept, make room, and go on."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, most))
    number = 0
    faults = 0
    while faults < 3:
        try:
            outcomes = await bus.submit_all(tell(number))
        except StoreFault as fault:
            print(f"fault {fault}")  # noqa: T201 - for whoever started it
            faults += 1
        else:
            print(f"kept {number} {len(outcomes)}")  # noqa: T201 - for whoever started it
            number += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    for _ in range(2):
        outcomes = await bus.submit_all(tell(number))
        verdicts = " ".join(one.verdict for one in outcomes)
        print(f"room {number} {verdicts}")  # noqa: T201 - for whoever started it
        number += 1


def main() -> None:
    """Meet a full disk."""
    store = SqliteStore(Path(sys.argv[1]))
    asyncio.run(fill(Bus(step_on(store), store, ManualClock(T0))))
    store.close()


if __name__ == "__main__":
    main()
