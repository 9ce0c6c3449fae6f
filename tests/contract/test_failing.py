"""
A step on a store that fails, or that is only asked what it would decide.

These are promises of one process that decides by itself, in one transaction, so they
are kept on memory and SQLite. On Kafka what cannot be written is not answered.
"""

from datetime import timedelta
from typing import cast

import pytest

from coordinator.runtime.activation import activate
from coordinator.runtime.port import Store, StoreFault
from coordinator.runtime.step import Step
from tests.contract.failing import FailingStore
from tests.contract.looking import decision_of, log_of, verdicts
from tests.contract.telling import EVERYBODY, T0, Teller, packaged, step_on, tell
from tests.contract.versions import LATER, SECOND

NOON = T0 + timedelta(minutes=5)


def test_nothing_is_remembered_that_was_not_kept(store: Store) -> None:
    """After a failed append, deciding goes on as if it had never been tried."""
    failing = FailingStore(store)
    step = step_on(cast("Store", failing))
    events, case = tell(1), Teller(1).case
    step.take(events[:2], NOON)
    before = log_of(store, case)

    failing.fails = True
    with pytest.raises(StoreFault):
        step.take(events[2:6], NOON)
    with pytest.raises(StoreFault):
        step.take(tell(2)[:2], NOON)

    assert log_of(store, case) == before
    failing.fails = False
    assert verdicts(step.take(events[2:], NOON)) == ["accepted"] * 8
    assert verdicts(step.take(tell(2), NOON)) == ["accepted"] * 10


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

    assert decision_of(before)["profile"] == "nz-2009/1"
    assert store.active_profile() == "nz-2009/1"
    assert len(list(store.log())) == rows + 1
    activate(step, kept, SECOND, LATER)
    assert store.active_profile() == "nz-2009/2"
    assert len(list(store.log())) == 2 * rows + 1


def test_a_dry_run_keeps_and_remembers_nothing(store: Store) -> None:
    """It says what would be decided, each event knowing those before it."""
    step = step_on(store)
    outcomes = step.take(tell(1), NOON, keep=False)

    assert verdicts(outcomes) == ["accepted"] * 10
    assert list(store.log()) == []
    assert store.next_due() is None
    assert verdicts(step.take(tell(1), NOON)) == ["accepted"] * 10
