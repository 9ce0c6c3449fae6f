"""
Agencies' agents put together: a line on the runtime that the settings name, and a tray.

    coordinator.agencies.run(agent)             until the process is told to stop
    async with at_work(agent): await agent.publish(…)

Both work from `<home>/agents/<agency>.sqlite`, which is the agency's own and never the
bus's; on Kafka nothing else is kept there. One process at a time works from it.
"""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from random import SystemRandom
from typing import Final

from coordinator.agents.agency import AgencyAgent, work
from coordinator.bootstrap import clock_of, reading, submit
from coordinator.connecting import connection_of
from coordinator.events import AGENCY_PATTERN, OperatorError
from coordinator.runtime.embedded.line import EmbeddedLine
from coordinator.runtime.kafka.health import serving
from coordinator.runtime.kafka.line import kafka_line
from coordinator.runtime.kafka.metrics import introduce
from coordinator.runtime.line import Line
from coordinator.runtime.sqlite.tray import working_from
from coordinator.settings import Settings

__all__ = ["at_work", "line_of", "run", "tray_of", "work_until_told"]

_PACKAGE: Final = "item23-coordinator"


def tray_of(settings: Settings, agency: str) -> Path:
    """
    Say where an agency's tray is.

    Raises:
        OperatorError: That is no agency's id.
    """
    if re.fullmatch(AGENCY_PATTERN, agency) is None:
        message = f"{agency}: not an agency's id; one is in lower case, such as police"
        raise OperatorError(message)
    return settings.home / "agents" / f"{agency}.sqlite"


@asynccontextmanager
async def line_of(settings: Settings, agency: str) -> AsyncIterator[Line]:
    """
    Open an agency's line to the bus.

    Args:
        settings: Which runtime, and where it is.
        agency: Whose.

    Raises:
        OperatorError: There is no home, or no cluster is named.
        TransientError: The cluster does not answer.
    """
    if settings.runtime == "kafka":
        connection = connection_of(settings)
        async with kafka_line(agency, connection, stall_s=settings.stall_s) as line:
            yield line
    else:
        with reading(settings) as store:
            yield EmbeddedLine(
                agency, store, store.version, lambda one: submit(settings, [one])[0]
            )


@asynccontextmanager
async def at_work(
    agent: AgencyAgent, settings: Settings | None = None
) -> AsyncIterator[Line]:
    """
    Have an agent at work while the block runs; then it finishes what is in hand.

    Gives its line, which tells whether it is being read.

    Args:
        agent: The agent, with its handlers.
        settings: By default those of the environment.

    Raises:
        OperatorError: Another process works for this agency, or the line or the tray
            must be looked at.
        TransientError: The line broke; what was in hand is left for the next start.
    """
    settings = settings or Settings()
    stop = asyncio.Event()
    with working_from(tray_of(settings, agent.agency)) as tray:
        async with line_of(settings, agent.agency) as line:
            clock, chance = clock_of(settings), SystemRandom().random
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(
                        work(agent, line, tray, clock=clock, chance=chance, stop=stop)
                    )
                    await asyncio.sleep(0)  # it begins
                    try:
                        yield line
                    finally:
                        stop.set()
            except BaseExceptionGroup as failed:
                raise failed.exceptions[0] from None


def run(agent: AgencyAgent, settings: Settings | None = None) -> None:
    """
    Have an agent at work until the process is told to stop (SIGTERM, SIGINT).

    Raises what `at_work` does.
    """
    asyncio.run(work_until_told(agent, settings))


async def work_until_told(agent: AgencyAgent, settings: Settings | None = None) -> None:
    """Do as `run` does, in the event loop that runs already."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    settings = settings or Settings()
    introduce("agency", version=version(_PACKAGE))
    async with (
        at_work(agent, settings) as line,
        serving(
            settings.metrics_host,
            settings.metrics_port,
            {"the inbox": lambda: line.is_reading},
        ),
    ):
        await told.wait()
