"""
An agent at work: what arrives goes into the tray, what is in the tray to the handlers.

    line ─▶ tray ─▶ desk ─▶ handler ─▶ line

The line is read on while handlers wait for answers, which come by the same way.
"""

import asyncio
from collections.abc import Callable, Sequence

from coordinator.agents.agency.agent import AgencyAgent
from coordinator.agents.agency.attempt import Attempts
from coordinator.agents.agency.desk import Desk
from coordinator.agents.agency.saying import Voice
from coordinator.agents.agency.turn import Work
from coordinator.runtime.clock import Clock
from coordinator.runtime.line import Arrival, Line
from coordinator.runtime.sqlite.tray import Tray

__all__ = ["work"]


async def work(  # noqa: PLR0913 - it is where they meet
    agent: AgencyAgent,
    line: Line,
    tray: Tray,
    *,
    clock: Clock,
    chance: Callable[[], float],
    stop: asyncio.Event,
) -> None:
    """
    Work until told to stop; then finish what is in hand, and leave the rest.

    Args:
        agent: Whose handlers.
        line: The agency's, ready to send.
        tray: The agency's, for this process alone.
        clock: The time of the bus.
        chance: Gives numbers of at least 0 and below 1.
        stop: Ends it.

    Raises:
        TransientError, OperatorError: The line or the tray is of no more use.
    """
    pace = agent.pace
    attempts = Attempts(agent.agency, tray, agent.handle, pace, clock, chance)
    voice = Voice(agent.agency, clock, agent.key)
    try:
        with agent.working_with(Work(voice, line, tray)):
            async with asyncio.TaskGroup() as tasks:
                desk = Desk(attempts, tasks, pace.together)

                def keep(arrivals: Sequence[Arrival]) -> None:
                    desk.look(tray.keep(arrivals))

                receiving = tasks.create_task(line.receive(keep, tray.kept_to()))
                watching = tasks.create_task(desk.watch())
                await stop.wait()
                watching.cancel()
                await desk.close(pace.grace_s)
                receiving.cancel()
    except BaseExceptionGroup as failed:
        # Of what failed together the first says why; the others failed with it.
        raise failed.exceptions[0] from None
