"""What is owed under standing scopes: contacts, alerts, the report, the programme."""

from typing import Any

import pytest

from coordinator.protocol import Decision
from tests.protocol.case import Case, minutes

PLAN = "plan:nz-2009"
YEAR = "2027-03-02T20:00:00.000Z"


def activated(key: str, at: float = 0, case: Case | None = None) -> Case:
    """Activate the protocol under a scope."""
    case = case or Case(key=key)
    case.say("coordinator", "protocol.activated", at, subject=key)
    return case


def opened(decision: Decision, name: str | None = None) -> list[tuple[str, str, str]]:
    """List what a decision opened: owner, scope and due."""
    return [
        (one["owner"], one["scope"], one["due"])
        for one in decision["opened"]
        if name in (None, one["name"])
    ]


def closed(decision: Decision) -> list[tuple[str, str, str]]:
    """List what a decision closed: name, owner and how."""
    return [(one["name"], one["owner"], one["how"]) for one in decision["closed"]]


# --- contacts ------------------------------------------------------------------------


def contact(case: Case, agency: str, at: float, **data: Any) -> Decision:  # noqa: ANN401 - fields
    """Have an agency name a contact of its own."""
    key = f"agency:{agency}"
    name = "key_contact.designated"
    return case.say(agency, name, at, data=data, contact_known=True, subject=key)


@pytest.mark.parametrize("agency", ["police", "labour", "customs"])
def test_a_first_activation_asks_each_investigating_agency_for_a_contact(
    agency: str,
) -> None:
    """Within a calendar year; once only, whatever version is activated later."""
    case = activated(f"agency:{agency}")
    again = activated(f"agency:{agency}", 10, case).decisions[-1]

    assert opened(case.decisions[0]) == [
        (agency, f"agency:{agency}/role:key_contact", YEAR)
    ]
    assert again["opened"] == []


@pytest.mark.parametrize("agency", ["health", "justice", "ngo-refuge"])
def test_no_other_agency_owes_a_contact(agency: str) -> None:
    """Others may name theirs, and owe nothing for it."""
    case = activated(f"agency:{agency}")
    named = contact(case, agency, 1)

    assert [one["opened"] for one in case.decisions] == [[], []]
    assert named["verdict"] == "accepted"


def test_a_contact_is_current_until_its_last_day_and_each_role_by_itself() -> None:
    """A later one of the same role settles the earlier; another role's stands."""
    case = activated("agency:police")
    first = contact(case, "police", 1, valid_to=minutes(100))
    other = contact(case, "police", 2, role="media", valid_to=minutes(200))
    later = contact(case, "police", 3, valid_to=minutes(300))
    scope = "agency:police/role:"

    assert opened(first) == [("police", f"{scope}key_contact", minutes(100))]
    assert opened(other) == [("police", f"{scope}media", minutes(200))]
    assert other["closed"] == []
    assert opened(later) == [("police", f"{scope}key_contact", minutes(300))]
    assert (
        closed(first) == closed(later) == [("contacts_current", "police", "satisfied")]
    )


def test_a_contact_whose_last_day_is_past_is_owed_anew_at_once() -> None:
    """Due comes from the event, and is no earlier than its receipt."""
    case = activated("agency:police")

    assert opened(contact(case, "police", 5, valid_to=minutes(1)))[0][2] == minutes(5)


# --- alerts --------------------------------------------------------------------------


def alert(case: Case, agency: str, what: str, at: float, **data: Any) -> Decision:  # noqa: ANN401 - fields
    """Have a border agency say something of the alert A-1."""
    name = f"risk_alert.{what}"
    said = {"alert_ref": "A-1"} | data
    return case.say(agency, name, at, data=said, subject="alert:A-1")


@pytest.mark.parametrize(
    ("issuer", "other"), [("labour", "customs"), ("customs", "labour")]
)
def test_the_border_agency_that_did_not_issue_an_alert_acts_on_it(
    issuer: str, other: str
) -> None:
    """By the arrival; the issuer reviews it when it said that it would."""
    case = Case(key="alert:A-1")
    times = {"arrives_at": minutes(60), "review_due": minutes(90)}
    issued = alert(case, issuer, "issued", 0, **times)
    known = alert(case, other, "acknowledged", 1)

    assert opened(issued) == [
        (other, "alert:A-1", minutes(60)),
        (issuer, "alert:A-1", minutes(90)),
    ]
    assert closed(known) == [("act_on_border_alert", other, "satisfied")]


def test_another_arrival_supersedes_the_first() -> None:
    """Issued again, what is owed is due by the new time alone."""
    case = Case(key="alert:A-1")
    alert(case, "labour", "issued", 0, arrives_at=minutes(60), review_due=minutes(90))
    again = alert(
        case, "labour", "issued", 1, arrives_at=minutes(30), review_due=minutes(90)
    )

    assert ("act_on_border_alert", "customs", "superseded") in closed(again)
    assert ("customs", "alert:A-1", minutes(30)) in opened(again)
    assert [one.due for one in case.owed("act_on_border_alert")] == [minutes(30)]


def test_a_review_settles_and_asks_the_issuer_for_the_next() -> None:
    """Whoever reviewed it; once it is resolved nothing is owed."""
    case = Case(key="alert:A-1")
    alert(case, "labour", "issued", 0, arrives_at=minutes(60), review_due=minutes(90))
    reviewed = alert(case, "customs", "reviewed", 1, review_due=minutes(500))
    resolved = alert(case, "customs", "resolved", 2, review_due=minutes(900))

    assert closed(reviewed) == [("review_risk_profile", "labour", "satisfied")]
    assert opened(reviewed) == [("labour", "alert:A-1", minutes(500))]
    assert {name for name, *_ in closed(resolved)} == {
        "act_on_border_alert",
        "review_risk_profile",
    }
    assert resolved["opened"] == []


# --- the plan ------------------------------------------------------------------------


def test_the_annual_report_is_owed_within_a_year_and_then_the_next() -> None:
    """For the year it opens in, by the agency that compiles it; once per activation."""
    case = activated(PLAN)
    again = activated(PLAN, 1, case).decisions[-1]
    compiled = case.say("labour", "annual_report.compiled", 1440, subject=PLAN)

    assert opened(case.decisions[0], "compile_annual_report") == [
        ("labour", "year:2026", YEAR)
    ]
    assert again["opened"] == []
    assert closed(compiled) == [("compile_annual_report", "labour", "satisfied")]
    assert opened(compiled) == [("labour", "year:2026", "2027-03-03T20:00:00.000Z")]


def test_a_report_compiled_in_another_year_still_settles_the_one_owed() -> None:
    """What it opens is that year's."""
    case = activated(PLAN)
    late = case.say("labour", "annual_report.compiled", 400 * 1440, subject=PLAN)

    assert closed(late) == [("compile_annual_report", "labour", "satisfied")]
    assert [scope for _, scope, _ in opened(late)] == ["year:2027"]


def test_the_programme_is_owed_item_by_item_by_each_responsible_agency() -> None:
    """Short items within one year, medium within two; case-bound ones not at all."""
    items = opened(activated(PLAN).decisions[0], "programme_item")
    of = {
        phase: {
            (scope.split("/")[0], owner)
            for owner, scope, due in items
            if scope.split("/")[1] == f"phase:{phase}" and due == until
        }
        for phase, until in (("short", YEAR), ("medium", "2028-03-02T20:00:00.000Z"))
    }

    assert of["medium"] == {
        ("item:1", "police"),
        ("item:1", "labour"),
        ("item:1", "customs"),
        ("item:4", "labour"),
    }
    assert of["short"] == {
        *((f"item:{item}", "police") for item in (1, 2, 5, 23)),
        *((f"item:{item}", "labour") for item in (1, 2, 3, 4, 5, 9, 10, 16, 23)),
        *((f"item:{item}", "customs") for item in (1, 5, 10, 23)),
        *((f"item:{item}", "dia") for item in (11, 12)),
        ("item:17", "health"),
        ("item:21", "msd"),
    }
    assert len(items) == sum(map(len, of.values()))
    assert all(scope.endswith(f"/agency:{owner}") for owner, scope, _ in items)


def test_each_agency_is_done_with_its_own_part_of_an_item_and_phase() -> None:
    """Under way is not done, another phase is another, another agency owes still."""
    case = activated(PLAN)
    said = {"item": 1, "phase": "short"}

    def progress(agency: str, status: str, **other: str) -> Decision:
        return case.say(
            agency,
            "programme_item.progressed",
            1,
            data=said | other | {"status": status},
            subject=PLAN,
        )

    assert progress("police", "under_way")["closed"] == []
    assert progress("police", "done", phase="long")["closed"] == []
    assert closed(progress("police", "done")) == [
        ("programme_item", "police", "satisfied")
    ]
    left = [one for one in case.owed("programme_item") if "item:1/" in one.scope]
    assert sorted((one.owner, one.scope.split("/")[1]) for one in left) == [
        ("customs", "phase:medium"),
        ("customs", "phase:short"),
        ("labour", "phase:medium"),
        ("labour", "phase:short"),
        ("police", "phase:medium"),
    ]


def test_only_who_is_responsible_reports_on_an_item() -> None:
    """Anybody else is refused, and told why."""
    case = activated(PLAN)
    refused = case.say(
        "dpmc", "programme_item.progressed", 1, data={"item": 1}, subject=PLAN
    )

    assert refused["rule"] == "programme_item.progressed.1"


def test_what_is_owed_under_the_plan_is_not_owed_under_an_agency() -> None:
    """Each scope's own activation opens that scope's obligations only."""
    assert {one["name"] for one in activated(PLAN).decisions[0]["opened"]} == {
        "compile_annual_report",
        "programme_item",
    }
    assert {
        one["name"] for one in activated("agency:labour").decisions[0]["opened"]
    } == {"contacts_current"}
