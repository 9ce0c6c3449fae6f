"""
An agency's agent, to be killed: a program of its own.

    python agency.py OUT

It is Police's, works by the settings of the environment, takes up each referral, and
writes a line into the file OUT when a handler begins and when it ends.
"""

import os
import sys

from coordinator.agencies import run
from coordinator.agents.agency import AgencyAgent, Pace, Received, Turn

agent = AgencyAgent("police", pace=Pace(first_s=0.01, most_s=0.02, together=4))
out = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def write(word: str, event: Received) -> None:
    """Write a line at once; what the system has of it outlives the process."""
    os.write(out, f"{word} {event.delivery} {event.attempt}\n".encode())


@agent.on("suspicion.referred")
async def take_up(event: Received, agent: Turn) -> None:
    """Take a referral up."""
    write("begins", event)
    answer = await agent.publish(
        "referral.acknowledged",
        case=event.case,
        referral_ref=event.data["referral_ref"],
        receiver_role="desk",
        next_step="assess",
    )
    write(answer["verdict"], event)


if __name__ == "__main__":
    run(agent)
