"""A case told line by line, for examples: who says what, minutes after it began."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from coordinator.events import (
    CATALOGUE,
    Event,
    format_time,
    made_id,
    make_event,
    mint_case_reference,
)
from coordinator.protocol import Decision, Record, Rules, State, apply, decide
from coordinator.protocol.state import Obligation
from tests.golden.stories import nz_2009, plain_data

__all__ = ["START", "Case", "minutes"]

START: Final = datetime(2026, 3, 2, 20, tzinfo=UTC)  # Tuesday, 09:00 in Wellington


def minutes(count: float) -> str:
    """Write the instant so many minutes after the start."""
    return format_time(START + timedelta(minutes=count))


class Case:
    """
    One key's state and what was decided in it; no timer fires by itself.

    Data left out is the catalogue's example, or plainer.
    """

    def __init__(self, rules: Rules | None = None, *, key: str | None = None) -> None:
        self.rules = nz_2009().rules if rules is None else rules
        self.key = key or mint_case_reference("urn:nz:agency:police", made_id("e", 0))
        self.state = State(self.key)
        self.decisions: list[Decision] = []
        self.events: list[Event] = []

    def say(  # noqa: PLR0913 - what an event is made of
        self,
        agency: str,
        name: str,
        at: float = 0,
        *,
        person: str | None = None,
        data: dict[str, Any] | None = None,
        contact_known: bool | None = None,
        rules: Rules | None = None,
        **more: Any,  # noqa: ANN401 - attributes of the event
    ) -> Decision:
        """Decide what an agency says, so many minutes after the start."""
        plain = plain_data().get(name) or CATALOGUE[name].example
        said = {
            key: value
            for key, value in (dict(plain) | (data or {})).items()
            if value is not None
        }
        for key in ("basis_event_ids", "origin_event_ids"):
            if key in said and key not in (data or {}):
                said[key] = [self.events[0].id]
        sending: dict[str, Any] = {
            "name": name,
            "agency": agency,
            "id": made_id("e", len(self.events)),
            "time": START + timedelta(minutes=at),
            "subject": self.key if self.events else None,
            "personref": person,
            "data": said,
        }
        event = make_event(**(sending | more))
        return self.take(event, at, contact_known=contact_known, rules=rules)

    def take(
        self,
        event: Event,
        at: float,
        *,
        contact_known: bool | None = None,
        rules: Rules | None = None,
    ) -> Decision:
        """Decide an event, received so many minutes after the start."""
        record = Record(
            self.key,
            START + timedelta(minutes=at),
            self.rules if rules is None else rules,
            event,
            contact_known,
        )
        decision = decide(self.state, record)
        apply(self.state, record, decision)
        self.decisions.append(decision)
        self.events.append(event)
        return decision

    def identified(self, *people: str) -> None:
        """Report, identify the case, and identify its victims, all at the start."""
        self.say("police", "public_report.received")
        self.say("police", "case.identified")
        for person in people:
            self.say("police", "victim.identified", person=person)

    def certified(self, person: str, *, at: float = 0, number: str = "C-1") -> None:
        """Assess, endorse and certify a person who is identified."""
        self.say("police", "evidence.assessed", at, person=person)
        self.say("police", "certification.endorsed", at, person=person)
        issued = {"certification_no": number}
        self.say("police", "certification.issued", at, person=person, data=issued)

    def owed(self, name: str) -> list[Obligation]:
        """List the open obligations of a name, in order of opening."""
        return [
            one
            for one in self.state.obligations.values()
            if one.open and one.rules.name == name
        ]
