"""
Homes to run the program on, and what came of running it.

They are real homes, on SQLite. Their clocks are moved by hand while a case is told, and
then stand at a fictional time, as a demo's does.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, Unpack

import orjson

from coordinator.bootstrap import deciding
from coordinator.events import deadline_passed, encode, made_id
from coordinator.runtime.clock import ManualClock, SystemClock
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Outcome, Submission
from coordinator.settings import Settings

CONTACTS = Path(__file__).parents[2] / "contacts"
START = datetime(2026, 3, 2, 20, 5, tzinfo=UTC)  # Tuesday 09:05 in New Zealand


class Ran(NamedTuple):
    """What came of running the program."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> list[Any]:
        """The JSON values on stdout, one a line."""
        return [orjson.loads(line) for line in self.out.splitlines()]

    @property
    def problem(self) -> dict[str, Any]:
        """The JSON value that is the last line on stderr."""
        problem: dict[str, Any] = orjson.loads(self.err.splitlines()[-1])
        return problem


Run = Callable[..., Ran]


class More(TypedDict, total=False):
    """What an event may have besides its name, sender and data."""

    id: str
    case: str
    subject: str
    person: str
    exercise: bool


class Bus:
    """A home whose events are sent at times of the test's choosing."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, contacts=CONTACTS)
        self.now = START
        self._sent = 0

    def moved(self, home: Path) -> "Bus":
        """Give the same bus on a copy of its home."""
        other = Bus(home)
        other.now, other._sent = self.now, self._sent
        return other

    def raw(
        self, name: str, agency: str, data: dict[str, Any], **more: Unpack[More]
    ) -> bytes:
        """Write an event as of now."""
        self._sent += 1
        return encode(
            name=name,
            agency=agency,
            id=more.get("id", made_id("test", self._sent)),
            time=self.now,
            data=data,
            subject=more.get("case", more.get("subject")),
            personref=more.get("person"),
            exercise=more.get("exercise", False),
        )

    def send(
        self, name: str, agency: str, data: dict[str, Any], **more: Unpack[More]
    ) -> Outcome:
        """Have an event decided now, and kept."""
        return self.take([Submission(raw=self.raw(name, agency, data, **more))])[0]

    def wait(self, **length: float) -> None:
        """Let time pass, and whatever falls due on the way be decided at its time."""
        until = self.now + timedelta(**length)
        with deciding(self.settings, clock=ManualClock(self.now)) as desk:
            while due := desk.store.due(until, 1):
                (timer,) = due
                self.now = max(self.now, timer.at)
                event = deadline_passed(
                    key=timer.key,
                    obligation=timer.obligation,
                    rung=timer.rung,
                    due=timer.at,
                    at=self.now,
                )
                desk.step.take([Submission(event=event)], self.now)
        self.now = until

    def stand(self) -> None:
        """Set the home's own clock to now, for whoever looks at it from here on."""
        offset = self.now - SystemClock().now()
        store = SqliteStore(self.settings.home / "bus.sqlite")
        store.set_clock_offset(offset // timedelta(milliseconds=1))
        store.close()

    def take(self, submissions: list[Submission]) -> list[Outcome]:
        """Have anything decided now, and kept."""
        with deciding(self.settings, clock=ManualClock(self.now)) as desk:
            return desk.step.take(submissions, self.now)


class Told(NamedTuple):
    """A case that was told on a bus, for commands to look at."""

    bus: Bus
    case: str
    suspicion: str
    referral: str
    identified: str


def tell(bus: Bus) -> Told:
    """
    Tell a case up to a deadline that was missed.

    09:05 Customs report a suspicion and refer it; 09:15 Police identify the case and
    09:20 a victim; 13:15 Labour's four hours to inform the Minister are over; it is
    13:45 now.
    """
    first = bus.send(
        "suspicion.reported",
        "customs",
        {"observer_role": "officer", "context": "border_air", "indicators": ["i1"]},
    )
    assert first.decision is not None
    assert first.event_id is not None
    case = first.decision["case"]
    second = bus.send(
        "suspicion.referred",
        "customs",
        {
            "referral_ref": "R1",
            "basis_event_ids": [first.event_id],
            "contact_role": "desk",
            "method": "phone",
            "urgency": "urgent",
        },
        case=case,
    )
    bus.wait(minutes=10)
    third = bus.send(
        "case.identified",
        "police",
        {
            "origin_event_ids": [first.event_id],
            "offence_basis": "s98D",
            "cross_border": True,
            "lead_role": "lead",
        },
        case=case,
    )
    bus.wait(minutes=5)
    bus.send(
        "victim.identified",
        "police",
        {"language": "th", "age_band": "adult", "immediate_needs": ["safety"]},
        case=case,
        person="p-1",
    )
    bus.wait(hours=4, minutes=25)
    assert second.event_id is not None
    assert third.event_id is not None
    return Told(bus, case, first.event_id, second.event_id, third.event_id)
