"""Justice: an interpreter is found for whoever asks, from a list by language."""

from coordinator.agencies import run
from coordinator.agents.agency import AgencyAgent, Received, Turn
from coordinator.events import OperatorError

agent = AgencyAgent("justice")

ON_CALL = {"th": "INT-7", "vi": "INT-12"}


@agent.on("interpreter.requested")
async def assign(event: Received, agent: Turn) -> None:
    """Assign whoever is on call (item 26); where nobody is, leave it to a person."""
    language = event.data["language"]
    if language not in ON_CALL:
        message = "no interpreter on call; assign one by hand, then try this again"
        raise OperatorError(message)
    await agent.publish(
        "interpreter.assigned",
        case=event.case,
        person=event.person,
        request_ref=event.data["request_ref"],
        language=language,
        interpreter_ref=ON_CALL[language],
        for_event=event.data["for_event"],
    )


if __name__ == "__main__":
    run(agent)
