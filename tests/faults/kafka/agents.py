"""
The agents of some agencies, to be killed: a program of its own.

    python agents.py OUT AGENCY…

They work by the settings of the environment. Each writes a line into the file OUT when
a handler begins: the agency, the delivery, which attempt.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from coordinator.agencies import at_work
from coordinator.agents.agency import AgencyAgent, Received, Turn


def agent_of(agency: str, out: int) -> AgencyAgent:
    """Make an agent that writes down whatever it is given."""
    agent = AgencyAgent(agency)

    @agent.on("*")
    async def write(event: Received, _: Turn) -> None:
        # At once; what the system has of it outlives the process.
        os.write(out, f"{agency} {event.delivery} {event.attempt}\n".encode())

    return agent


async def work(out: int, agencies: Sequence[str]) -> None:
    """Have them at work until told to end."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with AsyncExitStack() as stack:
        for agency in agencies:
            await stack.enter_async_context(at_work(agent_of(agency, out)))
        await told.wait()


if __name__ == "__main__":
    descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    asyncio.run(work(descriptor, sys.argv[2:]))
