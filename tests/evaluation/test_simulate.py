"""The simulator's clock: what is received when, what fires first, and who is told."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coordinator.evaluation.simulate import Simulation, Step, knows_everything
from coordinator.events import encode, made_id, mint_case_reference, parse_time
from tests.golden.stories import nz_2009, plain_data

START = datetime(2026, 3, 2, 20, tzinfo=UTC)
FIRST, SECOND = made_id("first"), made_id("second")
CASE = mint_case_reference("urn:nz:agency:police", FIRST)
OTHER = mint_case_reference("urn:nz:agency:police", SECOND)
CUSTOMS = ("customs", "key_contact"), ("customs", "senior_official")
OFFICE = ("working-group", "working-group")


def simulation(*unreachable: tuple[str, str]) -> Simulation:
    """Make a simulation under the profile of 2009."""
    return Simulation(nz_2009().rules, unreachable=unreachable)


def after(minutes: float) -> datetime:
    """Give the instant so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def raw(name: str, at: float, agency: str = "police", **more: Any) -> bytes:  # noqa: ANN401 - attributes
    """Write an event as it is sent."""
    sending: dict[str, Any] = {
        "name": name,
        "agency": agency,
        "id": made_id(name, str(at), str(more)),
        "time": after(at),
        "data": plain_data()[name] | more.pop("data", {}),
    }
    return encode(**(sending | more))


def report(at: float = 0, *, event_id: str = FIRST) -> bytes:
    """Write a public report, which starts a case."""
    return raw("public_report.received", at, id=event_id)


def told(steps: Iterable[Step]) -> list[tuple[float, str, list[str]]]:
    """Say of each record when it was, what it was, and who was paged by which rung."""
    found = []
    for step in steps:
        decision = step.decision
        assert decision is not None
        late = (parse_time(decision["at"]) - START) / timedelta(minutes=1)
        pages = [f"{page['name']} {page['rung']}" for page in decision["pages"]]
        found.append((late, decision["input"]["type"][10:], pages))
    return found


def test_an_event_is_received_at_its_time() -> None:
    """Without a recordedtime, receipt is when it happened."""
    assert told(simulation().take(report(7))) == [(7, "public_report.received", [])]


def test_an_event_is_received_when_it_was_written_down() -> None:
    """Where a recordedtime is given, that is the receipt, and due counts from it."""
    bus = simulation()
    (step,) = bus.take(
        raw("public_report.received", 0, id=FIRST, recordedtime=after(60))
    )

    assert step.decision is not None
    assert step.decision["at"] == "2026-03-02T21:00:00.000Z"
    assert step.decision["input"]["time"] == "2026-03-02T20:00:00.000Z"
    assert step.decision["opened"][0]["due"] == "2026-03-02T21:30:00.000Z"


def test_a_time_before_the_last_one_counts_as_the_last() -> None:
    """Events are taken in the file's order, whatever their times."""
    bus = simulation()
    list(bus.take(report(20)))
    earlier = told(bus.take(raw("suspicion.reported", 5, subject=CASE)))
    another_case = told(bus.take(report(1, event_id=SECOND)))

    assert earlier == [(20, "suspicion.reported", [])]
    assert another_case == [(20, "public_report.received", [])]


def test_what_is_due_fires_before_the_event_of_that_moment() -> None:
    """Reminders and deadlines up to and at the receipt come first, each at its time."""
    bus = simulation()
    list(bus.take(report()))
    acknowledged = raw(
        "referral.acknowledged", 30, subject=CASE, data={"report_ref": "PR-1"}
    )

    assert told(bus.take(acknowledged)) == [
        (22.5, "deadline.passed", ["police_take_up 0"]),
        (30, "deadline.passed", ["police_take_up 1"]),
        (30, "referral.acknowledged", []),
    ]


def test_rungs_fire_by_instant_then_by_order_of_opening() -> None:
    """Two cases whose rungs fall together fire in the order of their opening."""
    bus = simulation()
    list(bus.take(report(event_id=SECOND)))
    list(bus.take(report(event_id=FIRST)))
    steps = list(bus.run_until(after(30)))
    cases = [step.decision["case"] for step in steps if step.decision]

    assert told(steps) == [
        (22.5, "deadline.passed", ["police_take_up 0"]),
        (22.5, "deadline.passed", ["police_take_up 0"]),
        (30, "deadline.passed", ["police_take_up 1"]),
        (30, "deadline.passed", ["police_take_up 1"]),
    ]
    assert cases == [OTHER, CASE, OTHER, CASE]


def test_rungs_of_one_case_that_fall_together_are_one_record() -> None:
    """The first to fire takes every rung of its case that is due, once each."""
    bus = simulation()
    list(bus.take(report()))
    identified = raw("case.identified", 0, subject=CASE, data=origin())
    list(bus.take(identified))
    together = [entry for entry in told(bus.run_until(after(180))) if entry[0] == 180]

    assert together == [
        (
            180,
            "deadline.passed",
            [
                "senior_official_takes_charge 0",
                "inform_minister 0",
                "senior_official_takes_charge 0",
                "senior_official_takes_charge 0",
                "assess_danger 2",
            ],
        )
    ]


def origin() -> dict[str, Any]:
    """Name the first event as a case's origin."""
    return {"origin_event_ids": [FIRST]}


def test_the_clock_runs_on_to_an_instant_and_no_further() -> None:
    """What is due at the instant fires; what is due a millisecond later does not."""
    bus = simulation()
    list(bus.take(report()))
    before = told(bus.run_until(after(30) - timedelta(milliseconds=1)))
    at = told(bus.run_until(after(30)))
    again = told(bus.run_until(after(30)))

    assert [entry[2] for entry in before] == [["police_take_up 0"]]
    assert [entry[2] for entry in at] == [["police_take_up 1"]]
    assert again == []


def test_the_last_rung_repeats_as_long_as_the_clock_runs() -> None:
    """Each day once more, and each at its own instant."""
    bus = simulation()
    list(bus.take(report()))
    list(bus.run_until(after(90)))
    days = [
        (late / 1440, pages)
        for late, _, pages in told(bus.run_until(after(3 * 1440 + 90)))
        if "police_take_up 2" in pages
    ]

    assert days == [
        (1 + 90 / 1440, ["police_take_up 2"]),
        (2 + 90 / 1440, ["police_take_up 2"]),
        (3 + 90 / 1440, ["police_take_up 2"]),
    ]


def test_what_is_closed_or_moved_does_not_fire() -> None:
    """A closed obligation's rungs stay silent, an acknowledged one's come later."""
    bus = simulation()
    (opening,) = bus.take(report())
    assert opening.decision is not None
    list(bus.run_until(after(30)))
    data = {"obligation_id": opening.decision["opened"][0]["id"]}
    ack = raw("escalation.acknowledged", 40, subject=CASE, data=data)
    list(bus.take(ack))
    day = [
        one for one in told(bus.run_until(after(1480))) if "police_take_up 2" in one[2]
    ]

    assert [late for late, *_ in day] == [1480]

    list(bus.take(raw("suspicion.closed", 1490, subject=CASE)))

    assert told(bus.run_until(after(9999))) == []


# --- who is not reached -----------------------------------------------------------


def test_pages_count_as_sent_and_leave_no_record() -> None:
    """Only somebody named unreachable gives a record."""
    bus = simulation()
    list(bus.take(raw("suspicion.reported", 0, "customs", id=FIRST)))
    names = {name for _, name, _ in told(bus.run_until(after(9999)))}

    assert names == {"deadline.passed"}


def test_an_unreachable_page_gives_its_record_at_once_down_to_the_operator() -> None:
    """Rung after rung is skipped in the same instant; the last one is an alarm."""
    bus = simulation(*CUSTOMS, OFFICE)
    list(bus.take(raw("suspicion.reported", 0, "customs", id=FIRST)))
    list(bus.run_until(after(59)))
    steps = list(bus.run_until(after(60)))
    alarms = [step.decision["alarms"] for step in steps if step.decision]

    assert told(steps) == [
        (60, "deadline.passed", ["report_to_police 1"]),
        (60, "page.unreachable", ["report_to_police 2"]),
        (60, "page.unreachable", ["report_to_police 3"]),
        (60, "page.unreachable", []),
    ]
    assert [len(made) for made in alarms] == [0, 0, 0, 1]
    assert told(bus.run_until(after(1499))) == []


def test_a_reminder_that_reaches_nobody_is_on_record_and_changes_nothing() -> None:
    """Its record is a noop."""
    bus = simulation(*CUSTOMS)
    list(bus.take(raw("suspicion.reported", 0, "customs", id=FIRST)))
    steps = list(bus.run_until(after(45)))
    verdicts = [step.decision["verdict"] for step in steps if step.decision]

    assert told(steps) == [
        (45, "deadline.passed", ["report_to_police 0"]),
        (45, "page.unreachable", []),
    ]
    assert verdicts == ["accepted", "noop"]


def test_a_breach_that_nobody_hears_of_alarms_the_operator() -> None:
    """The senior official, the Working Group, then the operator."""
    bus = simulation(("police", "senior_official"), OFFICE)
    list(bus.take(report()))
    placed = raw("safe_house.placed", 1, subject=CASE, personref="p-1")
    steps = list(bus.take(placed))
    pages = [
        [(page["agency"], page["why"]) for page in step.decision["pages"]]
        for step in steps
        if step.decision
    ]

    assert pages == [[("police", "breach")], [("working-group", "breach")], []]
    assert steps[-1].decision is not None
    assert [one["obligation"] for one in steps[-1].decision["alarms"]] == [None]


# --- what is turned away ----------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        (b"{", "unreadable"),
        (b'{"specversion":"1.0"}', "schema"),
        (raw("suspicion.reported", 5, subject="TP-1"), "subject"),
        (raw("suspicion.reported", 5, "treasury"), "unknown_agency"),
        (raw("suspicion.reported", 11, recordedtime=after(5)), "future_time"),
        (raw("suspicion.reported", 5, id=FIRST), "id_reused"),
    ],
)
def test_what_ingress_rejects_makes_no_record(sent: bytes, rule: str) -> None:
    """It gives a problem, and what comes after it is decided."""
    bus = simulation()
    list(bus.take(report()))
    (step,) = bus.take(sent)
    accepted = told(bus.take(raw("suspicion.reported", 6, subject=CASE)))

    assert step.decision is None
    assert step.problem is not None
    assert step.problem.rule == rule
    assert accepted == [(6, "suspicion.reported", [])]


def test_every_organisation_contact_and_signature_passes() -> None:
    """A simulation's directory has everybody, and nobody's key."""
    assert knows_everything.agency("ngo-anybody")
    assert knows_everything.contact("anybody")
    assert knows_everything.public_key("police") is None

    bus = simulation()
    (step,) = bus.take(
        raw("suspicion.reported", 0, "ngo-seafarers", id=FIRST, signature="a..b")
    )

    assert step.decision is not None
    assert step.decision["verdict"] == "accepted"


def test_a_file_may_hold_the_coordinators_own_events() -> None:
    """A scope's activation is in the file, since nothing else activates it."""
    bus = simulation()
    own = raw("protocol.activated", 0, "coordinator", subject="agency:police")
    (step,) = bus.take(own)
    (forged,) = bus.take(raw("protocol.activated", 1, subject="agency:police"))

    assert step.decision is not None
    assert (step.decision["case"], step.decision["verdict"]) == (
        "agency:police",
        "accepted",
    )
    assert forged.problem is not None
    assert forged.problem.rule == "coordinator_type"
