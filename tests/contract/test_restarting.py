"""What was answered outlives a restart, and no restart changes what is decided."""

from datetime import timedelta

import orjson

from coordinator.runtime.step import Submission
from tests.contract.homes import Home
from tests.contract.looking import log_of, rejected_since, timers_of, verdicts
from tests.contract.telling import T0, Teller, tell

NOON = T0 + timedelta(minutes=5)


def test_a_restart_changes_nothing(home: Home, steady: Home, number: int) -> None:
    """Stopped or without its caches, a home decides as one that never stopped."""
    case, events = Teller(number).case, tell(number)
    parts = [events[:3], events[3:6], [*events[6:], *events[:2]]]
    before = sum(1 for _ in home.store.rejected())

    for place, part in enumerate(parts):
        if place:
            kept = log_of(home.store, case), timers_of(home.store, case)
            home.open(without_caches=place > 1)
            assert (log_of(home.store, case), timers_of(home.store, case)) == kept
        for one in (home, steady):
            one.sweep(NOON + timedelta(days=place))
            one.take(part, NOON + timedelta(days=place))

    assert log_of(home.store, case) == log_of(steady.store, case)
    assert timers_of(home.store, case) == timers_of(steady.store, case)
    assert len(log_of(home.store, case)) > len(events) + 2
    assert rejected_since(home.store, before) == []


def test_what_was_seen_is_known_after_a_restart(home: Home, number: int) -> None:
    """An id keeps its content, what was rejected is kept, and repeats are known."""
    (first, second, *_) = tell(number)
    other = orjson.loads(first.raw)
    other["data"]["observer_role"] = "inspector"
    forged = first._replace(raw=orjson.dumps(other))
    home.take([first, Submission(b"?", "customs")], NOON)
    rejected = [(row.event, row.sender, row.problem) for row in home.store.rejected()]

    home.open(without_caches=True)
    after = [(row.event, row.sender, row.problem) for row in home.store.rejected()]
    outcomes = home.take([forged, first, second], NOON)

    assert after == rejected
    assert verdicts(outcomes) == ["rejected", "duplicate", "accepted"]


def test_deadlines_outlive_restarts_and_fire_once(home: Home, number: int) -> None:
    """What fell due while nobody ran is taken once, by whoever comes next."""
    case = Teller(number).case
    (first, *_) = tell(number)
    home.take([first], NOON)
    assert timers_of(home.store, case)

    home.open()
    home.sweep(NOON + timedelta(days=1))
    home.open(without_caches=True)
    home.sweep(NOON + timedelta(days=1))

    _, fired = (orjson.loads(row.decision_bytes) for row in home.store.history(case))
    assert fired["input"]["type"] == "nz.item23.deadline.passed"
    pages = [page.page["rung"] for page in home.store.pages() if page.key == case]
    assert pages == [3]  # after an outage one page, not a burst
