"""Who may be given what, who is told of it, and what ends with a certificate."""

import pytest

from coordinator.protocol import Decision
from tests.golden.stories import nz_2009
from tests.protocol.case import Case, minutes
from tests.protocol.profiles import modern

REFERRAL = {"referral_ref": "RF-9", "certification_no": "C-1"}


def certified() -> Case:
    """Give a case with one certified victim, under investigation."""
    case = Case(nz_2009().rules)
    case.identified("p-1", "p-2")
    case.say("police", "investigation.commenced")
    case.certified("p-1")
    return case


def test_a_withdrawal_closes_what_rests_on_the_certificate() -> None:
    """What it opened, and what an event that needs it opened, closes as withdrawn."""
    case = certified()
    case.say("police", "victim.referred", 1, person="p-1", data=REFERRAL)
    case.certified("p-2", at=2)
    withdrawn = case.say("police", "certification.withdrawn", 3, person="p-1")

    assert [(one["name"], one["how"]) for one in withdrawn["closed"]] == [
        ("confirm_health_eligibility", "withdrawn"),
        ("decide_immigration_status", "withdrawn"),
        ("start_case_management", "withdrawn"),
        ("decide_financial_assistance", "withdrawn"),
    ]
    # What rests on another person's certificate stands, and what rests on none.
    others = ("refer_to_case_management", "confirm_health_eligibility")
    assert [[one.person for one in case.owed(name)] for name in others] == [
        ["p-2"],
        ["p-2"],
    ]
    assert [one.person for one in case.owed("provide_adviser")] == ["p-1", "p-2"]


def test_everyone_that_the_certificate_reached_is_told_of_its_withdrawal() -> None:
    """Told are receivers of it, and who sent or got an event resting on it."""
    case = certified()
    case.say("police", "victim.referred", 1, person="p-1", data=REFERRAL)
    case.say(
        "msd",
        "case_management.commenced",
        2,
        person="p-1",
        data={"referral_ref": "RF-9", "provider": "ngo-refuge"},
    )
    withdrawn = case.say("police", "certification.withdrawn", 3, person="p-1")
    told = ["labour", "health", "msd", "ngo-refuge"]

    assert [one["to"] for one in withdrawn["deliveries"]] == told
    assert [one["owner"] for one in withdrawn["opened"]] == told


def test_a_certificate_number_that_is_given_must_be_the_one_in_force() -> None:
    """Another number, another person, or none in force: refused, with the rule."""
    case = certified()
    number = REFERRAL | {"certification_no": "C-2"}
    other = case.say("police", "victim.referred", 1, person="p-1", data=number)
    nobody = case.say("police", "victim.referred", 1, person="p-2", data=REFERRAL)
    case.say("police", "certification.withdrawn", 2, person="p-1")
    ended = case.say("police", "victim.referred", 3, person="p-1", data=REFERRAL)

    for refused in (other, nobody, ended):
        assert (refused["verdict"], refused["rule"]) == ("refused", "victim.referred.1")
        assert refused["cite"] == "L1235-1239; item 20"


def test_one_owner_may_settle_what_several_owe() -> None:
    """Several owners owe one each; a closing event closes them all."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    owed = case.owed("inform_compensation_right")
    settled = case.say("acc", "compensation_right.informed", 5, person="p-1")

    assert [one.owner for one in owed] == ["labour", "justice", "acc"]
    assert [one["owner"] for one in settled["closed"]] == ["labour", "justice", "acc"]


def test_what_was_settled_before_does_not_open() -> None:
    """A need met for this person before is owed no more; another's is."""
    case = Case(nz_2009().rules)
    case.identified()
    need = {"immediate_needs": ["health"]}
    met = {"service_kind": "health"}
    case.say("health", "service.accessed", 1, person="p-1", data=met)
    case.say(
        "msd", "service.accessed", 1, person="p-2", data={"service_kind": "social"}
    )
    case.say("police", "victim.identified", 2, person="p-1", data=need)
    case.say("police", "victim.identified", 2, person="p-2", data=need)

    assert [one.person for one in case.owed("meet_health_need")] == ["p-2"]


def test_an_agency_is_paged_beside_the_owner() -> None:
    """Where a rung pages the owner's role, the same role there is paged as well."""
    case = Case(nz_2009().rules)
    case.identified()
    need = {"immediate_needs": ["health"]}
    case.say("police", "victim.identified", person="p-1", data=need)
    late = case.say("labour", "minister.informed", 245)
    pages = [page for page in late["pages"] if page["name"] == "meet_health_need"]

    assert [(page["agency"], page["role"]) for page in pages] == [
        ("health", "senior_official"),
        ("police", "senior_official"),
    ]


def test_a_request_supersedes_the_persons_need() -> None:
    """The request's obligation takes the place of the person's."""
    case = Case(nz_2009().rules)
    case.identified()
    need = {"immediate_needs": ["housing"]}
    case.say("police", "victim.identified", person="p-1", data=need)
    asked = case.say(
        "msd",
        "housing.requested",
        1,
        person="p-1",
        data={"request_ref": "H-1", "kind": "immediate_temporary"},
    )

    assert [one["scope"] for one in asked["opened"]] == ["request:H-1"]
    assert [(one["name"], one["how"]) for one in asked["closed"]] == [
        ("house_immediately", "superseded")
    ]


def test_an_unknown_reference_is_a_breach_and_closes_neither() -> None:
    """It is recorded, closes nobody's obligation, and is paged once."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    case.say("police", "threat.recorded", 1, person="p-1", data={"threat_ref": "T-1"})
    data = {"threat_ref": "T-2", "government": "Freedonia"}
    reported = case.say("police", "threat.reported", 2, person="p-1", data=data)

    assert [one["rule"] for one in reported["breaches"]] == ["threat.reported.1"]
    assert [one["why"] for one in reported["pages"]] == ["breach"]
    assert reported["closed"] == []


@pytest.mark.parametrize(
    ("outcome", "risk", "breaches"),
    [
        (None, None, ["victim.repatriated.1", "victim.repatriated.2"]),
        ("temporary", "low", ["victim.repatriated.1"]),
        ("return", "low", []),
        ("return", "high", ["victim.repatriated.3"]),
    ],
)
def test_the_latest_of_a_kind_is_what_counts(
    outcome: str | None, risk: str | None, breaches: list[str]
) -> None:
    """A condition on the latest event holds by what that says, or that there is one."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    if outcome is not None:
        case.say("labour", "repatriation.requested", 1, person="p-1")
        for said in ("permanent", outcome):
            data = {"outcome": said}
            case.say(
                "labour",
                "humanitarian_assessment.completed",
                1,
                person="p-1",
                data=data,
            )
        danger = {"victim_risk": "low", "family_risk": "low", "return_risk": risk}
        case.say("police", "danger.assessed", 2, person="p-1", data=danger)
    back = case.say("labour", "victim.repatriated", 3, person="p-1")

    assert [one["rule"] for one in back["breaches"]] == breaches


# --- scopes that are no case ------------------------------------------------------


def test_an_alert_is_owed_by_the_agency_that_did_not_issue_it() -> None:
    """The time it falls due comes from the event; a reminder three quarters on."""
    case = Case(nz_2009().rules, key="alert:A-1")
    data = {"arrives_at": minutes(40)}
    issued = case.say("labour", "risk_alert.issued", data=data, subject="alert:A-1")
    owed = [one for one in issued["opened"] if one["name"] == "act_on_border_alert"]
    timers = [one for one in issued["timers"] if one["obligation"] == owed[0]["id"]]

    assert [(one["owner"], one["due"]) for one in owed] == [("customs", minutes(40))]
    assert [(one["rung"], one["at"]) for one in timers[:2]] == [
        (0, minutes(30)),
        (1, minutes(40)),
    ]


def test_a_due_time_that_is_past_is_now_and_has_no_reminder() -> None:
    """At once if past: the first rung comes with the next record."""
    case = Case(nz_2009().rules, key="alert:A-1")
    data = {"arrives_at": minutes(-40)}
    issued = case.say("customs", "risk_alert.issued", data=data, subject="alert:A-1")
    (owed,) = (one for one in issued["opened"] if one["name"] == "act_on_border_alert")
    rungs = [one["rung"] for one in issued["timers"] if one["obligation"] == owed["id"]]
    seen = case.say("labour", "risk_alert.acknowledged", 0, subject="alert:A-1")

    assert (owed["owner"], owed["due"]) == ("labour", minutes(0))
    assert rungs == [1, 2, 3]
    assert [one["rung"] for one in seen["pages"]] == [1]
    assert [one["name"] for one in seen["closed"]] == ["act_on_border_alert"]


def test_without_a_time_there_is_no_deadline() -> None:
    """An alert on which nobody arrives asks for a review, and nothing else."""
    case = Case(nz_2009().rules, key="alert:A-1")
    issued = case.say("labour", "risk_alert.issued", subject="alert:A-1")

    assert [one["name"] for one in issued["opened"]] == ["review_risk_profile"]


def test_where_the_event_says_when_a_second_supersedes_the_first() -> None:
    """Issued again with another date, the alert is due then and not before."""
    case = Case(nz_2009().rules, key="alert:A-1")
    data = {"review_due": minutes(90)}
    case.say("labour", "risk_alert.issued", subject="alert:A-1")
    again = case.say("labour", "risk_alert.issued", 1, data=data, subject="alert:A-1")

    assert [(one["name"], one["how"]) for one in again["closed"]] == [
        ("review_risk_profile", "superseded")
    ]
    assert [one["due"] for one in again["opened"]] == [minutes(90)]


def test_a_year_is_a_calendar_year() -> None:
    """At activation a contact is due in a year, and each role has its own."""
    case = Case(nz_2009().rules, key="agency:police")
    data = {"profile": "nz-2009"}
    opened = case.say(
        "coordinator", "protocol.activated", data=data, subject="agency:police"
    )["opened"]
    named = case.say(
        "police",
        "key_contact.designated",
        1,
        data={"valid_to": minutes(600)},
        contact_known=True,
        subject="agency:police",
    )

    assert [(one["scope"], one["due"]) for one in opened] == [
        ("agency:police/role:key_contact", "2027-03-02T20:00:00.000Z")
    ]
    assert [one["id"] for one in named["closed"]] == [opened[0]["id"]]
    assert [one["due"] for one in named["opened"]] == [minutes(600)]


def test_where_the_owner_must_act_nobody_elses_word_will_do() -> None:
    """The issuer's own acknowledgement does not close what the other border owes."""
    case = Case(nz_2009().rules, key="alert:A-1")
    data = {"arrives_at": minutes(40)}
    case.say("labour", "risk_alert.issued", data=data, subject="alert:A-1")
    issuer, owner = (
        case.say(agency, "risk_alert.acknowledged", 1, subject="alert:A-1")
        for agency in ("labour", "customs")
    )

    assert issuer["closed"] == []
    assert [one["name"] for one in owner["closed"]] == ["act_on_border_alert"]


def test_what_an_expired_certificate_opened_ends_with_the_next_ones_withdrawal() -> (
    None
):
    """Still owed under the second certificate, it rests on that one."""
    case = Case()
    case.identified("p-1")
    expiring = {"valid_to": minutes(100)}
    for name in ("evidence.assessed", "certification.endorsed"):
        case.say("police", name, person="p-1")
    case.say("police", "certification.issued", person="p-1", data=expiring)
    second = {"certification_no": "C-2"}
    issued = case.say("police", "certification.issued", 101, person="p-1", data=second)
    withdrawn = case.say(
        "police", "certification.withdrawn", 102, person="p-1", data=second
    )

    assert issued["opened"] == []
    assert {(one["name"], one["how"]) for one in withdrawn["closed"]} == {
        ("refer_to_case_management", "withdrawn"),
        ("confirm_health_eligibility", "withdrawn"),
        ("decide_immigration_status", "withdrawn"),
    }


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        ("ngo-refuge", ["police", "ngo-refuge"]),
        ("ngo-seafarers", ["police", "ngo-seafarers"]),
        ("health", ["police"]),
        ("minister-immigration", ["police"]),
        ("coordinator", ["police"]),
        ("P-17", ["police"]),
    ],
)
def test_a_provider_is_told_when_it_is_an_organisation(
    provider: str, told: list[str]
) -> None:
    """A code, an office or another agency in that field is sent nothing."""
    case = certified()
    case.say("police", "victim.referred", 1, person="p-1", data=REFERRAL)
    data = {"referral_ref": "RF-9", "provider": provider}
    commenced = case.say("msd", "case_management.commenced", 2, person="p-1", data=data)

    assert [one["to"] for one in commenced["deliveries"]] == told


def test_an_organisation_named_again_owes_by_the_time_it_had() -> None:
    """Another that is named instead owes afresh, and the first owes no more."""
    case = Case()
    case.identified("p-1")
    request = {"request_ref": "H-1", "kind": "immediate_temporary"}
    case.say("police", "housing.requested", 1, person="p-1", data=request)
    first, again, other = (
        case.say(
            "housing",
            "housing.unavailable",
            at,
            person="p-1",
            data={"request_ref": "H-1", "fallback_ngo": ngo},
        )
        for at, ngo in ((60, "ngo-refuge"), (120, "ngo-refuge"), (180, "ngo-haven"))
    )

    assert [one["owner"] for one in first["closed"]] == ["housing"]
    assert [one["due"] for one in first["opened"]] == [minutes(420)]
    assert (again["closed"], again["opened"]) == ([], [])
    assert [one["owner"] for one in other["closed"]] == ["ngo-refuge"]
    assert [one["due"] for one in other["opened"]] == [minutes(540)]


# --- certificates of several kinds ------------------------------------------------

SECOND = {"certification_no": "N-1", "kind": "non_obstruction"}


def move(case: Case, at: float, *, to: str) -> None:
    """Have a case go over to a profile."""
    profile = modern() if to == "nz-modern/1" else nz_2009()
    data = {"from": "nz-2009/1", "to": to, "difference": "kinds of certificates"}
    case.say("coordinator", "protocol.migrated", at, data=data, rules=profile.rules)
    case.rules = profile.rules


def twice_certified() -> Case:
    """Give a case under today's law, whose victim has a certificate of each kind."""
    case = Case(modern().rules)
    case.identified("p-1")
    case.say("police", "investigation.commenced")
    case.certified("p-1")
    case.say("police", "certification.issued", 1, person="p-1", data=SECOND)
    return case


def withdraw(case: Case, number: str, at: float) -> Decision:
    """Withdraw a certificate of p-1."""
    data = {"certification_no": number}
    return case.say("police", "certification.withdrawn", at, person="p-1", data=data)


def test_a_certificate_moves_with_its_case_to_a_profile_that_knows_kinds() -> None:
    """Its withdrawal ends what rests on it, and reaches whoever was told."""
    case = certified()
    move(case, 1, to="nz-modern/1")
    withdrawn = withdraw(case, "C-1", 2)

    assert {(one["name"], one["how"]) for one in withdrawn["closed"]} == {
        ("refer_to_case_management", "withdrawn"),
        ("confirm_health_eligibility", "withdrawn"),
        ("decide_immigration_status", "withdrawn"),
    }
    assert [one["owner"] for one in withdrawn["opened"]] == ["labour", "health", "msd"]


def test_no_certificate_is_lost_in_a_profile_that_knows_no_kinds() -> None:
    """Each can still be withdrawn by its number."""
    case = twice_certified()
    move(case, 2, to="nz-2009/1")

    assert withdraw(case, "C-1", 3)["verdict"] == "accepted"
    assert withdraw(case, "N-1", 4)["verdict"] == "accepted"
    assert withdraw(case, "N-1", 5)["rule"] == "certification.withdrawn.1"


def test_a_certificate_of_another_kind_opens_no_door() -> None:
    """Referral and health care ask for the one of having been trafficked."""
    case = twice_certified()
    withdraw(case, "C-1", 2)
    referral = REFERRAL | {"certification_no": "N-1"}
    referred = case.say("police", "victim.referred", 3, person="p-1", data=referral)
    paid = {"certification_no": "N-1"}
    health = case.say(
        "health", "health_eligibility.confirmed", 3, person="p-1", data=paid
    )
    residence = {"kind": "permanent"}
    stays = case.say(
        "labour", "immigration_status.granted", 3, person="p-1", data=residence
    )

    assert (referred["rule"], health["rule"]) == (
        "victim.referred.1",
        "health_eligibility.confirmed.1",
    )
    assert [one["rule"] for one in stays["breaches"]] == [
        "immigration_status.granted.3"
    ]


@pytest.mark.parametrize(
    ("kind", "number", "is_told"),
    [
        ("permanent", "N-1", True),
        ("permanent", "C-1", True),
        ("temporary", "C-1", True),
        ("temporary", "N-1", False),
        ("long_term", "C-1", False),
    ],
)
def test_who_got_what_rests_on_a_certificate_is_told_and_nobody_else(
    kind: str, number: str, is_told: bool
) -> None:
    """A status rests on the certificates that its gates ask for, and on no other."""
    case = twice_certified()
    risk = {"return_risk": "high"}
    case.say("police", "danger.assessed", 2, person="p-1", data=risk)
    case.say(
        "labour", "immigration_status.granted", 3, person="p-1", data={"kind": kind}
    )
    withdrawn = withdraw(case, number, 4)

    assert ("housing" in [one["to"] for one in withdrawn["deliveries"]]) is is_told
