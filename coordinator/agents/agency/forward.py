"""The ready agent: hands every delivery on, as it came, to an agency's own system."""

from collections.abc import Awaitable, Callable

from coordinator.agents.agency.agent import AgencyAgent
from coordinator.agents.agency.pace import Pace
from coordinator.agents.agency.received import Received
from coordinator.agents.agency.turn import Turn

__all__ = ["Deliver", "forwarding"]

Deliver = Callable[[str, bytes], Awaitable[None]]
"""Hands over a delivery: its id, and the CloudEvent in the agency's view."""


def forwarding(
    agency: str, deliver: Deliver, *, pace: Pace | None = None
) -> AgencyAgent:
    """
    Make an agent that hands everything on.

    Args:
        agency: The agency's id.
        deliver: Returns once it was taken; what it raises has it tried again, an
            OperatorError has it parked.
        pace: As for any agent.
    """
    agent = AgencyAgent(agency, pace=pace)

    @agent.on("*")
    async def hand_on(event: Received, _: Turn) -> None:
        await deliver(event.delivery, event.raw)

    return agent
