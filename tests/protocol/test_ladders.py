"""News of pages and deadlines that comes at another time than a simulation gives it."""

from datetime import timedelta

import pytest

from coordinator.events import Event, made_id, make_event, own
from coordinator.protocol import Decision
from tests.protocol.case import START, Case, minutes


def unreachable(case: Case, page_id: str) -> Event:
    """Say that a page reached nobody."""
    return own.page_unreachable(key=case.key, page_id=page_id, at=START)


def deadline(case: Case, obligation: str, rung: int, due: float) -> Event:
    """Say that a rung came due."""
    at = START + timedelta(minutes=due)
    return own.deadline_passed(
        key=case.key, obligation=obligation, rung=rung, due=at, at=at
    )


def paged(decision: Decision) -> list[tuple[str, int | None, str]]:
    """Say who was paged, by which rung and why."""
    return [(one["agency"], one["rung"], one["why"]) for one in decision["pages"]]


def set_to(decision: Decision) -> list[tuple[int, str]]:
    """Say which rungs were set, and to when."""
    return [(one["rung"], one["at"]) for one in decision["timers"]]


def missed(case: Case) -> tuple[str, str]:
    """Miss T2's due (30 min); give the obligation and the page of its first rung."""
    case.say("police", "public_report.received")
    (owed,) = case.owed("police_take_up")
    decision = case.take(deadline(case, owed.id, 1, 30), 30)
    assert paged(decision) == [("police", 1, "deadline")]
    return owed.id, decision["pages"][0]["id"]


def test_the_next_rung_is_paged_at_once_and_not_again_at_its_own_time() -> None:
    """The last rung, so paged, repeats a day after that."""
    case = Case()
    owed, page = missed(case)
    skipped = case.take(unreachable(case, page), 35)
    own_time = case.take(deadline(case, owed, 2, 90), 90)

    assert skipped["verdict"] == "accepted"
    assert paged(skipped) == [("working-group", 2, "unreachable")]
    assert set_to(skipped) == [(2, minutes(35 + 1440))]
    assert (own_time["verdict"], own_time["pages"]) == ("noop", [])


def test_after_an_acknowledgement_a_lost_page_changes_nothing() -> None:
    """The ladder rests until the new due time, and goes on then."""
    case = Case()
    owed, page = missed(case)
    case.say(
        "police",
        "escalation.acknowledged",
        31,
        data={"obligation_id": owed, "new_due": minutes(60)},
    )
    lost = case.take(unreachable(case, page), 59)
    later = case.take(deadline(case, owed, 2, 60), 60)

    assert (lost["verdict"], lost["pages"]) == ("noop", [])
    assert paged(later) == [("working-group", 2, "deadline")]


def test_after_a_higher_rung_a_lost_page_changes_nothing() -> None:
    """Whoever was to be reached next has been."""
    case = Case()
    owed, page = missed(case)
    case.take(deadline(case, owed, 2, 90), 90)
    lost = case.take(unreachable(case, page), 91)

    assert (lost["verdict"], lost["pages"], lost["alarms"]) == ("noop", [], [])


def test_a_lost_page_that_comes_with_the_next_rung_pages_that_once() -> None:
    """What is due is taken first; there is nothing to skip to."""
    case = Case()
    _, page = missed(case)
    lost = case.take(unreachable(case, page), 95)

    assert lost["verdict"] == "noop"
    assert paged(lost) == [("working-group", 2, "deadline")]


def test_after_closing_a_lost_page_changes_nothing() -> None:
    """Nobody is paged about what is done."""
    case = Case()
    _, page = missed(case)
    case.say("police", "suspicion.closed", 31)
    lost = case.take(unreachable(case, page), 32)

    assert (lost["verdict"], lost["pages"], lost["alarms"]) == ("noop", [], [])


def test_a_page_is_lost_once() -> None:
    """Told again by another id, it alarms and skips no second time."""
    case = Case()
    owed, page = missed(case)
    case.take(deadline(case, owed, 2, 90), 90)
    (office,) = case.decisions[-1]["pages"]
    first = case.take(unreachable(case, office["id"]), 91)
    again = make_event(
        name="page.unreachable",
        agency="coordinator",
        id=made_id("again"),
        time=START,
        subject=case.key,
        data={"page_id": office["id"]},
    )
    second = case.take(again, 92)

    assert [one["why"] for one in first["alarms"]] == ["unreachable"]
    assert (second["verdict"], second["alarms"]) == ("noop", [])
    assert page != office["id"]


@pytest.mark.parametrize("first", [0, 1])
def test_the_ladder_skips_on_only_when_both_are_lost(first: int) -> None:
    """Owner and requester are paged side by side; either may be lost first."""
    case = Case()
    case.identified()
    case.say("police", "input.requested")
    (owed,) = case.owed("answer_input_request")
    both = case.take(deadline(case, owed.id, 1, 120), 120)
    pages = [one for one in both["pages"] if one["name"] == "answer_input_request"]
    one = case.take(unreachable(case, pages[first]["id"]), 121)
    other = case.take(unreachable(case, pages[1 - first]["id"]), 122)

    assert [page["agency"] for page in pages] == ["customs", "police"]
    assert (one["verdict"], one["pages"]) == ("accepted", [])
    assert paged(other) == [("customs", 2, "unreachable"), ("police", 2, "unreachable")]


def test_a_page_for_information_that_is_lost_changes_nothing() -> None:
    """It stands beside the ladder: nothing is skipped, nobody is alarmed."""
    case = Case()
    case.identified()
    (owed,) = case.owed("inform_minister")
    late = case.take(deadline(case, owed.id, 3, 480), 480)
    told = [one for one in late["pages"] if one["name"] == "inform_minister"]
    lost = case.take(unreachable(case, told[-1]["id"]), 481)

    # One page of the ladder, the highest, and the one beside it.
    assert [one["agency"] for one in told] == ["working-group", "minister-immigration"]
    assert (lost["verdict"], lost["pages"], lost["alarms"]) == ("noop", [], [])


def test_a_breach_page_falls_through_once_to_the_office_then_to_the_operator() -> None:
    """It keeps its reason, and is of no obligation."""
    case = Case()
    case.say("police", "public_report.received")
    (page,) = case.say("police", "safe_house.placed", 1, person="p-1")["pages"]
    office = case.take(unreachable(case, page["id"]), 2)
    operator = case.take(unreachable(case, office["pages"][0]["id"]), 3)

    assert paged(office) == [("working-group", None, "breach")]
    assert office["pages"][0]["role"] == "working-group"
    assert [(one["obligation"], one["why"]) for one in operator["alarms"]] == [
        (None, "unreachable")
    ]


def test_a_late_acknowledgement_counts_from_the_rung_just_taken() -> None:
    """Rungs due by its receipt are taken first, and the next of those is moved."""
    case = Case()
    case.say("customs", "suspicion.reported", id=made_id("e", 0))
    (owed,) = case.owed("report_to_police")
    case.take(deadline(case, owed.id, 1, 60), 60)
    ack = case.say(
        "customs",
        "escalation.acknowledged",
        150,
        data={"obligation_id": owed.id, "new_due": minutes(200)},
    )

    assert paged(ack) == [("customs", 2, "deadline")]
    assert set_to(ack) == [(3, minutes(200))]


def test_rungs_after_the_next_keep_their_distance() -> None:
    """Acknowledged at the first rung, the third comes as long after the second."""
    case = Case()
    case.say("customs", "suspicion.reported", id=made_id("e", 0))
    (owed,) = case.owed("report_to_police")
    case.take(deadline(case, owed.id, 1, 60), 60)
    ack = case.say(
        "customs", "escalation.acknowledged", 70, data={"obligation_id": owed.id}
    )

    assert set_to(ack) == [(2, minutes(70 + 1440)), (3, minutes(70 + 1440 + 180))]


def test_the_last_rung_again_at_the_new_due_time_and_then_each_day() -> None:
    """Acknowledging the last rung moves that one."""
    case = Case()
    owed, _ = missed(case)
    case.take(deadline(case, owed, 2, 90), 90)
    ack = case.say(
        "police",
        "escalation.acknowledged",
        100,
        data={"obligation_id": owed, "new_due": minutes(300)},
    )
    again = case.take(deadline(case, owed, 2, 300), 300)

    assert set_to(ack) == [(2, minutes(300))]
    # The other obligation of the report has its own first rung by then.
    assert paged(again) == [("police", 1, "deadline"), ("working-group", 2, "deadline")]
    assert set_to(again) == [(2, minutes(300 + 1440))]


def test_repeats_that_were_slept_through_are_one_page_and_keep_their_hour() -> None:
    """Whole steps from the rung's own instant, the first that lies ahead."""
    case = Case()
    owed, _ = missed(case)
    late = case.take(deadline(case, owed, 2, 90), 3 * 1440)
    pages = [one for one in late["pages"] if one["name"] == "police_take_up"]
    rungs = [
        (one["rung"], one["at"]) for one in late["timers"] if one["obligation"] == owed
    ]

    assert [one["rung"] for one in pages] == [2]
    assert rungs == [(2, minutes(3 * 1440 + 90))]
