"""What is sent is decided: in order, once each, and kept before anybody is told."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest

from coordinator.events import MAX_BYTES, deadline_passed, decode
from coordinator.protocol import Decision, Record, State
from coordinator.protocol import decide as really_decide
from coordinator.runtime import deciding
from coordinator.runtime.step import Submission
from tests.contract.homes import Home
from tests.contract.looking import (
    assert_replays,
    decision_of,
    log_of,
    rejected_since,
    timers_of,
    verdicts,
)
from tests.contract.telling import T0, Teller, tell

NOON = T0 + timedelta(minutes=5)


@pytest.fixture
def rejected(home: Home) -> int:
    """Say how many were rejected before the test."""
    return sum(1 for _ in home.store.rejected())


# --- order, and once each -----------------------------------------------------------


def test_each_case_is_decided_in_the_order_sent(
    home: Home, numbers: Iterator[int]
) -> None:
    """However cases are mixed in a batch, each one's log is its own sequence."""
    told = [next(numbers) for _ in range(3)]
    cases = [tell(number) for number in told]
    mixed = [events[place] for place in range(10) for events in cases]

    outcomes = home.take(mixed[:17], NOON) + home.take(mixed[17:], NOON)

    assert verdicts(outcomes) == ["accepted"] * 30
    for number, events in zip(told, cases, strict=True):
        rows = home.store.history(Teller(number).case)
        assert [row.seq for row in rows] == list(range(1, 11))
        assert [row.event for row in rows] == [event.raw for event in events]
        assert [row.sender for row in rows] == [event.sender for event in events]


def test_outcomes_are_what_the_log_keeps(home: Home, number: int) -> None:
    """Who sent something is told the decision that everybody reads, in order."""
    outcomes = home.take(tell(number), NOON)

    rows = home.store.history(Teller(number).case)
    assert [row.decision_bytes for row in rows] == [
        orjson.dumps(decision_of(outcome)) for outcome in outcomes
    ]


def test_every_record_has_one_decision_and_every_id_one_acceptance(
    home: Home, number: int
) -> None:
    """What is sent again is decided again, as a duplicate that changes nothing."""
    case = Teller(number).case
    home.take(tell(number), NOON)
    before = timers_of(home.store, case)

    again = home.take(tell(number), NOON) + home.take(tell(number)[:3], NOON)

    assert verdicts(again) == ["duplicate"] * 13
    for outcome in again:
        assert not decision_of(outcome)["deliveries"]
        assert not decision_of(outcome)["timers"]
    rows = home.store.history(case)
    assert [row.seq for row in rows] == list(range(1, 24))
    accepted = Counter(
        row.event_id
        for row in rows
        if orjson.loads(row.decision_bytes)["verdict"] == "accepted"
    )
    assert set(accepted.values()) == {1}
    assert timers_of(home.store, case) == before


def test_an_event_twice_in_one_batch_is_accepted_once(home: Home, number: int) -> None:
    """The second is a duplicate, though nothing was kept when it was read."""
    first, second, *_ = tell(number)

    outcomes = home.take([first, first, second, second], NOON)

    assert verdicts(outcomes) == ["accepted", "duplicate", "accepted", "duplicate"]


def test_other_spacing_is_the_same_content(home: Home, number: int) -> None:
    """What counts is the event, not how its JSON is written."""
    (first, *_) = tell(number)
    spaced = orjson.dumps(orjson.loads(first.raw), option=orjson.OPT_INDENT_2)

    outcomes = home.take([first, first._replace(raw=spaced)], NOON)

    assert verdicts(outcomes) == ["accepted", "duplicate"]


def test_a_receipt_is_never_before_the_one_before_it(home: Home, number: int) -> None:
    """A machine's clock that was set back does not turn a case's time back."""
    first, second, *_ = tell(number)
    home.take([first], NOON)
    home.take([second], NOON - timedelta(minutes=3))

    rows = home.store.history(Teller(number).case)
    assert [row.received_at for row in rows] == [NOON, NOON]


def test_late_input_is_decided_and_its_lateness_kept(home: Home, number: int) -> None:
    """What comes after its deadline closes the obligation, late, and is accepted."""
    first, second, *_ = tell(number)
    home.take([first], NOON)
    home.sweep(NOON + timedelta(minutes=61))

    (late,) = home.take([second], NOON + timedelta(minutes=90))

    fired = orjson.loads(home.store.history(Teller(number).case)[1].decision_bytes)
    assert (fired["input"]["type"], fired["verdict"]) == (
        "nz.item23.deadline.passed",
        "accepted",
    )
    assert late.verdict == "accepted"
    (closed,) = decision_of(late)["closed"]
    assert (closed["name"], closed["late_by_s"]) == ("report_to_police", 1800.0)


def test_a_late_timer_hides_no_missed_deadline(home: Home, number: int) -> None:
    """An event that comes before its case's deadlines fired takes them with it."""
    first, second, *_ = tell(number)
    home.take([first], NOON)

    (late,) = home.take([second], NOON + timedelta(minutes=90))
    home.sweep(NOON + timedelta(minutes=90))

    assert [page["name"] for page in decision_of(late)["pages"]] == ["report_to_police"]
    assert len(home.store.history(Teller(number).case)) == 2


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
    home: Home, number: int, rejected: int, raw: bytes, rule: str
) -> None:
    """Its bytes are with the rejected, and its neighbours are decided."""
    first, second, *_ = tell(number)
    poison = [Submission(raw, "customs"), Submission(raw)]

    outcomes = home.take([first, *poison, second], NOON)

    assert verdicts(outcomes) == ["accepted", "rejected", "rejected", "accepted"]
    for outcome, submission, kept in zip(
        outcomes[1:3], poison, rejected_since(home.store, rejected), strict=True
    ):
        assert outcome.problem is not None
        assert outcome.problem.rule == rule
        assert (kept.event, kept.sender) == (raw, submission.sender)
        assert orjson.loads(kept.problem) == outcome.problem.as_record()


def test_nobody_speaks_for_another(home: Home, number: int, rejected: int) -> None:
    """What comes through another's outbox is turned away, and kept as it came."""
    (first, *_) = tell(number)
    forged = first._replace(sender="police")

    (outcome,) = home.take([forged], NOON)
    (own,) = home.take([first], NOON)

    assert outcome.problem is not None
    assert (outcome.problem.rule, outcome.event_id) == ("forged_source", own.event_id)
    assert own.verdict == "accepted"
    (kept,) = rejected_since(home.store, rejected)
    assert (kept.event, kept.sender) == (first.raw, "police")


def test_nobody_speaks_for_the_coordinator(
    home: Home, number: int, rejected: int
) -> None:
    """An event of the coordinator's types is turned away, whoever sends it."""
    home.take(tell(number)[:1], NOON)
    (timer, *_) = timers_of(home.store, Teller(number).case)
    raw = deadline_passed(
        key=timer.key,
        obligation=timer.obligation,
        rung=timer.rung,
        due=timer.at,
        at=NOON,
    ).raw

    outcomes = home.take([Submission(raw, "customs"), Submission(raw)], NOON)

    assert [one.problem and one.problem.rule for one in outcomes] == [
        "coordinator_type"
    ] * 2
    assert [row.event for row in rejected_since(home.store, rejected)] == [raw] * 2
    assert len(home.store.history(Teller(number).case)) == 1


def test_an_id_means_one_content(home: Home, number: int, rejected: int) -> None:
    """The same id with other content is turned away, in a batch and afterwards."""
    first, *_ = tell(number)
    other = orjson.loads(first.raw)
    other["data"]["observer_role"] = "inspector"
    forged = first._replace(raw=orjson.dumps(other))

    outcomes = home.take([first, forged], NOON)
    outcomes += home.take([forged, forged._replace(sender=None)], NOON)

    assert verdicts(outcomes) == ["accepted", *["rejected"] * 3]
    assert {one.problem.rule for one in outcomes if one.problem} == {"id_reused"}
    assert log_of(home.store, Teller(number).case)[0][3] == first.raw
    kept = rejected_since(home.store, rejected)
    assert [row.event for row in kept] == [forged.raw] * 3


@pytest.mark.parametrize("sender", ["customs", None])
def test_a_rejected_id_is_free_again(
    home: Home, number: int, sender: str | None
) -> None:
    """Whoever sent something wrong mends it and sends it under the same id."""
    first, *_ = tell(number)
    unreadable, misplaced = orjson.loads(first.raw), orjson.loads(first.raw)
    del unreadable["data"]["context"]
    misplaced["subject"] = "person:P-1"
    sent = [orjson.dumps(unreadable), orjson.dumps(misplaced), first.raw]

    outcomes = home.take([Submission(raw, sender) for raw in sent], NOON)

    assert verdicts(outcomes) == ["rejected", "rejected", "accepted"]


@pytest.mark.parametrize("sender", ["customs", None])
def test_what_our_own_code_fails_on_is_kept_and_harms_nobody(
    home: Home,
    number: int,
    rejected: int,
    sender: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its sender is told, the case goes on without it, and it may be sent again."""
    first, poison, third, *_ = [
        one._replace(sender=sender) if one.sender == "customs" else one
        for one in tell(number)
    ]

    def decide(state: State, record: Record) -> Decision:
        if record.event.raw == poison.raw:
            message = "our own code fails on this one"
            raise ZeroDivisionError(message)
        return really_decide(state, record)

    monkeypatch.setattr(deciding, "decide", decide)
    outcomes = home.take([first, poison, third], NOON)
    monkeypatch.undo()
    (again,) = home.take([poison], NOON)

    # Without the referral, Police take no part in the case.
    assert verdicts(outcomes) == ["accepted", "rejected", "refused"]
    failed, event_id = outcomes[1], decode(poison.raw).id
    assert failed.problem is not None
    assert (failed.event_id, failed.problem.rule) == (event_id, "internal")
    (kept,) = rejected_since(home.store, rejected)
    assert (kept.event, kept.sender) == (poison.raw, sender)
    assert orjson.loads(kept.problem) == failed.problem.as_record()
    assert again.verdict == "accepted"


def test_replaying_the_intake_gives_the_log_again(
    home: Home, numbers: Iterator[int]
) -> None:
    """Every decision follows from its record and the key's rows before it."""
    one, other = next(numbers), next(numbers)
    home.take([*tell(one), *tell(other)], NOON)
    home.sweep(NOON + timedelta(days=3))

    assert len(home.store.history(Teller(one).case)) > len(tell(one))
    assert_replays(home.store)
