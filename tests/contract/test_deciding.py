"""What is sent is decided: in order, once each, and kept before anybody is told."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import orjson
import pytest

from coordinator.events import MAX_BYTES, decode
from coordinator.protocol import State, apply, decide
from coordinator.runtime.passing import passed
from coordinator.runtime.port import (
    Store,
    StoreFault,
)
from coordinator.runtime.step import Outcome, Step, Submission, record_of
from tests.contract.failing import FailingStore
from tests.contract.homes import Home
from tests.contract.telling import T0, Teller, rules, step_on, tell

NOON = T0 + timedelta(minutes=5)


@pytest.fixture
def step(store: Store) -> Step:
    """Give a step on a new home."""
    return step_on(store)


def verdicts(outcomes: list[Outcome]) -> list[str]:
    """List what became of each."""
    return [outcome.verdict for outcome in outcomes]


def sweep(step: Step, store: Store, minutes: float) -> list[Outcome]:
    """Have everything decided that is due by then."""
    now = NOON + timedelta(minutes=minutes)
    outcomes = []
    while due := passed(store, now):
        outcomes += step.take(due, now)
    return outcomes


def log_of(store: Store) -> list[tuple[str, int, bytes, bytes]]:
    """List the log's rows: key, seq, event, decision."""
    return [(row.key, row.seq, row.event, row.decision_bytes) for row in store.log()]


# --- order, and once each -----------------------------------------------------------


def test_each_case_is_decided_in_the_order_sent(store: Store, step: Step) -> None:
    """However cases are mixed in a batch, each one's log is its own sequence."""
    cases = [tell(number) for number in range(3)]
    mixed = [events[place] for place in range(10) for events in cases]

    outcomes = step.take(mixed[:17], NOON) + step.take(mixed[17:], NOON)

    assert verdicts(outcomes) == ["accepted"] * 30
    for number, events in enumerate(cases):
        rows = store.history(Teller(number).case)
        assert [row.seq for row in rows] == list(range(1, 11))
        assert [row.event for row in rows] == [event.raw for event in events]


def test_every_record_has_one_decision_and_every_id_one_acceptance(
    store: Store, step: Step
) -> None:
    """What is sent again is decided again, as a duplicate that changes nothing."""
    step.take(tell(1), NOON)
    before = store.next_due()

    again = step.take(tell(1), NOON) + step.take(tell(1)[:3], NOON)

    assert verdicts(again) == ["duplicate"] * 13
    for outcome in again:
        assert outcome.decision is not None
        assert not outcome.decision["deliveries"]
        assert not outcome.decision["timers"]
    rows = list(store.log())
    assert Counter((row.key, row.seq) for row in rows).most_common(1)[0][1] == 1
    accepted = Counter(
        row.event_id
        for row in rows
        if orjson.loads(row.decision_bytes)["verdict"] == "accepted"
    )
    assert set(accepted.values()) == {1}
    assert store.next_due() == before


def test_an_event_twice_in_one_batch_is_accepted_once(step: Step) -> None:
    """The second is a duplicate, though nothing was kept when it was read."""
    first, second, *_ = tell(1)

    outcomes = step.take([first, first, second, second], NOON)

    assert verdicts(outcomes) == ["accepted", "duplicate", "accepted", "duplicate"]


def test_other_spacing_is_the_same_content(step: Step) -> None:
    """What counts is the event, not how its JSON is written."""
    (first, *_) = tell(1)
    spaced = orjson.dumps(orjson.loads(first.raw), option=orjson.OPT_INDENT_2)

    outcomes = step.take([first, first._replace(raw=spaced)], NOON)

    assert verdicts(outcomes) == ["accepted", "duplicate"]


def test_a_receipt_is_never_before_the_one_before_it(store: Store, step: Step) -> None:
    """A machine's clock that was set back does not turn a case's time back."""
    first, second, *_ = tell(1)
    step.take([first], NOON)
    step.take([second], NOON - timedelta(minutes=3))

    assert [row.received_at for row in store.log()] == [NOON, NOON]


def test_late_input_is_decided_and_its_lateness_kept(store: Store, step: Step) -> None:
    """What comes after its deadline closes the obligation, late, and is accepted."""
    first, second, *_ = tell(1)
    step.take([first], NOON)
    fired = sweep(step, store, 61)

    (late,) = step.take([second], NOON + timedelta(minutes=90))

    assert verdicts(fired) == ["accepted"]
    assert late.decision is not None
    assert late.verdict == "accepted"
    (closed,) = late.decision["closed"]
    assert (closed["name"], closed["late_by_s"]) == ("report_to_police", 1800.0)


# --- what does not fit ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "unreadable"),
        (b"\xff\xfe{}", "unreadable"),
        (b'{"specversion": "1.0", ', "unreadable"),
        (b"[" * 30_000, "unreadable"),
        (b" " * (MAX_BYTES + 1), "oversize"),
        (b"{}", "schema"),
        (b"null", "unreadable"),
    ],
)
def test_poison_input_is_kept_and_harms_nobody(
    store: Store, step: Step, raw: bytes, rule: str
) -> None:
    """Its bytes are with the rejected, and its neighbours are decided."""
    first, second, *_ = tell(1)

    outcomes = step.take([first, Submission(raw, "police"), second], NOON)

    assert verdicts(outcomes) == ["accepted", "rejected", "accepted"]
    problem = outcomes[1].problem
    assert problem is not None
    assert problem.rule == rule
    (kept,) = store.rejected()
    assert (kept.event, kept.sender, kept.received_at) == (raw, "police", NOON)
    assert orjson.loads(kept.problem)["rule"] == rule


def test_an_id_means_one_content_for_ever(store: Store, step: Step) -> None:
    """The same id with other content is turned away, after a restart as well."""
    first, *_ = tell(1)
    other = orjson.loads(first.raw)
    other["data"]["observer_role"] = "inspector"
    forged = first._replace(raw=orjson.dumps(other))
    step.take([first], NOON)

    for at in (step, step_on(store)):
        (outcome,) = at.take([forged], NOON)
        assert outcome.problem is not None
        assert outcome.problem.rule == "id_reused"

    assert [row.event for row in store.log()] == [first.raw]
    assert [row.event for row in store.rejected()] == [forged.raw] * 2


def test_a_rejected_id_is_free_again(step: Step) -> None:
    """Whoever sent something wrong mends it and sends it under the same id."""
    first, *_ = tell(1)
    wrong = orjson.loads(first.raw)
    del wrong["data"]["context"]

    outcomes = step.take([first._replace(raw=orjson.dumps(wrong)), first], NOON)

    assert verdicts(outcomes) == ["rejected", "accepted"]


# --- nothing is lost, nothing is made up ----------------------------------------------


def test_nothing_is_remembered_that_was_not_kept(store: Store) -> None:
    """After a failed append, deciding goes on as if it had never been tried."""
    failing = FailingStore(store)
    step = step_on(cast("Store", failing))
    events = tell(1)
    step.take(events[:2], NOON)
    before = log_of(store)

    failing.fails = True
    with pytest.raises(StoreFault):
        step.take(events[2:6], NOON)
    with pytest.raises(StoreFault):
        step.take(tell(2)[:2], NOON)

    assert log_of(store) == before
    failing.fails = False
    assert verdicts(step.take(events[2:], NOON)) == ["accepted"] * 8
    assert verdicts(step.take(tell(2), NOON)) == ["accepted"] * 10


def test_a_dry_run_keeps_and_remembers_nothing(store: Store, step: Step) -> None:
    """It says what would be decided, each event knowing those before it."""
    outcomes = step.take(tell(1), NOON, keep=False)

    assert verdicts(outcomes) == ["accepted"] * 10
    assert log_of(store) == []
    assert store.next_due() is None
    assert verdicts(step.take(tell(1), NOON)) == ["accepted"] * 10


def test_what_was_answered_is_there_after_a_restart(store: Store, home: Home) -> None:
    """The log, the rejected and the timers are those of before."""
    step_on(store).take([*tell(1), Submission(b"?")], NOON)
    before = log_of(store), [row.event for row in store.rejected()], store.next_due()

    again = home.open()

    rejected = [row.event for row in again.rejected()]
    assert (log_of(again), rejected, again.next_due()) == before


def test_a_restart_changes_no_later_decision(
    home: Home, new_home: Callable[[str], Home]
) -> None:
    """A home that is opened anew for each event decides as one that never stopped."""
    steady = new_home("steady").open()
    steady_step = step_on(steady)
    store = home.open()
    events = [*tell(1), *tell(1)[:2]]

    for place, event in enumerate(events):
        minutes = place * 45
        sweep(steady_step, steady, minutes)
        steady_step.take([event], NOON + timedelta(minutes=minutes))
        store = home.open()
        sweep(step_on(store), store, minutes)
        store = home.open()
        step_on(store).take([event], NOON + timedelta(minutes=minutes))

    assert log_of(store) == log_of(steady)
    assert len(log_of(store)) > len(events)


def test_deadlines_outlive_a_restart_and_fire_once(store: Store, home: Home) -> None:
    """What fell due while nobody ran is taken once, by whoever comes next."""
    first, *_ = tell(1)
    (opening,) = step_on(store).take([first], NOON)
    assert opening.decision is not None
    assert opening.decision["timers"]

    again = home.open()
    fired = sweep(step_on(again), again, 24 * 60)
    third = home.open()
    more = sweep(step_on(third), third, 24 * 60)

    assert verdicts(fired) == ["accepted"]
    assert more == []
    pages = [page.page["rung"] for page in third.pages()]
    assert pages == [3]  # after an outage one page, not a burst


def test_replaying_the_intake_gives_the_log_again(store: Store, step: Step) -> None:
    """Every decision follows from its record and the key's rows before it."""
    step.take([*tell(1), *tell(2)], NOON)
    sweep(step, store, 3 * 24 * 60)

    states: dict[str, State] = {}
    for row in store.log():
        state = states.setdefault(row.key, State(row.key))
        record = record_of(row, {rules().reference: rules()}.__getitem__)
        decision = decide(state, record)
        apply(state, record, decision)
        assert orjson.dumps(decision) == row.decision_bytes
        assert decode(row.event).id == row.event_id
