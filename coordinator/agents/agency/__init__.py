"""
An agency's stream agent: what an agency's developer writes against, on either runtime.

    agent = AgencyAgent("police")

    @agent.on("suspicion.referred")
    async def take_up(event: Received, agent: Turn) -> None:
        answer = await agent.publish(
            "referral.acknowledged", case=event.case, referral_ref=...
        )

    agent     what a developer makes           desk      what is handled when
    received  what a handler is given          attempt   one try, and what comes of it
    turn      publishing while handling        pace      how long what fails is tried

An event is handed over at least once. It is handed over again after its handler failed,
and where the process died while it was in hand (`event.attempt` is then above 1, and
`event.delivery` is the same); what the handler publishes through the agent that it is
given is then the same event, and counts once.

Source: docs/adr/0016-agency-agents.md.
"""

from coordinator.agents.agency.agent import AgencyAgent
from coordinator.agents.agency.forward import forwarding
from coordinator.agents.agency.handlers import Handler
from coordinator.agents.agency.pace import Pace
from coordinator.agents.agency.received import Received
from coordinator.agents.agency.turn import Turn
from coordinator.agents.agency.work import work

__all__ = ["AgencyAgent", "Handler", "Pace", "Received", "Turn", "forwarding", "work"]
