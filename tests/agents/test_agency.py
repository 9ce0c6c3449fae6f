"""An agency's agent: handlers, publishing, order, patience, and what is parked."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog.testing

from coordinator.agents.agency import AgencyAgent, Pace, Received, Turn
from coordinator.events import CATALOGUE, OperatorError, decode, is_ulid, verify
from coordinator.runtime.line import NotYetDecidedError
from coordinator.runtime.sqlite.tray import TrayBusyError
from tests.agents.agencies import (
    CASE,
    ENOUGH_S,
    QUICK,
    PipeLine,
    arrival,
    until,
    view,
    working,
)

OTHER = "TP-00000-00000-0"
REFERRED = "suspicion.referred"
ANSWER: dict[str, Any] = {"receiver_role": "desk", "next_step": "assess"}


def agent_of(pace: Pace = QUICK) -> AgencyAgent:
    """Make an agent of Police."""
    return AgencyAgent("police", pace=pace)


async def test_an_event_comes_to_its_handler_as_values(tmp_path: Path) -> None:
    """A handler gets what the event says, without reading JSON."""
    agent, got = agent_of(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        got.append(event)

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1, view="stub")])
        await until(lambda: at.tray.first_of(CASE) is None and bool(got))

    (event,) = got
    assert (event.delivery, event.attempt, event.view) == ("D1", 1, "stub")
    assert (event.name, event.agency, event.case) == (REFERRED, "customs", CASE)
    assert event.data == {"referral_ref": "R-1", "urgency": "urgent"}
    assert (event.person, event.exercise, event.raw) == (None, False, view(1))


async def test_what_has_no_handler_goes_to_the_one_for_all(tmp_path: Path) -> None:
    """`*` takes every event that no other handler takes."""
    agent, got = agent_of(), []

    @agent.on(REFERRED)
    async def one(event: Received, _: Turn) -> None:
        got.append(("one", event.name))

    @agent.on("*")
    async def rest(event: Received, _: Turn) -> None:
        got.append(("rest", event.name))

    async with working(agent, tmp_path) as at:
        other = arrival(2, event=view(2, "case.closed"))
        at.line.coming.put_nowait([arrival(1), other])
        await until(lambda: len(got) == 2)

    assert got == [("one", REFERRED), ("rest", "case.closed")]


def test_a_slip_in_an_events_name_is_told_at_once() -> None:
    """A handler of an event that there is not would wait for ever."""
    agent = agent_of()
    with pytest.raises(ValueError, match=r"did you mean suspicion.referred\?"):
        agent.on("suspicion.refered")

    @agent.on(REFERRED)
    async def take(_: Received, __: Turn) -> None:
        """Take it."""

    with pytest.raises(ValueError, match="handled already, by take"):
        agent.on(REFERRED)


def test_no_event_says_something_under_a_name_of_publishing_itself() -> None:
    """Whatever an event's data has can be given to `publish` by its name."""
    own = {"self", "name", "case", "person", "at", "exercise", "ulid"}
    for kind in CATALOGUE.values():
        assert not own & kind.model.model_fields.keys()


async def test_publishing_gives_the_receipt(tmp_path: Path) -> None:
    """An event goes out with an id and a time of its own, and its answer comes back."""
    agent = agent_of()
    async with working(agent, tmp_path) as at:
        answer = await agent.publish(
            "referral.acknowledged", case=CASE.lower(), referral_ref="R-1", **ANSWER
        )
    (sent,) = at.line.sent
    event = decode(orjson.dumps(sent))

    assert (event.agency, event.name, event.subject) == (
        "police",
        "referral.acknowledged",
        CASE,
    )
    assert is_ulid(event.id)
    assert event.data == {"referral_ref": "R-1", **ANSWER}
    assert (answer["id"], answer["verdict"]) == (event.id, "accepted")


async def test_an_agent_signs_with_its_key(tmp_path: Path) -> None:
    """What an agency with a key says bears its signature."""
    key = {
        "kty": "OKP",
        "crv": "Ed25519",
        # RFC 8037, appendix A.1.
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    agent = AgencyAgent("police", key=key)
    async with working(agent, tmp_path) as at:
        await agent.publish(
            "referral.acknowledged", case=CASE, referral_ref="R-1", **ANSWER
        )

    assert verify(orjson.dumps(at.line.sent[0]), key)


async def test_nothing_is_published_by_an_agent_that_is_not_at_work() -> None:
    """Without a line there is an error that says so, not a wait."""
    with pytest.raises(RuntimeError, match="police: not at work"):
        await agent_of().publish("case.closed", case=CASE)


async def test_a_failing_handler_is_tried_again_and_then_parked(tmp_path: Path) -> None:
    """After the last try somebody is told, and the delivery is there to be seen."""
    agent, attempts = agent_of(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        attempts.append(event.attempt)
        message = "P. Anyone, 021 555 0100"
        raise LookupError(message)

    with structlog.testing.capture_logs() as logs:
        async with working(agent, tmp_path) as at:
            at.line.coming.put_nowait([arrival(1)])
            await until(lambda: bool(at.tray.parked()))
            (parked,) = at.tray.parked()

    assert attempts == [1, 2, 3]
    assert (parked.id, parked.case, parked.attempts) == ("D1", CASE, 3)
    assert parked.why.startswith("LookupError at test_agency.py:")
    told = [one for one in logs if one["event"] == "agency.parked"]
    assert [(one["delivery"], one["log_level"]) for one in told] == [("D1", "error")]
    assert "Anyone" not in str(logs)


async def test_an_operators_error_parks_at_once(tmp_path: Path) -> None:
    """Where trying again helps nothing, somebody is told after the first try."""
    agent, attempts = agent_of(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        attempts.append(event.attempt)
        message = "the address is wrong"
        raise OperatorError(message)

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: bool(at.tray.parked()))

        assert "the address is wrong" in at.tray.parked()[0].why
    assert attempts == [1]


async def test_a_case_waits_behind_its_failing_delivery(tmp_path: Path) -> None:
    """Within a case order holds until one is parked; other cases do not wait."""
    agent, order = agent_of(), []
    release = asyncio.Event()

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        order.append(event.delivery)
        if event.delivery == "D1":
            if event.attempt == 3:
                await release.wait()
            raise LookupError

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1), arrival(2), arrival(3, OTHER)])
        await until(lambda: len(order) == 4)
        assert "D2" not in order
        assert "D3" in order
        release.set()
        await until(lambda: len(order) == 5)

    assert order[-1] == "D2"


async def test_cases_are_handled_side_by_side_up_to_a_bound(tmp_path: Path) -> None:
    """Handlers of several cases run together, as many as the pace allows."""
    agent = agent_of(Pace(together=2))
    running: set[str] = set()
    most = 0
    release = asyncio.Event()

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        nonlocal most
        running.add(event.delivery)
        most = max(most, len(running))
        await release.wait()
        running.discard(event.delivery)

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(n, f"alert:A-{n}") for n in range(5)])
        await until(lambda: len(running) == 2)
        release.set()
        await until(lambda: not at.tray.cases())

    assert most == 2


async def test_what_comes_again_is_handled_once(tmp_path: Path) -> None:
    """A delivery is known by its id, in this life of the process and the next."""
    agent, got = agent_of(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        got.append(event.delivery)

    for _ in range(2):
        async with working(agent, tmp_path) as at:
            at.line.coming.put_nowait([arrival(1), arrival(1)])
            at.line.coming.put_nowait([arrival(1), arrival(2)])
            await until(at.line.coming.empty)
            await until(lambda: not at.tray.cases())

    assert got == ["D1", "D2"]


async def test_what_cannot_be_read_is_parked_and_blocks_nothing(tmp_path: Path) -> None:
    """Poison in the inbox is kept for somebody to see."""
    agent, got = agent_of(), []

    @agent.on("*")
    async def take(event: Received, _: Turn) -> None:
        got.append(event.delivery)

    poison = [b"", b"\xff\x00", b"[]", b"{}", b"null", b'{"type": 1}']
    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait(
            [arrival(number, event=one) for number, one in enumerate(poison, 1)]
            + [arrival(99)]
        )
        await until(lambda: got == ["D99"])

        assert [one.id for one in at.tray.parked()] == [f"D{n}" for n in range(1, 7)]


async def test_what_was_put_back_is_handled_again(tmp_path: Path) -> None:
    """Put back from outside, a delivery is handled by the agent that runs."""
    agent, attempts = agent_of(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        attempts.append(event.attempt)
        if event.attempt == 1:
            raise OperatorError

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: bool(at.tray.parked()))
        from_outside = type(at.tray)(tmp_path / "agents" / "police.sqlite")
        assert from_outside.try_again("D1")
        assert not from_outside.try_again("D1")
        from_outside.close()
        await until(lambda: attempts == [1, 2])


async def test_a_handler_that_runs_again_says_the_same_again(tmp_path: Path) -> None:
    """What it published before it failed goes out again word for word."""
    agent = agent_of()

    @agent.on(REFERRED)
    async def take(event: Received, agent: Turn) -> None:
        for step in ("assess", "interview"):
            await agent.publish(
                "referral.acknowledged",
                case=event.case,
                referral_ref=event.data["referral_ref"],
                receiver_role=f"attempt-{event.attempt}",
                next_step=step,
            )
        if event.attempt == 1:
            raise LookupError

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: len(at.line.sent) == 4)
        await until(lambda: not at.tray.cases())

        assert at.tray.said("D1", "referral.acknowledged.1") is None
    first, second = at.line.sent[:2], at.line.sent[2:]
    assert first == second
    assert first[0]["id"] != first[1]["id"]
    assert first[0]["causationid"] == decode_id(view(1))


def decode_id(raw: bytes) -> str:
    """Give an event's id."""
    return str(orjson.loads(raw)["id"])


@pytest.mark.parametrize("verdict", ["refused", "rejected"])
async def test_what_was_not_taken_is_said_anew(tmp_path: Path, verdict: str) -> None:
    """It had no effect, so that the next attempt may say something else."""

    def answer(event: dict[str, Any]) -> str:
        return verdict if event["data"]["receiver_role"] == "attempt-1" else "accepted"

    agent = agent_of()

    @agent.on(REFERRED)
    async def take(event: Received, agent: Turn) -> None:
        answer = await agent.publish(
            "referral.acknowledged",
            case=event.case,
            referral_ref="R-1",
            receiver_role=f"attempt-{event.attempt}",
            next_step="assess",
        )
        if answer["verdict"] == verdict:
            raise LookupError

    async with working(agent, tmp_path, PipeLine(answer)) as at:
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: len(at.line.sent) == 2)

    first, second = at.line.sent
    assert first["id"] != second["id"]
    assert second["data"]["receiver_role"] == "attempt-2"


async def test_an_answer_that_is_late_has_the_handler_tried_again(
    tmp_path: Path,
) -> None:
    """An event that is not decided yet is sent again with its id, and then answered."""

    class LateLine(PipeLine):
        async def send(self, event: bytes) -> Any:  # noqa: ANN401 - as PipeLine's
            answer = await super().send(event)
            if len(self.sent) == 1:
                raise NotYetDecidedError(str(answer["id"]), 1.0)
            return answer

    agent, answers = agent_of(), []

    @agent.on(REFERRED)
    async def take(event: Received, agent: Turn) -> None:
        answers.append(await agent.publish("case.closed", case=event.case))

    async with working(agent, tmp_path, LateLine()) as at:
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: bool(answers))

    assert at.line.sent[0] == at.line.sent[1]


async def test_a_stop_finishes_what_is_in_hand(tmp_path: Path) -> None:
    """What was begun is done at the end; what was not is there at the next start."""
    agent = agent_of(Pace(together=1, grace_s=ENOUGH_S))
    begun, release, done = asyncio.Event(), asyncio.Event(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        begun.set()
        await release.wait()
        done.append((event.delivery, event.attempt))

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1), arrival(2), arrival(3, OTHER)])
        await begun.wait()
        asyncio.get_running_loop().call_later(0.01, release.set)
    assert done == [("D1", 1)]
    async with working(agent, tmp_path) as at:
        await until(lambda: not at.tray.cases())

    assert sorted(done) == [("D1", 1), ("D2", 1), ("D3", 1)]


async def test_what_outlasts_the_grace_is_left_for_the_next_start(
    tmp_path: Path,
) -> None:
    """It is handed over again, and says so."""
    agent = agent_of(Pace(grace_s=0.01))
    begun, attempts = asyncio.Event(), []

    @agent.on(REFERRED)
    async def take(event: Received, _: Turn) -> None:
        attempts.append(event.attempt)
        begun.set()
        if event.attempt == 1:
            await asyncio.Event().wait()

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1)])
        await begun.wait()
    async with working(agent, tmp_path) as at:
        await until(lambda: not at.tray.cases())

    assert attempts == [1, 2]


async def test_what_kills_the_process_each_time_is_parked(tmp_path: Path) -> None:
    """An attempt counts from its beginning: nothing takes an agent down for ever."""
    agent = agent_of()

    @agent.on(REFERRED)
    async def take(_: Received, __: Turn) -> None:
        raise AssertionError

    async with working(agent, tmp_path) as at:
        at.tray.keep([arrival(1)])
        for _ in range(QUICK.tries):
            at.tray.begin("D1")  # as an attempt does that never ends
        at.line.coming.put_nowait([arrival(2, OTHER)])
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: len(at.tray.parked()) == 2)

        assert "the process ended" in at.tray.parked()[0].why


async def test_a_handler_has_so_long_and_no_longer(tmp_path: Path) -> None:
    """One that hangs is given up on like one that fails."""
    agent = agent_of(Pace(tries=1, limit_s=0.01))

    @agent.on(REFERRED)
    async def take(_: Received, __: Turn) -> None:
        await asyncio.Event().wait()

    async with working(agent, tmp_path) as at:
        at.line.coming.put_nowait([arrival(1)])
        await until(lambda: bool(at.tray.parked()))

        assert at.tray.parked()[0].why.startswith("TimeoutError")


async def test_a_tray_is_worked_from_by_one(tmp_path: Path) -> None:
    """A second agent of the same agency would handle everything a second time."""
    async with working(agent_of(), tmp_path):
        with pytest.raises(TrayBusyError, match="another process works from it"):
            async with working(agent_of(), tmp_path):
                raise AssertionError


async def test_a_broken_line_ends_the_work(tmp_path: Path) -> None:
    """What its line has to say comes out, so that a supervisor starts it again."""

    class BrokenLine(PipeLine):
        async def receive(self, keep: Callable[..., None], _: int | None) -> None:
            del keep
            message = "the line is cut"
            raise OperatorError(message)

    with pytest.raises(OperatorError, match="the line is cut"):
        async with working(agent_of(), tmp_path, BrokenLine()):
            pass
