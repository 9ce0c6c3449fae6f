"""Who may be given what: each kind of support by its own gate, person by person."""

from typing import Any

import pytest

from coordinator.protocol import Decision
from tests.protocol.case import Case, minutes

# What is said of a person who is certified, one who is a victim only, one who is none.
CERTIFIED, VICTIM, UNKNOWN = "p-1", "p-2", "p-3"
NUMBER = {"certification_no": "C-1"}

# An event of each kind of support, and for whom it is refused or a breach, by rule.
GATES: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("health", "service.accessed", {"service_kind": "health"}, {}),
    ("acc", "acc_claim.lodged", {}, {}),
    ("police", "housing.requested", {}, {UNKNOWN: "refused 1"}),
    ("police", "victim.referred", NUMBER, {VICTIM: "refused 1", UNKNOWN: "refused 1"}),
    (
        "health",
        "health_eligibility.confirmed",
        NUMBER,
        {VICTIM: "refused 1", UNKNOWN: "refused 1"},
    ),
    (
        "police",
        "victim_referral.declined",
        NUMBER,
        {VICTIM: "refused 1", UNKNOWN: "refused 1"},
    ),
    ("msd", "financial_assistance.granted", {}, {UNKNOWN: "refused 1"}),
    ("msd", "financial_assistance.declined", {}, {UNKNOWN: "refused 1"}),
    ("labour", "repatriation.requested", {}, {UNKNOWN: "refused 1"}),
    ("justice", "adviser.assigned", {}, {UNKNOWN: "refused 1"}),
    ("acc", "compensation_right.informed", {}, {UNKNOWN: "refused 1"}),
    ("labour", "immigration_status.granted", {}, {}),
    (
        "labour",
        "immigration_status.granted",
        {"kind": "long_term"},
        dict.fromkeys((CERTIFIED, VICTIM, UNKNOWN), "breach 1"),
    ),
    ("justice", "rights_information.provided", {}, {}),
]


def certified() -> Case:
    """Tell of one certified victim and one who is not, under investigation."""
    case = Case()
    case.identified(CERTIFIED, VICTIM)
    case.say("police", "investigation.commenced")
    case.certified(CERTIFIED)
    return case


def answer(decision: Decision) -> str | None:
    """Say in short which rule was not met, and what came of it."""
    rules = [decision["rule"] or "", *(one["rule"] for one in decision["breaches"])]
    number = "".join(rules).rpartition(".")[2]
    if decision["verdict"] == "refused":
        return f"refused {number}"
    return f"breach {number}" if decision["breaches"] else None


@pytest.mark.parametrize("person", [CERTIFIED, VICTIM, UNKNOWN])
@pytest.mark.parametrize(("agency", "name", "data", "stopped"), GATES)
def test_each_support_has_its_own_gate(
    agency: str, name: str, data: dict[str, Any], stopped: dict[str, str], person: str
) -> None:
    """Care and cover need nothing, housing a victim, case management a certificate."""
    said = certified().say(agency, name, 1, person=person, data=data)

    assert answer(said) == stopped.get(person)


def test_a_certificate_is_in_force_to_its_last_moment() -> None:
    """Not past valid_to; after that nothing that needs it is accepted."""
    case = Case()
    case.identified(CERTIFIED)
    for name in ("evidence.assessed", "certification.endorsed"):
        case.say("police", name, person=CERTIFIED)
    until = {"valid_to": minutes(60)}
    case.say("police", "certification.issued", person=CERTIFIED, data=until)
    last, past = (
        case.say("health", "health_eligibility.confirmed", at, person=CERTIFIED)
        for at in (60, 60.001)
    )

    assert (answer(last), answer(past)) == (None, "refused 1")


def test_case_management_needs_the_referral_and_the_certificate_still() -> None:
    """First the referral, of this person; then that the certificate is in force."""
    case = certified()

    def begin(at: float) -> str | None:
        return answer(
            case.say("msd", "case_management.commenced", at, person=CERTIFIED)
        )

    before = begin(1)
    case.say("police", "victim.referred", 2, person=CERTIFIED)
    assert (before, begin(3)) == ("refused 1", None)
    case.say("police", "certification.withdrawn", 4, person=CERTIFIED)
    assert begin(5) == "refused 2"


def test_nobody_is_referred_without_their_consent() -> None:
    """The certificate comes first, consent next."""
    case = certified()
    data = {"consent": False}

    assert answer(
        case.say("police", "victim.referred", 1, person=CERTIFIED, data=data)
    ) == ("refused 2")


def test_long_term_housing_needs_a_ground() -> None:
    """A lengthy process or residence; nothing is asked of a roof at once."""
    case = certified()
    grounds = (None, "comfort", "lengthy_process", "permanent_residence")
    answers = [
        answer(
            case.say(
                "msd",
                "housing.requested",
                1,
                person=VICTIM,
                data={"kind": "long_term", "ground": ground},
            )
        )
        for ground in grounds
    ]

    assert answers == ["refused 2", "refused 2", None, None]


@pytest.mark.parametrize(
    ("result", "ordered", "expected"),
    [
        ("convicted", True, None),
        ("convicted", False, None),
        ("acquitted", True, "refused 2"),
        ("acquitted", False, None),
    ],
)
def test_reparation_follows_a_conviction(
    result: str, ordered: bool, expected: str | None
) -> None:
    """The court orders none without."""
    case = certified()
    case.say("police", "prosecution.commenced", 1)
    data = {"result": result, "reparation_ordered": ordered}

    assert answer(case.say("justice", "court_outcome.recorded", 2, data=data)) == (
        expected
    )


# --- when a certificate is withdrawn --------------------------------------------------


def acted_on() -> Case:
    """
    Tell of a certificate that was acted on.

    Health confirmed, MSD began case management with a provider; the other victim is
    certified too (C-2), and referred.
    """
    case = certified()
    say = case.say
    say("police", "victim.referred", 1, person=CERTIFIED)
    say("health", "health_eligibility.confirmed", 1, person=CERTIFIED)
    provider = {"provider": "ngo-refuge"}
    say("msd", "case_management.commenced", 1, person=CERTIFIED, data=provider)
    case.certified(VICTIM, at=2, number="C-2")
    other = {"certification_no": "C-2"}
    say("police", "victim.referred", 2, person=VICTIM, data=other)
    return case


TOLD = ["labour", "health", "msd", "ngo-refuge"]
WITHDRAWN = "certification.withdrawn"


def test_everyone_who_acted_on_a_certificate_is_told_and_must_act() -> None:
    """The provider too, though Police never named it."""
    withdrawn = acted_on().say("police", WITHDRAWN, 3, person=CERTIFIED)

    assert [(one["to"], one["view"]) for one in withdrawn["deliveries"]] == [
        (to, "full") for to in TOLD
    ]
    assert [(one["owner"], one["scope"]) for one in withdrawn["opened"]] == [
        (to, f"agency:{to}/certificate:C-1") for to in TOLD
    ]
    assert {one["due"] for one in withdrawn["opened"]} == {minutes(3 + 240)}


def test_the_other_persons_entitlements_stand() -> None:
    """What rests on another certificate, or on none, is owed as before."""
    case = acted_on()
    before = {one.id for one in case.state.obligations.values() if one.open}
    withdrawn = case.say("police", WITHDRAWN, 3, person=CERTIFIED)
    closed = {one["id"] for one in withdrawn["closed"]}
    confirmed = case.say(
        "health",
        "health_eligibility.confirmed",
        4,
        person=VICTIM,
        data={"certification_no": "C-2"},
    )

    assert [(one["name"], one["how"]) for one in withdrawn["closed"]] == [
        ("decide_immigration_status", "withdrawn"),
        ("decide_financial_assistance", "withdrawn"),
    ]
    assert {case.state.obligations[one].person for one in closed} == {CERTIFIED}
    assert closed < before
    assert confirmed["verdict"] == "accepted"


def test_each_agency_that_was_told_acknowledges_for_itself() -> None:
    """One that was not told can't; Police hear of each."""
    case = acted_on()
    case.say("police", WITHDRAWN, 3, person=CERTIFIED)
    settled = [
        case.say(agency, "withdrawal.acknowledged", 4, person=CERTIFIED, data=NUMBER)
        for agency in (*TOLD, "justice")
    ]

    assert [[one["owner"] for one in said["closed"]] for said in settled] == [
        ["labour"],
        ["health"],
        ["msd"],
        ["ngo-refuge"],
        [],
    ]
    assert [answer(one) for one in settled] == [None] * 4 + ["refused 1"]
    assert {one["to"] for said in settled for one in said["deliveries"]} == {"police"}


@pytest.mark.parametrize("number", ["C-1", "C-9"])
def test_another_certificate_is_a_new_one(number: str) -> None:
    """With another number or the same: all is owed anew, and acted on by others."""
    case = acted_on()
    case.say("police", WITHDRAWN, 3, person=CERTIFIED)
    held = {"certification_no": number}
    issued = case.say("police", "certification.issued", 4, person=CERTIFIED, data=held)
    withdrawn = case.say("police", WITHDRAWN, 5, person=CERTIFIED, data=held)

    assert {one["name"] for one in issued["opened"]} == {
        "refer_to_case_management",
        "confirm_health_eligibility",
        "decide_immigration_status",
    }
    assert [one["to"] for one in withdrawn["deliveries"]] == TOLD[:3]
    assert {one["name"] for one in withdrawn["closed"]} == {
        one["name"] for one in issued["opened"]
    }
    assert len(case.owed("act_on_withdrawal")) == (4 if number == "C-1" else 7)


def test_a_certificate_that_has_ended_cannot_be_withdrawn() -> None:
    """It is in force no more; neither can another number be."""
    case = Case()
    case.identified(CERTIFIED)
    for name in ("evidence.assessed", "certification.endorsed"):
        case.say("police", name, person=CERTIFIED)
    until = {"valid_to": minutes(60)}
    case.say("police", "certification.issued", person=CERTIFIED, data=until)
    other = {"certification_no": "C-9"}

    assert [
        answer(case.say("police", WITHDRAWN, 1, person=CERTIFIED, data=other)),
        answer(case.say("police", WITHDRAWN, 61, person=CERTIFIED)),
    ] == ["refused 1", "refused 1"]
