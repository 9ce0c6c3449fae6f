"""
An agent in the midst of handling one delivery.

What is published here says the same when the handler runs again: it was written down
first, under its place in the handling, and goes out again with the same id and words.
The bus then answers `duplicate`, and nothing has happened twice. What was refused or
rejected had no effect, and is forgotten: the next attempt says it anew.
"""

from collections import Counter
from datetime import datetime
from typing import Any, Final, NamedTuple

from coordinator.agents.agency.received import Received
from coordinator.agents.agency.saying import Voice
from coordinator.events import made_id
from coordinator.runtime.line import Line
from coordinator.runtime.sqlite.tray import Tray
from coordinator.topics.records import Receipt

__all__ = ["Turn", "Work"]

_NOT_TAKEN: Final = ("refused", "rejected")


class Work(NamedTuple):
    """What an agent works with, once it is at work."""

    voice: Voice
    line: Line
    tray: Tray


class Turn:
    """The agent, as a handler is given it."""

    def __init__(self, work: Work, event: Received) -> None:
        self._work = work
        self._event = event
        self._times: Counter[str] = Counter()

    @property
    def agency(self) -> str:
        """The agency's id."""
        return self._work.voice.agency

    async def publish(
        self,
        name: str,
        *,
        case: str | None = None,
        person: str | None = None,
        at: datetime | None = None,
        exercise: bool | None = None,
        **data: Any,  # noqa: ANN401 - JSON values, by the event's own schema
    ) -> Receipt:
        """
        Say an event and give what became of it; see `AgencyAgent.publish`.

        It names the event that is being handled as its cause, and is part of an
        exercise if that one is. The id is made from the delivery, the event's name and
        how many of that name were published in this handling before.
        """
        self._times[name] += 1
        place = f"{name}.{self._times[name]}"
        voice, line, tray = self._work
        delivery = self._event.delivery
        raw = tray.said(delivery, place)
        if raw is None:
            raw = voice.event(
                name,
                data,
                case=case,
                person=person,
                at=at,
                exercise=self._event.exercise if exercise is None else exercise,
                ulid=made_id("said", delivery, place, self._event.attempt),
                cause=self._event.id,
            )
            tray.say(delivery, place, raw)
        receipt = await line.send(raw)
        if receipt["verdict"] in _NOT_TAKEN:
            tray.unsay(delivery, place)
        return receipt
