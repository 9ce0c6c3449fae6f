"""A version comes into force, and cases go over to it, on every store."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any, cast

import pytest

from coordinator.bootstrap import versions_of
from coordinator.evaluation.replay import Replayed, replay
from coordinator.events import OperatorError, decode
from coordinator.protocol import Profile, profile_from_value
from coordinator.runtime.activation import Activation, VersionTakenError, activate
from coordinator.runtime.migration import foreseen, migrate
from coordinator.runtime.port import Store, StoreFault
from coordinator.runtime.step import Outcome, Step, record_of
from tests.contract.failing import FailingStore
from tests.contract.homes import Home
from tests.contract.telling import EVERYBODY, T0, Teller, packaged, tell

LATER = T0 + timedelta(minutes=5)
THREAT = {"person": "P-1", "threat_ref": "T-1", "target": "family"}


def version(number: int, change: Callable[[dict[str, Any]], object]) -> Profile:
    """Derive a version of the packaged profile."""
    value = deepcopy(dict(packaged().value)) | {"version": number}
    change(value)
    return profile_from_value(value)


def without_danger(value: dict[str, Any]) -> None:
    """Take the assessment of danger away."""
    del value["obligations"]["assess_danger"]


SECOND = version(2, without_danger)


def reopened(store: Store) -> Step:
    """Put a step on what a store keeps, as a restart does."""
    versions = {name: one.rules for name, one in versions_of(store).items()}
    return Step(store, versions, store.active_profile() or "", EVERYBODY)


@pytest.fixture
def step(store: Store) -> Step:
    """Give a step on a home in which the first version was activated."""
    first = packaged()
    step = Step(store, {"nz-2009/1": first.rules}, "nz-2009/1", EVERYBODY)
    assert activate(step, store, first, T0) == Activation(None, "nz-2009/1")
    return step


def assert_replays(store: Store) -> None:
    """Decide everything again from what is kept."""
    versions = {name: one.rules for name, one in versions_of(store).items()}
    rows = list(store.log())
    again = replay(
        Replayed(row.position, record_of(row, versions.__getitem__), row.decision_bytes)
        for row in rows
    )
    assert (again.identical, again.difference) == (len(rows), None)


def profile_of(outcome: Outcome) -> str:
    """Give the version that an event was decided by."""
    assert outcome.decision is not None
    return outcome.decision["profile"]


def test_what_opens_afterwards_is_stamped_with_it(
    step: Step, store: Store, home: Home
) -> None:
    """At once and after a restart; what was open before keeps its version."""
    old, new, newer = Teller(1), Teller(2), Teller(3)
    step.take([old.first], T0)
    assert activate(step, store, SECOND, LATER) == Activation("nz-2009/1", "nz-2009/2")
    (begun, goes_on) = step.take([new.first, old.rest()[0]], LATER)
    again = home.open()
    (after,) = reopened(again).take([newer.first], LATER)

    assert (profile_of(begun), profile_of(goes_on)) == ("nz-2009/2", "nz-2009/1")
    assert profile_of(after) == "nz-2009/2"
    assert_replays(again)


def test_activating_twice_changes_nothing(step: Step, store: Store) -> None:
    """Whatever is active is left as it is."""
    activate(step, store, SECOND, LATER)
    rows = list(store.log())

    assert activate(step, store, SECOND, LATER) == Activation("nz-2009/2", "nz-2009/2")
    assert list(store.log()) == rows


def test_a_version_has_one_content(step: Step, store: Store) -> None:
    """Other content under its reference is turned away, and what to do is said."""
    activate(step, store, SECOND, LATER)
    other = version(2, lambda value: value.update(title="Other"))

    with pytest.raises(VersionTakenError, match="give it version 3"):
        activate(step, store, other, LATER)
    with pytest.raises(VersionTakenError, match="give it version 3"):
        activate(step, store, version(1, without_danger), LATER)
    assert store.active_profile() == "nz-2009/2"


def test_a_store_that_cannot_keep_it_stays_with_the_old_version(store: Store) -> None:
    """Nothing of the activation is kept; tried again, it happens whole."""
    failing = FailingStore(store)
    kept = cast("Store", failing)
    step = Step(kept, {"nz-2009/1": packaged().rules}, "nz-2009/1", EVERYBODY)
    activate(step, kept, packaged(), T0)
    rows = len(list(store.log()))
    failing.fails = True
    with pytest.raises(StoreFault):
        activate(step, kept, SECOND, LATER)
    failing.fails = False
    (before,) = step.take([Teller(1).first], LATER)

    assert profile_of(before) == "nz-2009/1"
    assert store.active_profile() == "nz-2009/1"
    assert len(list(store.log())) == rows + 1
    activate(step, kept, SECOND, LATER)
    assert store.active_profile() == "nz-2009/2"
    assert len(list(store.log())) == 2 * rows + 1


def test_cases_go_over_to_a_version(step: Step, store: Store, home: Home) -> None:
    """The text of the event says what the decision then does."""
    one, other = Teller(1), Teller(2)
    step.take([one.first, *one.rest()[:5], other.first], T0)
    activate(step, store, SECOND, LATER)
    told: list[Outcome] = []
    moved = migrate(
        step,
        [one.case, other.case, one.case],
        "nz-2009/2",
        LATER,
        lambda _, outcomes: told.extend(outcomes),
    )
    (first, second) = moved
    assert first.decision is not None
    event = decode(store.history(one.case)[-1].event)

    assert [(move.before, move.after) for move in moved] == [
        ("nz-2009/1", "nz-2009/2")
    ] * 2
    assert [outcome.decision for outcome in told] == [first.decision, second.decision]
    assert event.data["difference"] == first.difference
    assert [one["name"] for one in first.decision["closed"]] == ["assess_danger"]
    assert first.difference.startswith(
        "assess_danger of police for person P-1: ends, nz-2009/2 has no such obligation"
    )
    assert second.decision is not None
    assert second.decision["closed"] == []
    again = home.open()
    (after,) = reopened(again).take(
        [one.event("threat.recorded", "police", **THREAT)], LATER
    )
    assert profile_of(after) == "nz-2009/2"
    assert_replays(again)


def test_moving_a_case_twice_moves_it_once(step: Step, store: Store) -> None:
    """The second time nothing is decided."""
    step.take(tell(1), T0)
    case = Teller(1).case
    activate(step, store, SECOND, LATER)
    migrate(step, [case], "nz-2009/2", LATER)
    rows = list(store.log())
    (again,) = migrate(step, [case], "nz-2009/2", LATER)

    assert (again.before, again.after, again.decision) == (
        "nz-2009/2",
        "nz-2009/2",
        None,
    )
    assert again.difference == ""
    assert list(store.log()) == rows


def test_a_case_goes_to_any_version_that_is_kept(step: Step, store: Store) -> None:
    """Whichever is active meanwhile, before or after a restart."""
    step.take(tell(1), T0)
    case = Teller(1).case
    activate(step, store, SECOND, LATER)
    migrate(step, [case], "nz-2009/2", LATER)
    migrate(step, [case], "nz-2009/1", LATER)
    (new,) = step.take([Teller(2).first], LATER)

    assert profile_of(new) == "nz-2009/2"
    again = reopened(store).state(case).rules
    assert again is not None
    assert again.reference == "nz-2009/1"
    assert_replays(store)


@pytest.mark.parametrize(
    ("case", "to", "says"),
    [
        ("TP-00000-00000-0", "nz-2009/2", "no such case"),
        ("agency:police", "nz-2009/2", "no such case"),
        (Teller(1).case, "nz-2009/7", "no version that is kept"),
    ],
)
def test_what_cannot_be_moved_moves_nothing(
    step: Step, store: Store, case: str, to: str, says: str
) -> None:
    """All is looked at before anything is decided."""
    step.take(tell(1), T0)
    activate(step, store, SECOND, LATER)
    rows = list(store.log())

    with pytest.raises(OperatorError, match=says):
        migrate(step, [Teller(1).case, case], to, LATER)
    assert list(store.log()) == rows


def test_what_is_foreseen_is_what_happens(step: Step, store: Store) -> None:
    """Looking ahead decides nothing."""
    step.take(tell(1), T0)
    case = Teller(1).case
    activate(step, store, SECOND, LATER)
    ahead = foreseen(step.state(case), SECOND.rules)
    (moved,) = migrate(step, [case], "nz-2009/2", LATER)

    assert ahead.decision is None
    assert moved._replace(decision=None) == ahead
