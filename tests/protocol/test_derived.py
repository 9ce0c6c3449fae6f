"""Forms that a profile may take, and the packaged one does not."""

from typing import Any

from coordinator.events import made_id
from tests.golden.stories import nz_2009
from tests.protocol.case import Case, minutes
from tests.protocol.profiles import derived

OBLIGATIONS = nz_2009().value["obligations"]


def test_the_long_form_says_the_same_as_the_short() -> None:
    """`PT2H elapsed` and `{request: request_ref}` may be spelt out."""
    spelt = derived(
        {
            "obligations/answer_input_request/per": {
                "kind": "request",
                "field": "request_ref",
            },
            "obligations/answer_input_request/due": {
                "choose": "urgency",
                "cases": {
                    "urgent": {"length": "PT2H", "clock": "elapsed"},
                    "routine": {"length": "P1D", "clock": "business"},
                },
            },
            "obligations/answer_input_request/owner": {"field": "to"},
            "obligations/answer_input_request/also": {"emitter": True},
        }
    )

    assert (
        spelt.spec.obligations["answer_input_request"]
        == nz_2009().spec.obligations["answer_input_request"]
    )


def test_an_agency_named_twice_gets_the_wider_view() -> None:
    """Once each, and the whole event where one entry says so."""
    to = [
        {"agencies": "labour", "view": "stub"},
        {"agencies": ["labour", "customs"]},
        {"agencies": ["customs", "health"], "view": "stub"},
    ]
    case = Case(derived({"events/public_report.received/to": to}).rules)
    report = case.say("police", "public_report.received")

    assert [(one["to"], one["view"]) for one in report["deliveries"]] == [
        ("labour", "full"),
        ("customs", "full"),
        ("health", "stub"),
    ]


def test_and_so_it_does_where_who_gets_it_depends() -> None:
    """The same holds where an entry has a condition."""
    to = [
        {"agencies": ["labour", "customs"], "view": "stub"},
        {"agencies": "labour", "when": {"equals": {"anonymous": False}}},
        {"agencies": ["labour", "health"], "view": "stub"},
        {"agencies": "acc", "when": {"equals": {"anonymous": True}}},
    ]
    case = Case(derived({"events/public_report.received/to": to}).rules)
    report = case.say("police", "public_report.received")

    assert [(one["to"], one["view"]) for one in report["deliveries"]] == [
        ("labour", "full"),
        ("customs", "stub"),
        ("health", "stub"),
    ]


def test_what_two_entries_close_is_closed_once() -> None:
    """The first entry says how."""
    closings = [
        {"event": "safe_house.placed", "closed_as": "superseded"},
        {"event": "safe_house.placed"},
    ]
    case = Case(derived({"obligations/protect/closed_by": closings}).rules)
    case.identified("p-1")
    case.say("police", "danger.assessed", 1, person="p-1", data={"victim_risk": "high"})
    placed = case.say("police", "safe_house.placed", 2, person="p-1")

    assert [(one["name"], one["how"]) for one in placed["closed"]] == [
        ("protect", "superseded")
    ]


def test_an_event_that_names_nothing_closes_nothing() -> None:
    """Owed for a request alone, it is not settled by who names none."""
    openings = [{"event": "interpreter.requested"}]
    changes = {
        "obligations/provide_interpreter/opens_on": openings,
        "obligations/provide_interpreter/per": {"request": "request_ref"},
    }
    case = Case(derived(changes).rules)
    case.identified("p-1")
    case.say("police", "interpreter.requested", person="p-1")
    none = case.say("justice", "interpreter.assigned", 1, person="p-1")
    named = case.say(
        "justice",
        "interpreter.assigned",
        2,
        person="p-1",
        data={"request_ref": "IR-1"},
    )

    assert none["closed"] == []
    assert [one["name"] for one in named["closed"]] == ["provide_interpreter"]


def test_an_event_is_not_found_by_a_reference_that_it_does_not_give() -> None:
    """Only what was said is known."""
    gate = {
        "require": {"known": {"event": "interpreter.assigned", "by": "request_ref"}},
        "breach": "refuse",
        "says": "an assignment for it",
        "mend": "Assign one.",
    }
    case = Case(derived({"events/interpreter.requested/gates": [gate]}).rules)
    case.identified("p-1")
    case.say("justice", "interpreter.assigned", person="p-1")
    refused = case.say("police", "interpreter.requested", 1, person="p-1")

    assert refused["rule"] == "interpreter.requested.1"


def test_an_event_that_gives_no_time_opens_nothing() -> None:
    """Where due is the time that a field gives, and it gives none, nothing is due."""
    owed = dict(OBLIGATIONS["police_take_up"]) | {
        "opens_on": "senior_official.assigned",
        "closed_by": "suspicion.closed",
        "owner": "emitter",
        "due": {"at": "to"},
    }
    case = Case(derived({"obligations/hand_over": owed}).rules)
    case.say("police", "public_report.received")
    for to in (None, minutes(90)):
        assigned = case.say(
            "police",
            "senior_official.assigned",
            1,
            data={"to": to},
            contact_known=True,
        )
        opened = [one["due"] for one in assigned["opened"]]

        assert opened == ([] if to is None else [to])


def test_what_a_closing_settles_before_it_opens_may_be_everybodys() -> None:
    """A closing that came before keeps it shut, whoever closed it, for that person."""
    owed = dict(OBLIGATIONS["assess_danger"]) | {
        "opens_on": "victim.identified",
        "not_after_closing": True,
    }
    case = Case(derived({"obligations/assess_danger": owed}).rules)
    case.identified()
    case.say("police", "witness_statement.taken", person="p-1")
    case.say("police", "danger.assessed", person="p-1")
    for person in ("p-1", "p-2"):
        case.say("police", "victim.identified", 1, person=person)

    assert [one.person for one in case.owed("assess_danger")] == ["p-2"]


def test_what_is_owed_for_the_case_closes_whatever_an_event_names() -> None:
    """An event that names one request closes the case's obligation as well."""
    openings = [
        {"event": "interpreter.requested", "per": {"request": "request_ref"}},
        {"event": "victim.identified", "per": "case", "due": "PT4H elapsed"},
    ]
    changes = {"obligations/provide_interpreter/opens_on": openings}
    case = Case(derived(changes).rules)
    case.identified("p-1", "p-2")
    for person in ("p-1", "p-2"):
        case.say("police", "interpreter.requested", person=person)
    (of_case, first, second) = case.owed("provide_interpreter")
    data = {"request_ref": "IR-1"}
    settled = case.say("justice", "interpreter.assigned", 1, person="p-2", data=data)

    assert [one["id"] for one in settled["closed"]] == [of_case.id, second.id]
    assert case.owed("provide_interpreter") == [first]


def test_what_ends_a_case_leaves_open_what_the_profile_says() -> None:
    """All else is superseded, in the order it was opened."""
    case = Case(derived({"events/suspicion.closed/gates": []}).rules)
    case.identified("p-1")
    case.certified("p-1")
    case.say("police", "certification.withdrawn", 1, person="p-1")
    ended = case.say("police", "suspicion.closed", 2)

    assert {one["how"] for one in ended["closed"]} == {"superseded"}
    assert {one.rules.name for one in case.state.obligations.values() if one.open} == {
        "act_on_withdrawal"
    }


def test_who_is_paged_is_a_party() -> None:
    """An agency that hears of a case by a page may take part in it from then on."""
    case = Case(derived({"obligations/police_take_up/also": "mfat"}).rules)
    case.say("police", "public_report.received")
    asks = ("mfat", "interpreter.requested")
    before = case.say(*asks, 29, person="p-1")
    at_once = case.say(*asks, 30, person="p-1")
    after = case.say(*asks, 31, person="p-1")

    assert before["rule"] == "not_a_party"
    assert ("mfat", 1) in [(one["agency"], one["rung"]) for one in at_once["pages"]]
    assert after["rule"] == "interpreter.requested.1"


def test_who_is_reminded_is_a_party() -> None:
    """A reminder is no rung, but whoever got it knows of the case."""
    case = Case(derived({"obligations/police_take_up/owner": "mfat"}).rules)
    case.say("police", "public_report.received")
    case.say("police", "suspicion.reported", 25)
    after = case.say("mfat", "interpreter.requested", 26, person="p-1")

    assert after["rule"] == "interpreter.requested.1"


def test_an_event_that_gives_no_day_opens_nothing() -> None:
    """Where due is before a day that a field gives, and it gives none: nothing."""
    openings = ["repatriation.arranged", "victim.repatriated"]
    path = "obligations/notify_country_of_origin/opens_on"
    case = Case(derived({path: openings}).rules)
    case.identified("p-1")
    back = case.say("labour", "victim.repatriated", 1, person="p-1")

    assert back["opened"] == []


def test_without_an_effect_a_retraction_is_an_event_like_any_other() -> None:
    """It is the profile that says what it does."""
    row = "events/event.retracted"
    changes: dict[str, Any] = {f"{row}/effect": None, f"{row}/gates": []}
    case = Case(derived(changes).rules)
    case.identified("p-1")
    before = [one.id for one in case.owed("assess_danger")]
    data = {"event_id": case.events[2].id}
    said = case.say("police", "event.retracted", 1, data=data)

    assert (said["verdict"], said["closed"]) == ("accepted", [])
    assert [one.id for one in case.owed("assess_danger")] == before


def test_without_its_gates_a_retraction_of_nothing_mends_nothing() -> None:
    """An id that is no accepted event's retracts none."""
    case = Case(derived({"events/event.retracted/gates": []}).rules)
    case.identified("p-1")
    data = {"event_id": made_id("none")}
    said = case.say("police", "event.retracted", 1, data=data)

    assert (said["verdict"], said["opened"], said["closed"]) == ("accepted", [], [])


def test_without_its_gates_an_acknowledgement_of_nothing_moves_nothing() -> None:
    """An id that is no obligation's stops no ladder."""
    case = Case(derived({"events/escalation.acknowledged/gates": []}).rules)
    case.identified("p-1")
    data = {"obligation_id": made_id("none")}
    said = case.say("police", "escalation.acknowledged", 1, data=data)

    assert (said["verdict"], said["timers"]) == ("accepted", [])


def test_what_other_rules_have_no_event_for_is_known_no_more() -> None:
    """A case that moves keeps the log of it, and builds on what they know."""
    events = dict(nz_2009().value["events"])
    del events["feedback.recorded"]
    fewer = derived({"version": 2, "events": events}).rules
    case = Case()
    case.identified("p-1")
    case.say("police", "feedback.recorded", 1)
    move = {"from": "nz-2009/1", "to": "nz-2009/2", "difference": "x"}
    case.say("coordinator", "protocol.migrated", 2, data=move, rules=fewer)
    gone = case.say("police", "feedback.recorded", 3)
    known = case.say("police", "victim.identified", 3, person="p-1")

    assert gone["rule"] == "emitter"
    assert known["rule"] == "victim.identified.2"
    assert ("feedback.recorded", None) not in case.state.latest


def test_what_no_standing_event_accounts_for_opens_all_the_same() -> None:
    """
    A retraction opens what the case without the event owes, by whichever event.

    Who was told of a certificate is not known any more once that is withdrawn.
    """
    openings = [
        {"event": "threat.recorded", "owner": "health", "per": "person"},
        {
            "event": "certification.withdrawn",
            "owner": "told",
            "per": ["agency", {"certificate": "certification_no"}],
            "unless_open": "person",
        },
    ]
    rules = derived({"obligations/act_on_withdrawal/opens_on": openings}).rules
    case = Case(rules)
    case.identified("p-1")
    case.certified("p-1")
    mistake = case.say("police", "threat.recorded", 1, person="p-1")
    withdrawn = case.say("police", "certification.withdrawn", 2, person="p-1")
    data = {"event_id": mistake["input"]["id"]}
    mended = case.say("police", "event.retracted", 3, data=data)

    assert withdrawn["opened"] == []
    assert [(one["owner"], one["due"]) for one in mended["opened"]] == [
        (agency, minutes(242)) for agency in ("labour", "health", "msd")
    ]
    for agency in ("labour", "health", "msd"):
        case.say(agency, "withdrawal.acknowledged", 4, person="p-1")
    assert case.owed("act_on_withdrawal") == []
