"""What people read of a decision: the protocol's words, and nothing of a person's."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final, Literal, TypedDict, Unpack

import pytest
from rich.console import Console

from coordinator.cli.demo.story import packaged_story
from coordinator.cli.narrator import Line, Narrator, narrate, spell
from coordinator.evaluation.simulate import Simulation
from coordinator.events import Event, Problem, decode, encode, made_id, own, parse_time
from coordinator.protocol import ENGINE, Decision, Rules, Verdict, load_profile

START = datetime(2026, 3, 2, 20, 5, tzinfo=UTC)  # Tuesday 09:05 in New Zealand


@pytest.fixture(scope="module")
def rules() -> Rules:
    """Give the packaged protocol."""
    folder = files("coordinator.protocol") / "profiles"
    return load_profile(
        "nz_2009.yaml", lambda name: (folder / name).read_text(encoding="utf-8")
    ).rules


class More(TypedDict, total=False):
    """What an event may have besides; `after` counts minutes from the start."""

    id: str
    after: int
    personref: str
    exercise: bool
    via: Literal["phone"]
    recordedby: str


class Case:
    """A case in virtual time, told as it goes."""

    def __init__(self, rules: Rules, *unreachable: tuple[str, str]) -> None:
        self.rules = rules
        self.reference: str | None = None
        self.simulation = Simulation(rules, unreachable=unreachable)
        self._sent = 0

    def send(
        self, name: str, agency: str, data: dict[str, object], **more: Unpack[More]
    ) -> list[Line]:
        """Send one event; give the lines of all that is decided with it."""
        self._sent += 1
        raw = encode(
            name=name,
            agency=agency,
            id=more.get("id", made_id("test", self._sent)),
            time=START + timedelta(minutes=more.get("after", 0)),
            subject=self.reference,
            data=data,
            personref=more.get("personref"),
            exercise=more.get("exercise", False),
            via=more.get("via"),
            recordedby=more.get("recordedby"),
        )
        lines: list[Line] = []
        for event, decision, problem in self.simulation.take(raw):
            assert problem is None
            assert event is not None
            assert decision is not None
            self.reference = decision["case"]
            lines += narrate(event, decision, self.rules)
        return lines

    def run(self, minutes: int) -> list[Line]:
        """Let time pass until so many minutes from the start; give every line."""
        return [
            line
            for event, decision, _ in self.simulation.run_until(
                START + timedelta(minutes=minutes)
            )
            if event is not None and decision is not None
            for line in narrate(event, decision, self.rules)
        ]


SUSPICION: Final[dict[str, object]] = {
    "observer_role": "border_officer",
    "context": "border_air",
    "indicators": ["SECRET"],
}


def report(case: Case, **more: Unpack[More]) -> list[Line]:
    """Open a case with a suspicion."""
    return case.send("suspicion.reported", "customs", SUSPICION, **more)


def identify(case: Case) -> list[Line]:
    """Report a suspicion and make a case of it."""
    report(case, id=made_id("origin"))
    return case.send(
        "case.identified",
        "police",
        {
            "origin_event_ids": [made_id("origin")],
            "offence_basis": "s98D",
            "cross_border": True,
            "lead_role": "investigator",
        },
        after=5,
    )


def labelled(lines: list[Line], label: str) -> list[str]:
    """Give the texts behind a label."""
    return [line.text for line in lines if line.label == label]


def test_an_event_is_told_by_name_sender_case_and_time(rules: Rules) -> None:
    """The first line names the event, who says it, the case and the time."""
    case = Case(rules)

    first, *_ = report(case)

    assert first == Line(
        "event", "09:05:00", f"customs: suspicion.reported  {case.reference}"
    )


def test_receivers_are_told_with_their_view(rules: Rules) -> None:
    """Who got the whole event is told apart from who got a stub."""
    assert labelled(identify(Case(rules)), "told") == [
        "labour, customs (in full); housing, msd, justice, acc (a stub)"
    ]


def test_what_is_owed_has_number_words_owner_due_and_citation(rules: Rules) -> None:
    """An obligation is told by its number and the profile's words for it."""
    (owed,) = labelled(report(Case(rules)), "owed")

    assert owed == (
        "customs: T1 report the suspicion to Police, by 10:05"
        "  (L1398, L1578-1579, L1582)"
    )


def test_a_due_time_on_another_day_has_its_date(rules: Rules) -> None:
    """What is due tomorrow cannot be taken for today."""
    owed = labelled(identify(Case(rules)), "owed")

    assert owed[0].startswith("police: T2c commence the investigation, by Wed 4 Mar ")


def test_a_notice_is_told(rules: Rules) -> None:
    """A notice to the Minister's office is one line."""
    assert labelled(identify(Case(rules)), "NOTICE") == [
        "to minister-immigration: a new case, and no person data"
    ]


def test_a_refusal_tells_rule_citation_and_remedy(rules: Rules) -> None:
    """Whoever reads a refusal learns which rule, where it stands, what mends it."""
    case = Case(rules)
    report(case)

    lines = case.send(
        "investigation.commenced",
        "police",
        {"investigation_ref": "I-1", "priority": "homicide_rape_equivalent"},
    )

    (refused,) = labelled(lines, "REFUSED")
    assert refused == (
        "by investigation.commenced.1 (L1040-1042, L1378-1383). "
        "Required: after case.identified. Send case.identified first."
    )
    assert not labelled(lines, "told")


def test_a_breach_is_told_with_who_is_paged(rules: Rules) -> None:
    """A breach stands, and its page says whom it goes to."""
    case = Case(rules)
    identify(case)

    lines = case.send(
        "investigation.commenced",
        "police",
        {"investigation_ref": "I-1", "priority": "ordinary"},
    )

    (breach,) = labelled(lines, "BREACH")
    assert breach.startswith(
        "of investigation.commenced.2 (L1040-1042, L1378-1383), on record. "
    )
    assert labelled(lines, "PAGE") == ["police's senior official: the breach"]


def test_lateness_is_told(rules: Rules) -> None:
    """What was settled late says by how much, what was settled in time says so."""
    case = Case(rules)
    report(case, id=made_id("origin"))

    lines = case.send(
        "suspicion.referred",
        "customs",
        {
            "referral_ref": "R-1",
            "basis_event_ids": [made_id("origin")],
            "contact_role": "key_contact",
            "method": "phone",
            "urgency": "urgent",
        },
        after=72,
    )

    assert labelled(lines, "settled") == [
        "customs: T1 report the suspicion to Police, 12 min late"
    ]


def test_what_was_replaced_is_dropped_not_settled(rules: Rules) -> None:
    """An obligation that another takes the place of is not told as done."""
    case = Case(rules)
    identify(case)

    lines = case.send(
        "victim.identified",
        "police",
        {"language": "en", "age_band": "adult", "immediate_needs": []},
        personref="P-SECRET",
    )

    assert labelled(lines, "dropped") == [
        "police: T8 assess the danger to the victim and the family, superseded"
    ]
    assert not labelled(lines, "settled")


def test_reminders_and_missed_deadlines_tell_whom_and_why(rules: Rules) -> None:
    """A page tells who is paged about what, and at which rung."""
    case = Case(rules)
    report(case)

    owed = "T1 report the suspicion to Police"
    assert labelled(case.run(minutes=121), "PAGE") == [
        f"customs' key contact: reminder: {owed} is still owed",
        f"customs' key contact: missed: {owed}  (rung 1)",
        f"customs' senior official: missed: {owed}  (rung 2)",
    ]


def test_a_page_past_the_unreachable_says_so(rules: Rules) -> None:
    """When a rung reached nobody, the next one's page says why it comes early."""
    case = Case(rules, ("customs", "key_contact"))
    report(case)

    assert (
        "customs' senior official: nobody could be reached before: "
        "T1 report the suspicion to Police  (rung 2)"
    ) in labelled(case.run(minutes=61), "PAGE")


def test_an_alarm_is_told(rules: Rules) -> None:
    """Where nobody at all can be reached the operator reads it."""
    nobody = (
        ("customs", "key_contact"),
        ("customs", "senior_official"),
        ("working-group", "working-group"),
    )
    case = Case(rules, *nobody)
    report(case)

    (alarm,) = labelled(case.run(minutes=61), "ALARM")

    assert alarm.startswith("to the operator: unreachable, obligation ")


def test_an_alarm_about_a_breach_names_no_obligation(rules: Rules) -> None:
    """A breach that reaches nobody is an alarm of its own."""
    nobody = (("police", "senior_official"), ("working-group", "working-group"))
    case = Case(rules, *nobody)
    identify(case)

    lines = case.send(
        "investigation.commenced",
        "police",
        {"investigation_ref": "I-1", "priority": "ordinary"},
        after=6,
    )

    assert labelled(lines, "ALARM") == ["to the operator: unreachable, a breach"]


def test_an_acknowledgement_tells_until_when_it_rests(rules: Rules) -> None:
    """After an acknowledgement one reads when the ladder goes on."""
    case = Case(rules)
    report(case)
    (obligation,) = case.simulation.states[str(case.reference)].obligations

    case.run(minutes=61)
    lines = case.send(
        "escalation.acknowledged",
        "customs",
        {
            "obligation_id": obligation,
            "decision": "SECRET",
            "new_due": "2026-03-02T21:30:00Z",
        },
        after=62,
    )

    assert labelled(lines, "resting") == ["nobody is paged about it before 10:30"]


def test_a_repeated_event_and_a_late_timer_change_nothing(rules: Rules) -> None:
    """A duplicate and a no-op are told as what they are."""
    event = own.deadline_passed(
        key="TP-00000-00000-0", obligation=made_id("x"), rung=1, due=START, at=START
    )
    decision = _empty("noop")

    assert labelled(list(narrate(event, decision, rules)), "no-op")
    decision["verdict"] = "duplicate"
    assert labelled(list(narrate(event, decision, rules)), "again")


def test_a_page_handed_over_names_contact_and_channel(rules: Rules) -> None:
    """Who a page reached is told by contact id and kind of channel, in one line."""
    event = own.page_sent(
        key="TP-00000-00000-0",
        page_id=made_id("p"),
        at=START,
        channel="terminal",
        contact_id="police.key_contact.1",
    )

    lines = list(narrate(event, _empty("accepted"), rules))

    assert lines == [
        Line(
            "aside",
            "09:05:00",
            "coordinator: page.sent police.key_contact.1 by terminal  TP-00000-00000-0",
        )
    ]


def test_an_exercise_is_marked(rules: Rules) -> None:
    """Nobody can take a drill for a case."""
    first, *_ = report(Case(rules), exercise=True)

    assert first.text.startswith("EXERCISE  customs: ")


def test_a_report_by_telephone_names_who_wrote_it_down(rules: Rules) -> None:
    """Who sent an event for another agency is told beside it."""
    first, *_ = report(Case(rules), via="phone", recordedby="police")

    assert first.text.startswith(
        "customs (by phone, recorded by police): suspicion.reported"
    )


def test_nothing_of_an_event_but_its_name_is_told(rules: Rules) -> None:
    """No payload and no pseudonym of a person reaches a line of the whole story."""
    told = "\n".join(
        line.text
        for event, decision in _story(rules)
        for line in narrate(event, decision, rules)
    )
    said = set(_texts([event.data for event in packaged_story().events]))
    people = {str(event.personref) for event in packaged_story().events} - {"None"}
    # The protocol's own words and ids, which a line may hold: who is asked, who took
    # charge, what was asked for; and words that stand in obligations' names.
    ours = {"customs", "INTERPRETER-1", "INPUT-1", "interpreter", "senior_official"}
    ours |= {"police.senior_official.1", "labour.senior_official.1"}

    leaked = {
        text for text in said - ours if re.search(rf"\b{re.escape(text)}\b", told)
    }

    assert not leaked
    assert people == {"DEMO-P1"}
    assert "DEMO-P1" not in told


def _texts(value: object) -> Iterator[str]:
    """List every text in a JSON value, names left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _story(rules: Rules) -> Iterator[tuple[Event, Decision]]:
    simulation = Simulation(rules)
    for event in packaged_story().events:
        for step in simulation.take(event.raw):
            assert step.event is not None
            assert step.decision is not None
            yield step.event, step.decision


def _empty(verdict: Verdict, at: str = "2026-03-02T20:05:00.000Z") -> Decision:
    """Make a decision record in which nothing happens."""
    return {
        "seq": 1,
        "case": "TP-00000-00000-0",
        "at": at,
        "profile": "nz-2009/1",
        "engine": ENGINE,
        "exercise": False,
        "input": {"id": made_id("x"), "type": "", "source": "", "time": at},
        "verdict": verdict,
        "rule": None,
        "cite": None,
        "detail": None,
        "breaches": [],
        "deliveries": [],
        "opened": [],
        "closed": [],
        "pages": [],
        "timers": [],
        "alarms": [],
        "notices": [],
    }


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (45, "45 s"),
        (1_920, "32 min"),
        (4_321, "1 h 12 min"),
        (3_605, "1 h"),
        (97_200, "1 d 3 h"),
    ],
)
def test_a_length_is_spelt_by_its_two_largest_units(seconds: float, words: str) -> None:
    """A length of time reads as a person would say it."""
    assert spell(timedelta(seconds=seconds)) == words


def narrator(*, terminal: bool, width: int = 72) -> tuple[Narrator, io.StringIO]:
    """Give a narrator and what it writes to."""
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=terminal, width=width, legacy_windows=False
    )
    return Narrator(console), out


def test_piped_lines_are_plain_and_whole(rules: Rules) -> None:
    """When piped, a line is a line: no colour, no wrapping, no padding."""
    teller, out = narrator(terminal=False, width=40)

    for event, decision in _story(rules):
        teller.tell(event, decision, rules)

    lines = out.getvalue().splitlines()
    assert "\x1b" not in out.getvalue()
    assert lines[0] == "Tuesday 3 March 2026, New Zealand time (NZDT, UTC+13)"
    assert lines[1] == "09:05:00  customs: suspicion.reported  TP-PD4A3-7XP9G-K"
    assert all(line == line.rstrip() for line in lines)
    assert any(len(line) > 100 for line in lines)


def test_a_terminal_gets_colour_and_hanging_lines(rules: Rules) -> None:
    """On a terminal long lines go on under their text, and no line is too wide."""
    teller, out = narrator(terminal=True)

    for event, decision in _story(rules):
        teller.tell(event, decision, rules)

    plain = [_without_colour(line) for line in out.getvalue().splitlines()]
    assert "\x1b[" in out.getvalue()
    assert all(len(line) <= 72 for line in plain)
    refused = next(n for n, line in enumerate(plain) if "REFUSED" in line)
    assert plain[refused + 1].startswith(" " * 19)


def _without_colour(line: str) -> str:
    kept, _, rest = line.partition("\x1b[")
    while rest:
        text, _, rest = rest.partition("m")[2].partition("\x1b[")
        kept += text
    return kept


def test_a_new_day_is_told_once(rules: Rules) -> None:
    """The day stands above the first line of it, with its zone."""
    teller, out = narrator(terminal=False)
    event = own.deadline_passed(
        key="TP-00000-00000-0", obligation=made_id("x"), rung=1, due=START, at=START
    )
    for at in (
        "2026-04-04T09:00:00.000Z",
        "2026-04-04T10:00:00.000Z",
        "2026-04-04T15:00:00.000Z",
    ):
        teller.tell(event, _empty("noop", at), rules)

    days = [line for line in out.getvalue().splitlines() if "New Zealand time" in line]
    assert days == [
        "Saturday 4 April 2026, New Zealand time (NZDT, UTC+13)",
        "Sunday 5 April 2026, New Zealand time (NZST, UTC+12)",
    ]


def test_what_was_rejected_is_told_without_what_was_sent(rules: Rules) -> None:
    """A rejection names its rule, its place and what would be valid."""
    del rules
    teller, out = narrator(terminal=False)
    problem = Problem.of(
        "schema", "it takes urgent or routine", pointer="/data/urgency"
    )

    teller.tell_rejected(problem, parse_time("2026-03-02T20:05:00Z"))

    assert out.getvalue().splitlines()[1:] == [
        "09:05:00  The event does not fit its schema",
        "          REJECTED schema at /data/urgency: it takes urgent or routine",
    ]


def test_the_story_decodes_to_the_events_it_holds() -> None:
    """Every line of the packaged story is a valid event."""
    assert all(decode(event.raw) == event for event in packaged_story().events)
