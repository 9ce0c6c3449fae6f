"""The bus: what waits goes into one transaction, and nobody fails for another."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import orjson
import pytest

from coordinator.events import deadline_passed
from coordinator.protocol import Decision, Record, State, decide
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.port import NewEntry, NewRejection, StoreError, StoreFault
from coordinator.runtime.step import Outcome, Step, Submission
from tests.contract.telling import T0, Teller, step_on, tell
from tests.runtime.embedded.conftest import Bench

Heard = list[tuple[Sequence[Submission], Sequence[Outcome]]]


def listening(bus: Bus) -> Heard:
    """Note every transaction."""
    heard: Heard = []
    bus.listen(lambda submissions, outcomes: heard.append((submissions, outcomes)))
    return heard


async def test_a_submission_is_durable_when_its_outcome_comes(bench: Bench) -> None:
    """Received by the home's clock, and kept."""
    bench.clock.advance(timedelta(minutes=1))
    outcome = await bench.bus.submit(tell(1)[0])

    assert outcome.verdict == "accepted"
    (row,) = bench.store.log()
    assert row.received_at == T0 + timedelta(minutes=1)


async def test_what_waits_goes_into_one_transaction(bench: Bench) -> None:
    """Tasks that submit at the same time share the disk's confirmation."""
    heard = listening(bench.bus)

    async with asyncio.TaskGroup() as tasks:
        for number in range(40):
            tasks.create_task(bench.bus.submit(tell(number)[0]))

    assert [len(submissions) for submissions, _ in heard] == [40]


async def test_a_transaction_is_bounded(bench: Bench) -> None:
    """More than five hundred take several, in the order submitted."""
    heard = listening(bench.bus)
    submissions = [tell(number)[0] for number in range(1100)]

    outcomes = await bench.bus.submit_all(submissions)

    assert [len(submissions) for submissions, _ in heard] == [500, 500, 100]
    assert [one for some, _ in heard for one in some] == submissions
    assert [one for _, some in heard for one in some] == outcomes


async def test_whoever_gave_up_was_never_there(bench: Bench) -> None:
    """A submitter that is cancelled before its turn leaves nothing behind."""
    gone = asyncio.create_task(bench.bus.submit(tell(1)[0]))
    stays = asyncio.create_task(bench.bus.submit(tell(2)[0]))
    await asyncio.sleep(0)
    gone.cancel()

    assert (await stays).verdict == "accepted"
    assert [row.key for row in bench.store.log()] == [Teller(2).case]

    alone = asyncio.create_task(bench.bus.submit(tell(3)[0]))
    await asyncio.sleep(0)
    alone.cancel()
    await asyncio.gather(alone, return_exceptions=True)
    assert len(list(bench.store.log())) == 1


async def test_a_dry_run_keeps_nothing(bench: Bench) -> None:
    """Its events know each other, and nobody is told."""
    heard = listening(bench.bus)

    assert [one.verdict for one in bench.bus.try_all(tell(1))] == ["accepted"] * 10
    assert list(bench.store.log()) == []
    assert heard == []


# --- a store that fails -----------------------------------------------------------


class Failing:
    """A step on a store that cannot write while an error is set."""

    def __init__(self, step: Step) -> None:
        self._take = step.take
        self.error: Exception | None = None

    def take(self, *arguments: object, **named: object) -> list[Outcome]:
        """Decide, or fail as the store would."""
        if self.error is not None:
            raise self.error
        return self._take(*arguments, **named)  # type: ignore[arg-type]  # handed on


@pytest.fixture
def failing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Give what makes the bench's step fail."""
    made = Failing(bench.step)
    monkeypatch.setattr(bench.step, "take", made.take)
    return made


async def test_each_submitter_hears_of_a_fault_and_the_bus_goes_on(
    bench: Bench, failing: Failing
) -> None:
    """What was not kept is not acknowledged; what comes later is decided."""
    failing.error = StoreFault("nothing was kept: the disk is full")
    waiting = [asyncio.create_task(bench.bus.submit(one)) for one in tell(1)]
    failures = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(one) for one in failures] == [StoreFault] * 10
    assert len({id(one) for one in failures}) == 10
    failing.error = None
    outcomes = await bench.bus.submit_all(tell(1))
    assert [one.verdict for one in outcomes] == ["accepted"] * 10


async def test_a_store_past_mending_is_said_to_whoever_runs_the_bus(
    bench: Bench, failing: Failing
) -> None:
    """Submitters get the error, and so does whoever waits for that."""
    watching = asyncio.create_task(bench.bus.broken())
    await asyncio.sleep(0)
    failing.error = StoreError("the database is damaged")

    with pytest.raises(StoreError, match="damaged"):
        await bench.bus.submit(tell(1)[0])
    with pytest.raises(StoreError, match="damaged"):
        await bench.bus.submit(tell(2)[0])
    with pytest.raises(StoreError, match="damaged"):
        await watching


# --- code that fails ------------------------------------------------------------------


@pytest.fixture
def poisonous(monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a case on which our code fails, as a mistake in it would."""
    case = Teller(7).case

    def failing(state: State, record: Record) -> Decision:
        if state.key == case:
            message = "with something of the event in it: Mr Secret"
            raise RuntimeError(message)
        return decide(state, record)

    monkeypatch.setattr("coordinator.runtime.deciding.decide", failing)
    return case


@pytest.mark.usefixtures("poisonous")
async def test_poison_takes_nobody_else_down(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its bytes are kept, its sender hears of it, and its neighbours are decided."""
    events = [tell(6)[0], tell(7)[0], tell(8)[0]]

    outcomes = await bench.bus.submit_all(events)

    assert [one.verdict for one in outcomes] == ["accepted", "rejected", "accepted"]
    problem = outcomes[1].problem
    assert problem is not None
    assert (problem.rule, problem.status) == ("internal", 500)
    assert problem.event_id == orjson.loads(events[1].raw)["id"]
    (kept,) = bench.store.rejected()
    assert (kept.event, kept.sender) == (events[1].raw, "customs")
    logged = capsys.readouterr()
    assert "Secret" not in logged.out + logged.err + problem.detail


async def test_an_own_event_may_be_poison_too(bench: Bench, poisonous: str) -> None:
    """It is kept like any other, in a dry run it is not."""
    event = deadline_passed(
        key=poisonous, obligation="0" * 26, rung=1, due=T0, at=bench.clock.now()
    )

    tried = bench.bus.try_all([Submission(event=event), tell(1)[0]])
    assert [one.verdict for one in tried] == ["rejected", "accepted"]
    assert list(bench.store.rejected()) == []
    outcome = await bench.bus.submit(Submission(event=event))

    assert outcome.event_id == event.id
    assert [kept.event for kept in bench.store.rejected()] == [event.raw]


async def test_even_reading_may_fail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no id can be read, none is given."""

    def failing(_: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("coordinator.runtime.step.decode", failing)
    monkeypatch.setattr("coordinator.runtime.failing.decode", failing)

    outcome = await bench.bus.submit(tell(1)[0])

    assert (outcome.event_id, outcome.verdict) == (None, "rejected")


@pytest.mark.usefixtures("poisonous")
async def test_poison_that_cannot_be_kept_is_a_fault(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was kept, so nothing is answered but that."""

    def full(_: Sequence[NewEntry], __: Sequence[NewRejection] = ()) -> None:
        message = "nothing was kept: the disk is full"
        raise StoreFault(message)

    monkeypatch.setattr(bench.store, "append", full)
    with pytest.raises(StoreFault):
        await bench.bus.submit(tell(7)[0])


def test_poison_is_tried_again_by_sending_it_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the code is mended, its id is as free as any rejected one."""
    with monkeypatch.context() as patch:
        patch.setattr("coordinator.runtime.deciding.decide", lambda *_: 1 / 0)
        (failed,) = bench.bus.try_all([tell(7)[0]])
    (mended,) = step_on(bench.store).take([tell(7)[0]], T0)

    assert (failed.verdict, mended.verdict) == ("rejected", "accepted")
