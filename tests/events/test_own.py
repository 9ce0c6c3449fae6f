"""The coordinator's own events."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events import (
    Event,
    deadline_passed,
    decode,
    exercise_ended,
    exercise_started,
    format_time,
    made_id,
    page_failed,
    page_sent,
    page_unreachable,
    protocol_activated,
    protocol_migrated,
)

AT = datetime(2026, 3, 2, 20, 15, 0, 250_000, UTC)
DUE = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)
CASE = "TP-12345-6789A-B"
OBLIGATION = made_id("obligation")
PAGE = made_id("page")

BUILT: dict[str, Callable[[], Event]] = {
    "deadline.passed": lambda: deadline_passed(
        key=CASE, obligation=OBLIGATION, rung=1, due=DUE, at=AT
    ),
    "page.sent": lambda: page_sent(
        key=CASE, page_id=PAGE, channel="email", contact_id="C-1", at=AT
    ),
    "page.failed": lambda: page_failed(
        key=CASE, page_id=PAGE, channel="email", contact_id="C-1", at=AT, try_no=2
    ),
    "page.unreachable": lambda: page_unreachable(key=CASE, page_id=PAGE, at=AT),
    "protocol.activated": lambda: protocol_activated(
        key="plan:nz-2009", profile="nz-2009", version=1, digest="3c9f", at=AT
    ),
    "protocol.migrated": lambda: protocol_migrated(
        key=CASE, before="nz-2009/1", after=2, difference="none to speak of", at=AT
    ),
    "exercise.started": lambda: exercise_started(
        exercise_ref="EX-1", agencies=("police", "customs"), at=AT
    ),
    "exercise.ended": lambda: exercise_ended(
        exercise_ref="EX-1", agencies=("police", "customs"), at=AT
    ),
}


@pytest.mark.parametrize("name", BUILT)
def test_what_is_built_is_what_would_be_read(name: str) -> None:
    """Each event is, member for member, what its own bytes decode to."""
    event = BUILT[name]()

    assert event.name == name
    assert event.agency == "coordinator"
    assert decode(event.raw) == event


@pytest.mark.parametrize("name", BUILT)
def test_what_is_built_twice_is_one_event(name: str) -> None:
    """A crash between making and keeping an event gives no second one."""
    assert BUILT[name]() == BUILT[name]()


def test_a_deadlines_id_is_its_obligation_rung_and_due() -> None:
    """Timers and replays find the same id without asking each other."""
    event = BUILT["deadline.passed"]()

    assert event.id == made_id(OBLIGATION, 1, format_time(DUE))
    assert event.data == {
        "obligation_id": OBLIGATION,
        "rung": 1,
        "due": "2026-03-02T20:15:00.000Z",
    }
    assert event.subject == CASE
    assert event.time == AT


@given(st.integers(0, 99), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_late_timer_is_the_same_deadline(rung: int, one_s: int, other_s: int) -> None:
    """When it was noticed is no part of a deadline's id, when it was due is."""

    def passed(due_s: int, at_s: int) -> Event:
        return deadline_passed(
            key=CASE,
            obligation=OBLIGATION,
            rung=rung,
            due=DUE + timedelta(seconds=due_s),
            at=AT + timedelta(seconds=at_s),
        )

    assert passed(0, one_s).id == passed(0, other_s).id
    assert (passed(one_s, 0).id == passed(other_s, 0).id) is (one_s == other_s)


def test_each_try_and_channel_of_a_page_is_an_event_of_its_own() -> None:
    """Two failed tries are two facts; sent and failed are never one."""
    events = [
        page_failed(key=CASE, page_id=PAGE, channel="email", at=AT),
        page_failed(key=CASE, page_id=PAGE, channel="email", at=AT, try_no=2),
        page_failed(key=CASE, page_id=PAGE, channel="sms", at=AT),
        page_failed(key=CASE, page_id=PAGE, channel="sms", contact_id="C-1", at=AT),
        page_sent(key=CASE, page_id=PAGE, channel="sms", contact_id="C-1", at=AT),
        page_unreachable(key=CASE, page_id=PAGE, at=AT),
    ]

    assert len({event.id for event in events}) == len(events)


def test_a_page_is_unreachable_once() -> None:
    """Whoever was tried last, there is one event that says nobody was reached."""
    event = page_unreachable(key=CASE, page_id=PAGE, channel="sms", at=AT)

    assert event.id == BUILT["page.unreachable"]().id
    assert event.data == {"page_id": PAGE, "channel": "sms"}


def test_a_version_can_be_activated_again() -> None:
    """Going back to an earlier version is an activation too."""
    later = protocol_activated(
        key="plan:nz-2009",
        profile="nz-2009",
        version=1,
        digest="3c9f",
        at=AT + timedelta(days=1),
    )

    assert later.id != BUILT["protocol.activated"]().id


def test_an_exercise_is_under_its_own_scope() -> None:
    """A drill changes no case, so it stands under none."""
    assert BUILT["exercise.started"]().subject == "exercise:EX-1"
    assert BUILT["exercise.ended"]().id != BUILT["exercise.started"]().id
