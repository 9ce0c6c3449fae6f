"""A version comes into force, and cases go over to it."""

from collections.abc import Iterator

import pytest

from coordinator.events import OperatorError, decode
from coordinator.runtime.activation import Activation, VersionTakenError
from coordinator.runtime.migration import foreseen
from coordinator.runtime.step import state_of
from tests.contract.homes import Home
from tests.contract.looking import assert_replays, decision_of
from tests.contract.telling import T0, Teller, packaged, tell
from tests.contract.versions import LATER, SECOND, version, without_danger

PLAN = "plan:nz-2009"
THREAT = {"person": "P-1", "threat_ref": "T-1", "target": "family"}


def test_what_opens_afterwards_is_stamped_with_it(
    home: Home, numbers: Iterator[int]
) -> None:
    """At once and after a restart; what was open before keeps its version."""
    old, new, newer = (Teller(next(numbers)) for _ in range(3))
    home.take([old.first], T0)
    assert home.activate(SECOND, LATER) == Activation("nz-2009/1", "nz-2009/2")
    outcomes = home.take([new.first, old.rest()[0]], LATER)
    home.open()
    outcomes += home.take([newer.first], LATER)

    decided_by = [decision_of(outcome)["profile"] for outcome in outcomes]
    assert decided_by == ["nz-2009/2", "nz-2009/1", "nz-2009/2"]
    assert home.store.active_profile() == "nz-2009/2"
    assert_replays(home.store)


def test_activating_twice_changes_nothing(home: Home) -> None:
    """Whatever is active is left as it is."""
    home.activate(SECOND, LATER)
    rows = home.store.history(PLAN)

    assert home.activate(SECOND, LATER) == Activation("nz-2009/2", "nz-2009/2")
    assert home.store.history(PLAN) == rows


def test_a_version_has_one_content(home: Home) -> None:
    """Other content under its reference is turned away, and what to do is said."""
    home.activate(SECOND, LATER)
    other = version(2, lambda value: value.update(title="Other"))

    with pytest.raises(VersionTakenError, match="give it version 3"):
        home.activate(other, LATER)
    with pytest.raises(VersionTakenError, match="give it version 3"):
        home.activate(version(1, without_danger), LATER)
    assert home.store.active_profile() == "nz-2009/2"


def test_cases_go_over_to_a_version(home: Home, numbers: Iterator[int]) -> None:
    """The text of the event says what the decision then does."""
    one, other = Teller(next(numbers)), Teller(next(numbers))
    home.take([one.first, *one.rest()[:5], other.first], T0)
    home.activate(SECOND, LATER)
    moved = home.migrate([one.case, other.case, one.case], "nz-2009/2", LATER)
    (first, second) = moved
    assert first.decision is not None
    assert second.decision is not None
    event = decode(home.store.history(one.case)[-1].event)

    assert [(move.before, move.after) for move in moved] == [
        ("nz-2009/1", "nz-2009/2")
    ] * 2
    assert event.data["difference"] == first.difference
    assert [one["name"] for one in first.decision["closed"]] == ["assess_danger"]
    assert first.difference.startswith(
        "assess_danger of police for person P-1: ends, nz-2009/2 has no such obligation"
    )
    assert second.decision["closed"] == []
    home.open()
    (after,) = home.take([one.event("threat.recorded", "police", **THREAT)], LATER)
    assert decision_of(after)["profile"] == "nz-2009/2"
    assert_replays(home.store)


def test_moving_a_case_twice_moves_it_once(home: Home, number: int) -> None:
    """The second time nothing is decided."""
    home.take(tell(number), T0)
    case = Teller(number).case
    home.activate(SECOND, LATER)
    home.migrate([case], "nz-2009/2", LATER)
    rows = home.store.history(case)
    (again,) = home.migrate([case], "nz-2009/2", LATER)

    assert (again.before, again.after, again.decision) == (
        "nz-2009/2",
        "nz-2009/2",
        None,
    )
    assert again.difference == ""
    assert home.store.history(case) == rows


def test_a_case_goes_to_any_version_that_is_kept(
    home: Home, numbers: Iterator[int]
) -> None:
    """Whichever is active meanwhile."""
    number = next(numbers)
    home.take(tell(number), T0)
    case = Teller(number).case
    home.activate(SECOND, LATER)
    home.migrate([case], "nz-2009/2", LATER)
    home.migrate([case], "nz-2009/1", LATER)
    threat = {"threat_ref": "T-1", "target": "family"}
    more = Teller(number)
    more.rest()
    outcomes = home.take(
        [
            Teller(next(numbers)).first,
            more.event("threat.recorded", "police", person="P-1", **threat),
        ],
        LATER,
    )

    decided_by = [decision_of(outcome)["profile"] for outcome in outcomes]
    assert decided_by == ["nz-2009/2", "nz-2009/1"]
    assert_replays(home.store)


@pytest.mark.parametrize(
    ("case", "to", "says"),
    [
        ("TP-00000-00000-0", "nz-2009/2", "no such case"),
        ("agency:police", "nz-2009/2", "no such case"),
        (None, "nz-2009/7", "no version that is kept"),
    ],
)
def test_what_cannot_be_moved_moves_nothing(
    home: Home, number: int, case: str | None, to: str, says: str
) -> None:
    """All is looked at before anything is decided."""
    own = Teller(number).case
    home.take(tell(number), T0)
    home.activate(SECOND, LATER)
    rows = home.store.history(own)

    with pytest.raises(OperatorError, match=says):
        home.migrate([own, case or own], to, LATER)
    assert home.store.history(own) == rows


def test_what_is_foreseen_is_what_happens(home: Home, number: int) -> None:
    """Looking ahead decides nothing."""
    home.take(tell(number), T0)
    case = Teller(number).case
    home.activate(SECOND, LATER)
    ahead = foreseen(
        state_of(home.store, case, {"nz-2009/1": packaged().rules}), SECOND.rules
    )
    (moved,) = home.migrate([case], "nz-2009/2", LATER)

    assert ahead.decision is None
    assert moved._replace(decision=None) == ahead
