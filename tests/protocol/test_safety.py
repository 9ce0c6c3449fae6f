"""Danger, protection and a roof: what is owed for the case, a person, a request."""

from typing import Any

import pytest

from coordinator.protocol import Decision
from tests.protocol.case import Case, minutes

HOUSING = {"immediate_needs": ["housing"]}


def changed(decision: Decision, name: str) -> tuple[list[Any], list[Any]]:
    """List what a decision opened (owner, scope) and closed (owner, how) of a name."""
    return (
        [(o["owner"], o["scope"]) for o in decision["opened"] if o["name"] == name],
        [(c["owner"], c["how"]) for c in decision["closed"] if c["name"] == name],
    )


# --- danger --------------------------------------------------------------------------

DANGER = "assess_danger"


def test_danger_is_assessed_for_the_case_until_there_is_a_person() -> None:
    """The first person's takes the place of the case's; the next one's is beside it."""
    case = Case()
    case.say("police", "public_report.received")
    identified = case.say("police", "case.identified")
    first, second = (
        case.say("police", "victim.identified", 1, person=person)
        for person in ("p-1", "p-2")
    )

    assert changed(identified, DANGER) == ([("police", "case")], [])
    assert changed(first, DANGER) == (
        [("police", "person:p-1")],
        [("police", "superseded")],
    )
    assert changed(second, DANGER) == ([("police", "person:p-2")], [])


def test_no_case_wide_assessment_is_owed_beside_a_persons() -> None:
    """A statement before the case is identified is enough."""
    case = Case()
    case.say("police", "public_report.received")
    stated = case.say("police", "witness_statement.taken", person="p-1")
    identified = case.say("police", "case.identified", 1)

    assert changed(stated, DANGER) == ([("police", "person:p-1")], [])
    assert changed(identified, DANGER) == ([], [])


def test_an_assessment_is_one_persons_and_a_new_statement_asks_for_another() -> None:
    """The other person's stands; the same person's opens again."""
    case = Case()
    case.identified("p-1", "p-2")
    assessed = case.say("police", "danger.assessed", 1, person="p-1")
    stated = case.say("police", "witness_statement.taken", 2, person="p-1")

    assert changed(assessed, DANGER) == ([], [("police", "satisfied")])
    assert changed(stated, DANGER) == ([("police", "person:p-1")], [])
    assert [one.person for one in case.owed(DANGER)] == ["p-2", "p-1"]


@pytest.mark.parametrize(
    ("victim", "family", "owed"),
    [
        ("high", "none", True),
        ("low", "high", True),
        ("high", "high", True),
        ("low", "low", False),
    ],
)
def test_a_person_or_family_at_high_risk_is_protected(
    victim: str, family: str, owed: bool
) -> None:
    """Once, whichever of the two it is; until an assessment finds neither."""
    case = Case()
    case.identified("p-1")
    risk = {"victim_risk": victim, "family_risk": family}
    low = {"victim_risk": "low", "family_risk": "none"}
    assessed = case.say("police", "danger.assessed", 1, person="p-1", data=risk)
    again = case.say("police", "danger.assessed", 2, person="p-1", data=risk)
    less = case.say("police", "danger.assessed", 3, person="p-1", data=low)

    assert changed(assessed, "protect")[0] == [("police", "person:p-1")] * owed
    assert changed(again, "protect") == ([], [])
    assert changed(less, "protect") == ([], [("police", "superseded")] * owed)


@pytest.mark.parametrize("ends", ["threat.reported", "threat.not_reported"])
def test_a_threat_is_reported_or_not_and_each_by_itself(ends: str) -> None:
    """Another threat, and another person's of the same reference, stay owed."""
    case = Case()
    case.identified("p-1", "p-2")
    for person, threat in (("p-1", "TH-1"), ("p-1", "TH-2"), ("p-2", "TH-1")):
        case.say(
            "police", "threat.recorded", person=person, data={"threat_ref": threat}
        )
    ended = case.say("police", ends, 1, person="p-1", data={"threat_ref": "TH-1"})

    assert changed(ended, "report_threat") == ([], [("police", "satisfied")])
    assert [(one.person, one.scope) for one in case.owed("report_threat")] == [
        ("p-1", "threat:TH-2"),
        ("p-2", "threat:TH-1"),
    ]


# --- a roof --------------------------------------------------------------------------

ROOF = "house_immediately"


def housed(*people: str) -> Case:
    """Tell of victims that need housing."""
    case = Case()
    case.identified()
    for person in people:
        case.say("police", "victim.identified", person=person, data=HOUSING)
    return case


def request(case: Case, person: str, ref: str, kind: str | None = None) -> Decision:
    """Have MSD ask for housing."""
    data = {"request_ref": ref}
    if kind is not None:
        data |= {"kind": kind, "ground": "lengthy_process"}
    return case.say("msd", "housing.requested", 1, person=person, data=data)


def test_a_request_takes_the_place_of_the_same_persons_need_only() -> None:
    """The other person's stands."""
    case = housed("p-1", "p-2")
    asked = request(case, "p-1", "H-1")

    assert changed(asked, ROOF) == (
        [("housing", "request:H-1")],
        [("housing", "superseded")],
    )
    assert [(one.person, one.scope) for one in case.owed(ROOF)] == [
        ("p-2", "person:p-2"),
        ("p-1", "request:H-1"),
    ]


def test_long_term_housing_is_not_owed_at_once() -> None:
    """It opens nothing, and takes nobody's place; being met, it settles nothing."""
    case = housed("p-1")
    asked = request(case, "p-1", "H-9", "long_term")
    said = {"request_ref": "H-9", "kind": "long_term"}
    met = case.say("housing", "housing.provided", 2, person="p-1", data=said)

    assert changed(asked, ROOF) == changed(met, ROOF) == ([], [])
    assert met["breaches"] == []
    assert [one.scope for one in case.owed(ROOF)] == ["person:p-1"]


def test_housing_that_was_never_asked_for_is_a_breach_and_settles_nothing() -> None:
    """Neither the person's need nor another request."""
    case = housed("p-1")
    case.say("police", "housing.requested", 1, person="p-1")
    unknown = {"request_ref": "H-9"}
    given = case.say("ngo-refuge", "housing.provided", 2, person="p-1", data=unknown)

    assert [one["rule"] for one in given["breaches"]] == ["housing.provided.1"]
    assert changed(given, ROOF) == ([], [])


def test_where_there_is_none_the_organisation_named_owes_it_afresh() -> None:
    """From then on, by elapsed time; whoever named nobody owes it still."""
    case = housed("p-1")
    request(case, "p-1", "H-1")
    data: dict[str, Any] = {"request_ref": "H-1"}
    none = case.say("housing", "housing.unavailable", 60, person="p-1", data=data)
    data |= {"fallback_ngo": "ngo-refuge"}
    named = case.say("housing", "housing.unavailable", 90, person="p-1", data=data)

    assert changed(none, ROOF) == ([], [])
    assert changed(named, ROOF) == (
        [("ngo-refuge", "request:H-1")],
        [("housing", "superseded")],
    )
    assert case.owed(ROOF)[0].due == minutes(90 + 360)
    assert [one["to"] for one in named["deliveries"]] == ["police", "ngo-refuge"]
    given = case.say(
        "ngo-refuge",
        "housing.provided",
        91,
        person="p-1",
        data={"request_ref": "H-1", "provider": "ngo-refuge"},
    )
    assert changed(given, ROOF) == ([], [("ngo-refuge", "satisfied")])


def test_a_long_term_request_that_cannot_be_met_is_not_owed_at_once() -> None:
    """The organisation named is told, and owes nothing by a deadline."""
    case = housed("p-1")
    request(case, "p-1", "H-9", "long_term")
    data = {"request_ref": "H-9", "fallback_ngo": "ngo-refuge"}
    named = case.say("housing", "housing.unavailable", 2, person="p-1", data=data)

    assert changed(named, ROOF) == ([], [])


def test_a_safe_house_takes_the_place_of_the_persons_need() -> None:
    """Of that person's; it settles the protection that is owed as well."""
    case = housed("p-1", "p-2")
    high = {"victim_risk": "high"}
    case.say("police", "danger.assessed", 1, person="p-1", data=high)
    placed = case.say("police", "safe_house.placed", 2, person="p-1")

    assert changed(placed, ROOF) == ([], [("housing", "superseded")])
    assert changed(placed, "protect") == ([], [("police", "satisfied")])
    assert [one.person for one in case.owed(ROOF)] == ["p-2"]


def test_a_safe_house_is_never_blocked_by_paperwork() -> None:
    """Without an assessment it is a breach that is paged, and accepted."""
    case = housed("p-1")
    placed = case.say("police", "safe_house.placed", 1, person="p-1")

    assert placed["verdict"] == "accepted"
    assert [one["rule"] for one in placed["breaches"]] == ["safe_house.placed.1"]
    assert [(one["to"], one["view"]) for one in placed["deliveries"]] == [
        ("housing", "stub"),
        ("msd", "stub"),
    ]
