"""Police: a referral that reaches the duty desk is taken up at once."""

from coordinator.agencies import run
from coordinator.agents.agency import AgencyAgent, Received, Turn

agent = AgencyAgent("police")


@agent.on("suspicion.referred")
async def take_up(event: Received, agent: Turn) -> None:
    """Tell the sender who has it, before the half hour is over (L1378-1383)."""
    urgent = event.data["urgency"] == "urgent"
    answer = await agent.publish(
        "referral.acknowledged",
        case=event.case,
        referral_ref=event.data["referral_ref"],
        receiver_role="duty_inspector" if urgent else "intake_desk",
        next_step="interview with an interpreter" if urgent else "assess the report",
    )
    print(answer["verdict"], answer["case"])  # noqa: T201 - what the desk sees


if __name__ == "__main__":
    run(agent)
