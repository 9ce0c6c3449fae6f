"""Examples of decisions that no story tells: versions, places, and bare records."""

from datetime import timedelta

import orjson
import pytest

from coordinator.events import Event, decode, made_id, own
from coordinator.protocol import Record, State, apply, received_at
from tests.golden.stories import nz_2009
from tests.protocol.case import START, Case, minutes
from tests.protocol.profiles import derived, modern

WITHOUT_ADVISERS = derived(
    {
        "version": 3,
        "events": {
            name: row
            for name, row in nz_2009().value["events"].items()
            if name != "adviser.assigned"
        },
        "obligations": {
            name: row
            for name, row in nz_2009().value["obligations"].items()
            if name != "provide_adviser"
        },
    }
)
MIGRATION = {"from": "nz-2009/1", "to": "nz-2009/3", "difference": "fewer"}
ACTIVATION = {"profile": "nz-2009"}


def test_a_case_keeps_the_version_of_its_first_record() -> None:
    """A version that is active later does not reach an open case."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    later = case.say(
        "justice", "adviser.assigned", person="p-1", rules=WITHOUT_ADVISERS.rules
    )

    assert (later["verdict"], later["profile"]) == ("accepted", "nz-2009/1")


def test_a_migration_takes_effect_from_the_next_record() -> None:
    """The migrating record is decided under the old version, what follows is not."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    moved = case.say(
        "coordinator",
        "protocol.migrated",
        1,
        data=MIGRATION,
        rules=WITHOUT_ADVISERS.rules,
    )
    refused = case.say("justice", "adviser.assigned", 2, person="p-1")

    assert (moved["verdict"], moved["profile"]) == ("accepted", "nz-2009/1")
    assert refused["profile"] == "nz-2009/3"
    assert (refused["verdict"], refused["rule"]) == ("refused", "emitter")
    assert refused["cite"] == "item 23"
    assert refused["detail"] == "Protocol nz-2009/3 has no such event."


def test_what_was_owed_before_a_migration_keeps_its_due_and_its_ladder() -> None:
    """An obligation carries the version that it was opened under."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    (owed,) = case.owed("assess_danger")
    case.say(
        "coordinator",
        "protocol.migrated",
        1,
        data=MIGRATION,
        rules=WITHOUT_ADVISERS.rules,
    )
    late = case.say("labour", "minister.informed", 180)
    pages = [page for page in late["pages"] if page["name"] == "assess_danger"]

    assert case.owed("assess_danger") == [owed]
    assert [(one["agency"], one["role"], one["rung"]) for one in pages] == [
        ("working-group", "working-group", 2)
    ]


def test_what_the_new_version_does_not_have_ends_with_the_migration() -> None:
    """Nobody could ever close it: it is superseded, on record."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    (owed,) = case.owed("provide_adviser")
    moved = case.say(
        "coordinator",
        "protocol.migrated",
        1,
        data=MIGRATION,
        rules=WITHOUT_ADVISERS.rules,
    )

    assert [(one["id"], one["how"]) for one in moved["closed"]] == [
        (owed.id, "superseded")
    ]


def test_a_migrated_case_is_known_by_the_new_versions_references() -> None:
    """What came before is found by whatever field the new version asks for."""
    case = Case(nz_2009().rules)
    case.identified("p-1")
    case.certified("p-1")
    move = {"from": "nz-2009/1", "to": "nz-modern/1", "difference": "kinds"}
    case.say("coordinator", "protocol.migrated", 1, data=move, rules=modern().rules)
    second = {"certification_no": "C-2", "kind": "non_obstruction"}
    again = case.say("police", "certification.issued", 2, person="p-1", data=second)
    twice = case.say(
        "police",
        "certification.issued",
        3,
        person="p-1",
        data=second | {"certification_no": "C-3"},
    )

    assert (again["verdict"], again["profile"]) == ("accepted", "nz-modern/1")
    assert (twice["verdict"], twice["rule"]) == ("refused", "certification.issued.2")


def test_a_standing_scope_follows_the_version_that_is_activated() -> None:
    """`protocol.activated` under a scope moves it to the active version."""
    case = Case(nz_2009().rules, key="agency:police")
    first = case.say(
        "coordinator", "protocol.activated", data=ACTIVATION, subject="agency:police"
    )
    case.say(
        "coordinator",
        "protocol.activated",
        1,
        data=ACTIVATION,
        subject="agency:police",
        rules=modern().rules,
    )
    designated = case.say(
        "police",
        "key_contact.designated",
        2,
        subject="agency:police",
        contact_known=True,
    )

    assert first["profile"] == "nz-2009/1"
    assert designated["profile"] == "nz-modern/1"


def test_a_record_earlier_than_the_last_counts_as_the_last() -> None:
    """Receipt never goes back, for the decision and for what follows from it alike."""
    case = Case()
    case.say("police", "public_report.received", 10)
    early = case.say("police", "case.identified", 5)
    danger = next(one for one in early["opened"] if one["name"] == "assess_danger")

    assert (early["at"], danger["due"]) == (minutes(10), minutes(130))


def test_receipt_is_raised_to_the_keys_last() -> None:
    """`received_at` says what the record will count as."""
    case = Case()
    case.say("police", "public_report.received", 10)
    rules, given = case.rules, case.events[0]
    for late, raised in ((5, 10), (10, 10), (15, 15)):
        at = START + timedelta(minutes=late)
        record = Record(case.key, at, rules, given)

        assert received_at(case.state, record) == START + timedelta(minutes=raised)
    record = Record(case.key, START, rules, given)

    assert received_at(State(case.key), record) == START


def test_an_id_says_where_in_the_log_it_was_made() -> None:
    """An id is the hash of case, seq, list and place, so that a repeat has the same."""
    case = Case()
    report = case.say("police", "public_report.received")
    breach = case.say("police", "safe_house.placed", 1, person="p-1")

    assert [one["id"] for one in report["deliveries"]] == [
        made_id(case.key, 1, "deliveries", place) for place in range(2)
    ]
    assert [one["id"] for one in report["opened"]] == [
        made_id(case.key, 1, "opened", place) for place in range(2)
    ]
    assert [one["id"] for one in breach["pages"]] == [made_id(case.key, 2, "pages", 0)]
    identified = case.say("police", "case.identified", 2)
    assert [one["id"] for one in identified["notices"]] == [
        made_id(case.key, 3, "notices", 0)
    ]


def test_a_log_record_is_applied_once() -> None:
    """A position that is applied already is skipped; a state can be folded again."""
    case = Case()
    case.identified("p-1")
    again = State(case.key)
    for _ in range(2):
        for event, decision in zip(case.events, case.decisions, strict=True):
            record = Record(case.key, START, case.rules, decode(event.raw))
            apply(again, record, orjson.loads(orjson.dumps(decision)))

    assert again.seq == case.state.seq == len(case.decisions)
    assert list(again.obligations) == list(case.state.obligations)


@pytest.mark.parametrize(
    "event",
    [
        own.page_sent(key="k", page_id=made_id("x"), channel="log", at=START),
        own.page_failed(key="k", page_id=made_id("x"), channel="log", at=START),
        own.page_unreachable(key="k", page_id=made_id("x"), at=START),
        own.deadline_passed(
            key="k", obligation=made_id("x"), rung=1, due=START, at=START
        ),
    ],
    ids=lambda event: event.name,
)
def test_news_of_what_never_was_is_a_noop(event: Event) -> None:
    """A page or an obligation that the log does not have changes nothing."""
    case = Case()
    case.say("police", "public_report.received")
    decision = case.take(event, 1)

    assert decision["verdict"] == "noop"
    assert not any((decision["pages"], decision["alarms"], decision["timers"]))


def test_news_of_a_page_is_kept_and_changes_nothing() -> None:
    """That a page was sent, or failed once, is on record."""
    case = Case()
    case.say("police", "public_report.received")
    (page,) = case.say("police", "safe_house.placed", 1, person="p-1")["pages"]
    for make in (own.page_sent, own.page_failed):
        event = make(key=case.key, page_id=page["id"], channel="log", at=START)
        decision = case.take(event, 2)

        assert decision["verdict"] == "accepted"
        assert not any((decision["pages"], decision["alarms"]))


def test_in_a_scope_that_is_no_case_an_event_is_a_drill_by_itself() -> None:
    """A drill's alert makes no drill of what is really said about it."""
    case = Case(key="alert:A-1")
    flags = [
        case.say(agency, name, minute, subject="alert:A-1", exercise=exercise)[
            "exercise"
        ]
        for minute, (agency, name, exercise) in enumerate(
            [
                ("labour", "risk_alert.issued", True),
                ("customs", "risk_alert.acknowledged", False),
                ("labour", "risk_alert.resolved", True),
            ]
        )
    ]

    assert flags == [True, False, True]
    assert {one["verdict"] for one in case.decisions} == {"accepted"}


def test_a_stranger_cannot_tell_a_case_from_none() -> None:
    """One refusal, word for word, whether the reference exists or not."""
    case = Case()
    case.identified()
    known = case.say("mfat", "interpreter.requested", person="p-1")
    nothing = Case()
    unknown = nothing.say(
        "mfat", "interpreter.requested", person="p-1", subject=nothing.key
    )
    alike = known | {"seq": unknown["seq"], "input": unknown["input"]}

    assert alike == unknown
    assert known["rule"] == "not_a_party"
