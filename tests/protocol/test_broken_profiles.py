"""A profile with a fault is refused with one line: file, line, what would be valid."""

import re

import pytest

from coordinator.events import OperatorError
from coordinator.events.located_yaml import LocatedError
from coordinator.protocol import load_profile
from tests.protocol.profiles import MAIN, load_changed, texts

# What is replaced, by what, and what the error says; the line is the new text's last.
FAULTS = [
    ("per: {request: request_ref}", "per: {a: b, c: d}", "check its spelling"),
    ("due: PT30M elapsed", "due: {after: 7}", "due.after"),
    ("items: [18, 28]", "items: [18, 29]", "the programme has no item 29"),
    (
        "{event: case.closed, to: minister-immigration, kind: update}",
        "{event: case.closed, kind: update}",
        "notices.2.to is missing",
    ),
    ("{urgent: PT2H elapsed, r", "{urgent: 7, r", "when urgent, a length"),
    (
        "  police_take_up:\n",
        "  police_take_up:\n    colour: red\n",
        "check its spelling",
    ),
    ("    cite: item 24; L1438-1444\n", "", "cite is missing"),
    ("due: PT30M elapsed", "due: 30 elapsed", "is no duration"),
    ("due: PT30M elapsed", "due: PT30M lunar", "such as PT2H elapsed"),
    ("due: PT30M elapsed", "due: {}", "due is"),
    ("  witness_statement.taken:\n", "  witness_statment.taken:\n", "did you mean"),
    (
        "opens_on: referral.acknowledged",
        "opens_on: referral.gone",
        "no event is called",
    ),
    ("closed_by: danger.assessed", "closed_by: danger.asessed", "did you mean danger"),
    ("  coordinator:\n    name", "  xyz:\n    name", "no agency is called coordinator"),
    ("repeat: P1D", "repeat: P1Y", "a limit has days or less"),
    ("calendar: auckland", "calendar: moon", "no calendar is called moon"),
    (
        "{page: owner.senior_official, after: PT1H}",
        "{page: boss, after: PT1H}",
        "no rung's",
    ),
    (
        "{page: owner.senior_official, after: PT1H}",
        "{page: owner.x, after: P1Y}",
        "ascend",
    ),
    (
        "page: working-group, after: PT1H}\n      - {page: minister",
        "page: working-group, after: PT5H}\n      - {page: minister",
        "rungs ascend",
    ),
    ("also: emitter", "also: nobody", "no agency is called nobody"),
    ("also: emitter", "also: {}", "who is paged as well is one of"),
    ("owner: {field: to}", "owner: {}", "an owner is one of"),
    ("owner: {field: to}", "owner: {field: too}", "did you mean to?"),
    ("owner: {field: to}", "owner: any", "is no one agency"),
    ("ladder: ministerial", "ladder: rope", "no ladder is called rope"),
    ("per: {request: request_ref}", "per: {request: request_rev}", "did you mean"),
    ("    per: case\n", "    per: cases\n", "did you mean case?"),
    ("due: P2D business", "due: P1Y business", "business time has days or less"),
    (
        "zone: Pacific/Auckland}\n    ladder",
        "zone: Pacific}\n    ladder",
        "no such zone",
    ),
    ("before: PT24H", "before: P1Y", "before is a length in days or less"),
    ("day: travel_date", "day: travel_day", "did you mean travel_date?"),
    ("{item: {programme: short}}", "{item: {programme: soon}}", "no phase is called"),
    ("owner: {other_of: [labour, c", "owner: {other_of: [labor, c", "did you mean la"),
    ("owner: {subject: [inv", "owner: {subject: [ngo-*, inv", "is no one agency"),
    ("{receivers_of: event_id,", "{receivers_of: event,", "did you mean event_id?"),
    ("of: case.identified}}}", "of: case.closd}}}", "did you mean case.closed?"),
    ("{lists_open: open_obligations}", "{lists_open: open}", "no field is called open"),
    ("effect: {retracts: event_id}", "effect: {retracts: id}", "no field is called id"),
    ("    stub: [urgency]", "    stub: [urgensy]", "did you mean urgency?"),
    (
        "require: {noticed: notice_id}",
        "require: {noticed: notice}",
        "did you mean notice_id",
    ),
    ("require: {noticed: notice_id}", "require: {}", "a condition is one of"),
    (
        "require: {noticed: notice_id}",
        "require: {after: nothing}",
        "no event is called",
    ),
    (
        "when: {emitter_not_in: police}",
        "when: {emitter_not_in: polise}",
        "did you mean police?",
    ),
    (
        "{endorser_rank: senior_ranks}",
        "{endorser_rank: ranks}",
        "no register is called ranks",
    ),
    ("other: assessor_ref", "other: assessor", "did you mean assessor_ref?"),
    ("{field: endorser_ref,", "{field: endorser,", "did you mean"),
    ("where: {reasonable_suspicion: true}", "where: {suspicion: true}", "did you mean"),
    ("addressed_to_emitter: to", "addressed_to_emitter: too", "did you mean to?"),
    (
        "{latest: {event: evidence.assessed, by: assessment_ref}}",
        "{latest: {event: evidence.asessed, by: assessment_ref}}",
        "did you mean evidence.assessed?",
    ),
    (
        "{latest: {event: evidence.assessed, by: assessment_ref}}",
        "{latest_is: {event: evidence.assessed, field: tests, values: s98}}",
        "did you mean test?",
    ),
    (
        "{latest: {event: evidence.assessed, by: assessment_ref}}",
        "{latest_is: {event: evidence.missing, field: test, values: s98}}",
        "no event is called evidence.missing",
    ),
    ("within: {field: new_due", "within: {field: new_do", "did you mean new_due?"),
    (
        "known: {event: risk_alert.issued, by: alert_ref}",
        "known: {event: intelligence.shared, by: to}",
        "no reference is called to",
    ),
    (
        "effect: {delivered: page_id}",
        "effect: {delivered: page}",
        "did you mean page_id",
    ),
    ("effect: {delivered: page_id}", "effect: {}", "an effect is one of"),
    (
        "contact: contact_id, valid",
        "contact: deputy_contact_id, valid",
        "required field",
    ),
    ("      - {told: true}", "      - {told: true, field: kind}", "named in one way"),
    ("    to:\n      - {told: true}\n", "", "has receivers (to) or says why not"),
    (
        "leaves: [act_on_withdrawal, evaluate_case]",
        "leaves: [act]",
        "no obligation is called act",
    ),
    ("  issued: certification.issued", "  issued: certification.isued", "did you mean"),
    ("number: certification_no", "number: certificate_no", "did you mean"),
    (
        "event: case.identified, to: minister-immigration",
        "event: x.y, to: x",
        "no event",
    ),
    (
        "include: [calendars.yaml]",
        "include: calendars.yaml\ngroups: {}",
        "duplicate key",
    ),
    ("system_rules:\n  emitter:", "system_rules:\n  emiter:", "check its spelling"),
    (
        "offices:\n  working-group:",
        "offices:\n  working-groups:",
        "no agency is called",
    ),
    ("otherwise: working-group", "otherwise: working-groups", "did you mean"),
    (
        "recorders: [police, labour]",
        "recorders: [police, labor]",
        "did you mean labour?",
    ),
    ("via: [phone, paper]", "via: [phone, post]", "'phone' or 'paper'"),
]

# A line on which an entry begins: a part of the profile, or one thing in a part.
HEAD = re.compile(r"(  )?[a-z][a-z_.*-]*:$")

CALENDARS = [
    ("zone: Pacific/Auckland", "zone: Pacific", "no such zone"),
    ('opens: "08:00"', 'opens: "8"', "opens: String should match pattern"),
    ('opens: "08:00"', 'opens: "18:00"', "opens is before closes"),
    ("from: 2009", "from: 2041", "up to until's"),
    ("2009-01-01: New", "2009-13-01: New", "is no date"),
    ('from: "12-25"', 'from: "25-12"', "is no day of the year"),
    ("calendars:", "calendars: [", "calendars.yaml"),
    ("calendars:", "groups: {}\ncalendars:", "groups stands in nz_2009.yaml already"),
]


def read(files: dict[str, str]) -> str:
    """Load what was changed, and give the one line that refuses it."""
    with pytest.raises(LocatedError) as refused:
        load_changed(files)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(("old", "new", "says"), FAULTS)
def test_a_fault_in_a_profile_is_one_line(old: str, new: str, says: str) -> None:
    """Each fault is named with its file and line, and what would be valid."""
    text = texts()[MAIN]
    assert old in text
    line = read({MAIN: text.replace(old, new, 1)})

    assert line.startswith(f"{MAIN}:")
    assert says in line


# Named twice in a file, the first is where it stands; the second is complained of.
ELSEWHERE = {"  xyz:\n    name", "include: calendars.yaml\ngroups: {}"}


@pytest.mark.parametrize(
    ("old", "new"), [(old, new) for old, new, _ in FAULTS if new not in ELSEWHERE]
)
def test_the_line_is_in_the_entry_that_is_wrong(old: str, new: str) -> None:
    """Whoever keeps the profile is sent to the entry, and not past the fault."""
    text = texts()[MAIN]
    before = text[: text.index(old)]
    fault = before.count("\n") + 1
    lines = text.replace(old, new, 1).split("\n")
    heads = [n for n, line in enumerate(lines[:fault], 1) if HEAD.match(line)]
    number = int(read({MAIN: "\n".join(lines)}).split(":")[1])

    assert heads[-1] <= number <= fault + new.count("\n")


@pytest.mark.parametrize(("old", "new", "says"), CALENDARS)
def test_a_fault_in_an_included_file_names_that_file(
    old: str, new: str, says: str
) -> None:
    """A fault is placed in the file that it stands in."""
    text = texts()["calendars.yaml"]
    assert old in text
    line = read({"calendars.yaml": text.replace(old, new, 1)})

    assert line.startswith("calendars.yaml:")
    assert says in line


def test_the_line_is_that_of_the_fault() -> None:
    """The number counts lines from 1 and is the faulty entry's."""
    text = texts()[MAIN].replace("ladder: ministerial", "ladder: rope")
    number = text.split("\n").index("    ladder: rope") + 1

    assert read({MAIN: text}).startswith(f"{MAIN}:{number}: ")


def test_a_ladder_needs_a_rung_that_counts() -> None:
    """Rungs for information alone are no ladder."""
    old = "      - {page: owner.senior_official, after: PT0S}\n      - {page: working"
    text = texts()[MAIN]
    start = text.index("  ministerial:\n    rungs:\n")
    end = text.index("      - {page: minister-immigration", start)
    assert old in text[start:end] + "working"
    head = text[:start] + "  ministerial:\n    rungs:\n"

    assert "not for information" in read({MAIN: head + text[end:]})


def test_a_closure_that_is_observed_is_one_that_stands() -> None:
    """A profile opts in to a closure by a name that the calendars give."""
    text = texts()[MAIN] + "\nclosures_observed: [summer]\n"

    assert "no closure is called summer" in read({MAIN: text})
    profile = load_changed({MAIN: text.replace("[summer]", "[summer_closure]")})
    auckland = profile.rules.calendar_of("customs")
    assert auckland is not None
    assert [one.name for one in auckland.closures] == ["summer_closure"]


def test_a_profile_is_a_mapping() -> None:
    """A file that is no mapping is refused at its first line."""
    with pytest.raises(LocatedError, match=r"list\.yaml:1: a profile is a mapping"):
        load_profile("list.yaml", lambda _: "- one\n")


def test_an_included_file_that_is_not_there_is_placed_at_the_include() -> None:
    """The line that includes it is the one to mend."""

    def read_one(file: str) -> str:
        if file != MAIN:
            message = f"{file}: no such file"
            raise OperatorError(message)
        return texts()[MAIN]

    with pytest.raises(LocatedError, match=rf"^{MAIN}:\d+: calendars\.yaml: no such"):
        load_profile(MAIN, read_one)
