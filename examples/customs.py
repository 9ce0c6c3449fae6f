"""Customs: what an officer saw at the border is reported, and referred to Police."""

import asyncio

from coordinator.agencies import at_work
from coordinator.agents.agency import AgencyAgent, Received, Turn

agent = AgencyAgent("customs")
taken_up = asyncio.Event()


@agent.on("referral.acknowledged")
async def note(event: Received, _: Turn) -> None:
    """Police have it; the officer can be told who."""
    print(event.case, event.data["receiver_role"])  # noqa: T201 - what the officer sees
    taken_up.set()


async def refer(indicators: list[str]) -> str:
    """Report a suspicion, refer it within the hour (L1398), and give the case."""
    reported = await agent.publish(
        "suspicion.reported",
        observer_role="passenger_officer",
        context="border_air",
        indicators=indicators,
    )
    referred = await agent.publish(
        "suspicion.referred",
        case=reported["case"],
        referral_ref=f"C-{reported['id']}",
        basis_event_ids=[reported["id"]],
        contact_role="duty_manager",
        method="phone",
        urgency="urgent",
    )
    if referred["verdict"] != "accepted":
        raise RuntimeError(referred["detail"])
    return str(reported["case"])


async def main() -> None:
    """Refer one suspicion, and wait until Police have taken it up."""
    async with at_work(agent):
        await refer(["passport held by a travelling companion"])
        await asyncio.wait_for(taken_up.wait(), timeout=60)


if __name__ == "__main__":
    asyncio.run(main())
