"""Another protocol is another file: what the packaged one has no row for."""

from typing import Any

from coordinator.protocol import Rules
from tests.golden.stories import nz_2009
from tests.protocol.case import Case
from tests.protocol.profiles import derived, modern

HIGH = {"victim_risk": "high", "family_risk": "low", "return_risk": "low"}


def endangered(changes: dict[str, Any], **data: object) -> Case:
    """Tell a case up to a person in danger, by a changed profile."""
    case = Case(_rules(changes))
    begun = case.say("police", "public_report.received")["input"]["id"]
    case.say("police", "case.identified", data={"origin_event_ids": [begun]})
    case.say("police", "victim.identified", person="p-1")
    case.say("police", "danger.assessed", person="p-1", data=HIGH | data)
    return case


def _rules(changes: dict[str, Any]) -> Rules:
    return derived(changes).rules if changes else nz_2009().rules


def owed(case: Case) -> set[str]:
    """Name what is open."""
    return {one.rules.name for one in case.state.obligations.values() if one.open}


def test_an_event_about_nobody_closes_nothing_of_a_person() -> None:
    """What names no scope of an obligation settles none."""
    case = endangered({"obligations/protect/closed_by": ["investigation.commenced"]})
    case.say("police", "investigation.commenced")

    assert "protect" in owed(case)


def test_an_obligation_that_two_rows_settle_is_closed_once() -> None:
    """The first way of closing it holds."""
    rows = ["safe_house.placed", {"event": "safe_house.placed", "all": True}]
    case = endangered({"obligations/protect/closed_by": rows})
    closed = case.say("police", "safe_house.placed", person="p-1")["closed"]

    assert [one["name"] for one in closed] == ["protect"]


def test_a_due_time_that_the_event_does_not_give_opens_nothing() -> None:
    """Where Due comes from the event, an event without it asks for nothing."""
    change = {"obligations/protect/due": {"at": "review_due"}}
    given = endangered(change, review_due="2026-03-02T21:00:00Z")
    not_given = endangered(change, review_due=None)

    assert "protect" in owed(given)
    assert "protect" not in owed(not_given)


def test_whoever_is_named_twice_gets_the_widest_view() -> None:
    """A receiver gets an event once, and whole if any row says so."""
    to = [{"agencies": "labour"}, {"agencies": ["labour", "acc"], "view": "stub"}]
    case = endangered({"events/danger.assessed/to": to})
    sent = case.decisions[-1]["deliveries"]

    assert [(one["to"], one["view"]) for one in sent] == [
        ("labour", "full"),
        ("acc", "stub"),
    ]


def test_an_event_without_the_reference_is_found_by_none() -> None:
    """What names no request is no request's answer."""
    gate = {
        "require": {"known": {"event": "interpreter.assigned", "by": "request_ref"}},
        "breach": "refuse",
        "says": "x",
        "mend": "x",
    }
    case = endangered({"events/interpreter.requested/gates": [gate]})
    case.say(
        "justice", "interpreter.assigned", person="p-1", data={"request_ref": None}
    )
    decided = case.say("acc", "interpreter.requested", person="p-1")

    assert decided["verdict"] == "refused"


def test_a_number_that_two_kinds_share_is_that_of_the_one_in_force() -> None:
    """Where certificates have kinds, one that was withdrawn is in nobody's way."""
    case = Case(modern().rules)
    case.identified("p-1")
    case.certified("p-1")
    same = {"certification_no": "C-1"}
    second = same | {"kind": "non_obstruction"}
    case.say("police", "certification.issued", 1, person="p-1", data=second)
    for at in (2, 3):
        withdrawn = case.say("police", "certification.withdrawn", at, person="p-1")

        assert withdrawn["verdict"] == "accepted"
    ended = case.say("police", "certification.withdrawn", 4, person="p-1")

    assert ended["rule"] == "certification.withdrawn.1"
