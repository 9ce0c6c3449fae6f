"""The agent itself: what an agency's developer makes, once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from coordinator.agents.agency.handlers import Handlers
from coordinator.agents.agency.pace import Pace
from coordinator.agents.agency.received import Received
from coordinator.agents.agency.turn import Turn, Work
from coordinator.topics.records import Receipt

__all__ = ["AgencyAgent"]


class AgencyAgent(Handlers):
    """
    An agency's stream agent: its handlers, and its voice.

    Args:
        agency: The agency's id.
        key: A private JWK of Ed25519 to sign with, if any.
        pace: How much is handled at a time, and how what fails is tried again.
    """

    def __init__(
        self,
        agency: str,
        *,
        key: Mapping[str, Any] | None = None,
        pace: Pace | None = None,
    ) -> None:
        super().__init__()
        self.agency = agency
        self.key = key
        self.pace = pace or Pace()
        self._work: Work | None = None

    async def publish(  # noqa: PLR0913 - what an event has
        self,
        name: str,
        *,
        case: str | None = None,
        person: str | None = None,
        at: datetime | None = None,
        exercise: bool = False,
        ulid: str | None = None,
        **data: Any,  # noqa: ANN401 - JSON values, by the event's own schema
    ) -> Receipt:
        """
        Say an event, while at work, and give what became of it: its verdict, and why.

        In a handler, publish through the agent that the handler is given.

        Args:
            name: The event's.
            case: A case reference, or another scope; None where the event begins one.
            person: The pseudonym of whom it is about.
            at: When it happened; aware. By default now.
            exercise: Whether it is part of an exercise.
            ulid: The event's id: the same again is the same event. By default new.
            data: What the event says; a name that Python keeps to itself (`from`) goes
                in as `**{"from": …}`.

        Raises:
            ValueError: There is no such event.
            NotYetDecidedError: It will be decided; no answer came in time.
            TransientError: It may not have been sent; say it again with the same id.
        """
        voice, line, _ = self._at_work()
        raw = voice.event(
            name, data, case=case, person=person, at=at, exercise=exercise, ulid=ulid
        )
        return await line.send(raw)

    async def handle(self, event: Received) -> None:
        """Have an event handled, while at work; what the handler raises is raised."""
        handler = self.handler_of(event.name)
        if handler is not None:
            await handler(event, Turn(self._at_work(), event))

    @contextmanager
    def working_with(self, work: Work) -> Iterator[None]:
        """Be at work; see `work`."""
        self._work = work
        try:
            yield
        finally:
            self._work = None

    def _at_work(self) -> Work:
        if self._work is None:
            message = f"{self.agency}: not at work; see coordinator.agencies.at_work"
            raise RuntimeError(message)
        return self._work
