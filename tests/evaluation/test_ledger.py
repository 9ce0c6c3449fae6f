"""The ledger: what a log amounts to, worked out from its decisions alone."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, TypedDict, Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.evaluation.ledger import Ledger, Logged, find_obligations
from coordinator.evaluation.simulate import Simulation
from coordinator.events import encode, made_id, parse_time
from coordinator.protocol import Rules, load_profile

START = datetime(2026, 3, 2, 20, 5, tzinfo=UTC)
SUSPICION = {"observer_role": "officer", "context": "border_air", "indicators": ["i1"]}


@pytest.fixture(scope="module")
def rules() -> Rules:
    """Give the packaged protocol."""
    folder = files("coordinator.protocol") / "profiles"
    return load_profile(
        "nz_2009.yaml", lambda name: (folder / name).read_text(encoding="utf-8")
    ).rules


class More(TypedDict, total=False):
    """What an event may have besides."""

    case: str
    person: str
    exercise: bool


class Log:
    """A log made in virtual time."""

    def __init__(self, rules: Rules, *unreachable: tuple[str, str]) -> None:
        self.rows: list[Logged] = []
        self.rules = rules
        self.now = START
        self.simulation = Simulation(rules, unreachable=unreachable)

    def send(
        self, name: str, agency: str, data: dict[str, Any], **more: Unpack[More]
    ) -> Logged:
        """Have an event decided now."""
        raw = encode(
            name=name,
            agency=agency,
            id=made_id("test", len(self.rows)),
            time=self.now,
            data=data,
            subject=more.get("case"),
            personref=more.get("person"),
            exercise=more.get("exercise", False),
        )
        self._note(self.simulation.take(raw))
        return self.rows[-1]

    def wait(self, **length: float) -> None:
        """Let time pass, and what falls due be decided."""
        self.now += timedelta(**length)
        self._note(self.simulation.run_until(self.now))

    def ledger(self) -> Ledger:
        """Give the ledger of it all."""
        return Ledger({self.rules.reference: self.rules}).take_all(self.rows)

    def _note(self, steps: Any) -> None:  # noqa: ANN401 - what a simulation yields
        for step in steps:
            assert step.problem is None
            self.rows.append(Logged(step.decision, step.event.raw))


def test_a_case_begins_with_its_first_accepted_event(rules: Rules) -> None:
    """A case counts what agencies said and was accepted, and nothing else."""
    log = Log(rules)
    case = log.send("suspicion.reported", "customs", SUSPICION).decision["case"]
    log.wait(hours=2)
    log.send("suspicion.reported", "dia", SUSPICION, case=case)
    log.send("minister.informed", "labour", _briefing("initial"), case=case)
    (found,) = log.ledger().cases.values()

    assert (found.reference, found.opened_at) == (case, START)
    assert (found.events, found.exercise) == (2, False)


def test_what_was_refused_makes_no_case(rules: Rules) -> None:
    """A reference under which everything was refused is no case, and owes nothing."""
    log = Log(rules)
    log.send(
        "minister.informed", "labour", _briefing("initial"), case="TP-00000-00000-0"
    )
    ledger = log.ledger()

    assert (ledger.cases, ledger.owed, ledger.pages) == ({}, {}, {})


def test_an_exercise_is_marked(rules: Rules) -> None:
    """A case that began as an exercise is one, and so is what is owed in it."""
    log = Log(rules)
    log.send("suspicion.reported", "customs", SUSPICION, exercise=True)
    ledger = log.ledger()

    assert [case.exercise for case in ledger.cases.values()] == [True]
    assert [owed.exercise for owed in ledger.owed.values()] == [True]


def test_an_obligation_is_late_from_its_due_time_on(rules: Rules) -> None:
    """At its due time an obligation is not late yet; a moment after it is."""
    log = Log(rules)
    case = log.send("suspicion.reported", "customs", SUSPICION).decision["case"]
    ledger = log.ledger()
    (owed,) = ledger.owed.values()
    due = START + timedelta(hours=1)

    assert (owed.due, owed.number, owed.owner) == (due, "T1", "customs")
    assert owed.late_by_s(due - timedelta(minutes=1)) == owed.late_by_s(due) == 0.0
    assert owed.late_by_s(due + timedelta(seconds=90)) == 90.0
    assert ledger.late(due) == {}
    assert ledger.late(due + timedelta(milliseconds=1)) == {case: 1}
    assert ledger.open() == {case: 1}


def test_a_reminder_is_no_escalation(rules: Rules) -> None:
    """An obligation is escalated once a rung was paged, and remembers the highest."""
    log = Log(rules)
    log.send("suspicion.reported", "customs", SUSPICION)
    log.wait(minutes=50)
    (reminded,) = log.ledger().owed.values()
    log.wait(hours=2)
    (paged,) = log.ledger().owed.values()

    assert (reminded.rung, reminded.escalated) == (0, False)
    assert (paged.rung, paged.escalated) == (2, True)


def test_what_is_settled_is_owed_no_more(rules: Rules) -> None:
    """A closed obligation is out of the ledger; its pages stay."""
    log = Log(rules)
    first = log.send("suspicion.reported", "customs", SUSPICION)
    log.wait(hours=2)
    log.send(
        "suspicion.referred",
        "customs",
        {
            "referral_ref": "R1",
            "basis_event_ids": [first.decision["input"]["id"]],
            "contact_role": "desk",
            "method": "phone",
            "urgency": "urgent",
        },
        case=first.decision["case"],
    )
    ledger = log.ledger()

    assert {owed.owner for owed in ledger.owed.values()} == {"police"}
    assert {out.page["name"] for out in ledger.pages.values()} == {"report_to_police"}


@pytest.mark.parametrize(
    ("new_due", "until"),
    [
        (None, START + timedelta(hours=2, days=1)),
        ("2026-03-03T01:00:00Z", datetime(2026, 3, 3, 1, tzinfo=UTC)),
    ],
)
def test_an_acknowledged_ladder_rests(
    rules: Rules, new_due: str | None, until: datetime
) -> None:
    """It rests until the new due time, or as long as the protocol lets it at most."""
    log = Log(rules)
    case = log.send("suspicion.reported", "customs", SUSPICION).decision["case"]
    log.wait(hours=2)
    (owed,) = log.ledger().owed.values()
    assert owed.acknowledged_until is None
    data = {"obligation_id": owed.id, "decision": "the desk calls"}
    if new_due is not None:
        data["new_due"] = new_due
    log.send("escalation.acknowledged", "customs", data, case=case)
    (after,) = log.ledger().owed.values()

    assert after.acknowledged_until == until


def test_a_page_that_reached_nobody_says_so(rules: Rules) -> None:
    """Every page has its outcome, also where that moved no ladder."""
    log = Log(rules, ("customs", "key_contact"))
    log.send("suspicion.reported", "customs", SUSPICION)
    log.wait(hours=1)
    outcomes = [(out.page["why"], out.outcome) for out in log.ledger().pages.values()]

    assert outcomes == [
        ("reminder", "unreachable"),
        ("deadline", "unreachable"),
        ("unreachable", "queued"),
    ]


def test_obligations_are_found_by_how_their_ids_begin(rules: Rules) -> None:
    """The whole id finds one, its beginning at least that one, nonsense none."""
    log = Log(rules)
    case = log.send("suspicion.reported", "customs", SUSPICION).decision["case"]
    (owed,) = log.ledger().owed.values()

    assert list(find_obligations(log.rows, owed.id)) == [(owed.id, case)]
    assert (owed.id, case) in list(find_obligations(log.rows, owed.id[:1]))
    assert list(find_obligations(log.rows, "Z" * 26)) == []


@given(st.data())
def test_the_ledger_agrees_with_the_case_machine(
    rules: Rules, data: st.DataObject
) -> None:
    """Whatever is told, what the ledger has open is what the states have open."""
    nobody = ("customs", "key_contact")
    log = Log(rules, *([nobody] if data.draw(st.booleans()) else []))
    for _ in range(data.draw(st.integers(1, 6))):
        cases = dict.fromkeys(row.decision["case"] for row in log.rows)
        case = data.draw(st.sampled_from([None, *cases]))
        agency = data.draw(st.sampled_from(["customs", "dia", "police"]))
        if case is None:
            log.send("suspicion.reported", agency, SUSPICION)
        else:
            log.send("suspicion.reported", agency, SUSPICION, case=case)
        log.wait(minutes=data.draw(st.integers(0, 300)))
    machine = {
        owed.id: (parse_time(owed.due), owed.owner, owed.reached)
        for state in log.simulation.states.values()
        for owed in state.obligations.values()
        if owed.open
    }

    assert {
        owed.id: (owed.due, owed.owner, owed.rung)
        for owed in log.ledger().owed.values()
    } == machine


def _briefing(kind: str) -> dict[str, str]:
    return {
        "briefing_ref": "B",
        "kind": kind,
        "officer_role": "adviser",
        "method": "phone",
    }
