"""Other processes reach the bus through its door."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from coordinator.events import OperatorError
from coordinator.protocol import Profile, profile_from_value
from coordinator.runtime.activation import Activation, VersionTakenError
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.embedded.door import open_door
from coordinator.runtime.embedded.knock import (
    DoorBrokenError,
    ask_to_activate,
    ask_to_migrate,
    send,
)
from coordinator.runtime.migration import NoSuchCaseError
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.step import Outcome, Submission
from tests.contract.telling import Teller, packaged, tell
from tests.runtime.embedded.conftest import Bench


def raw_talk(home: Path, sent: bytes) -> bytes:
    """Say anything at the door, end, and give what is answered."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(home / "bus.sock"))
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while some := line.recv(65536):
            answer += some
        return answer


async def elsewhere(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - the call's own
    """Call as another process would, while this one serves."""
    return await asyncio.to_thread(call, *arguments, **named)


async def test_events_are_decided_for_another_process(
    bench: Bench, tmp_path: Path
) -> None:
    """Their outcomes are those of the bus itself: decisions whole, problems as such."""
    events = [*tell(1)[:2], Submission(b"\xff", "police"), tell(1)[2]]
    async with open_door(tmp_path, bench.bus):
        outcomes = await elsewhere(send, tmp_path, events)

    assert [one.verdict for one in outcomes] == [
        "accepted",
        "accepted",
        "rejected",
        "accepted",
    ]
    kept = [orjson.loads(row.decision_bytes) for row in bench.store.log()]
    assert [one.decision for one in outcomes if one.decision] == kept
    assert outcomes[2].problem.rule == "unreadable"
    assert [row.sender for row in bench.store.rejected()] == ["police"]


async def test_many_are_sent_a_transaction_at_a_time(
    bench: Bench, tmp_path: Path
) -> None:
    """However many there are, they keep their order."""
    events = [tell(number)[0] for number in range(1201)]
    sizes: list[int] = []
    bench.bus.listen(lambda submissions, _: sizes.append(len(submissions)))

    async with open_door(tmp_path, bench.bus):
        outcomes = await elsewhere(send, tmp_path, events)

    assert sizes == [500, 500, 201]
    assert [row.event for row in bench.store.log()] == [event.raw for event in events]
    assert len(outcomes) == 1201


async def test_a_dry_run_at_the_door_keeps_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    """Its events know each other."""
    async with open_door(tmp_path, bench.bus):
        outcomes = await elsewhere(send, tmp_path, tell(1), keep=False)

    assert [one.verdict for one in outcomes] == ["accepted"] * 10
    assert list(bench.store.log()) == []


async def test_many_processes_at_once_share_transactions(
    bench: Bench, tmp_path: Path
) -> None:
    """Nobody is turned away at the door."""
    async with open_door(tmp_path, bench.bus), asyncio.TaskGroup() as tasks:
        sending = [
            tasks.create_task(elsewhere(send, tmp_path, [tell(number)[0]]))
            for number in range(64)
        ]

    outcomes = [outcome for task in sending for outcome in task.result()]
    assert [one.verdict for one in outcomes] == ["accepted"] * 64


def test_without_a_server_nobody_answers(tmp_path: Path) -> None:
    """No home, no socket, or one that a dead process left: None, at once."""
    assert send(tmp_path / "nowhere", tell(1)) is None
    assert send(tmp_path, tell(1)) is None
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "bus.sock"))
    assert (tmp_path / "bus.sock").exists()
    assert send(tmp_path, tell(1)) is None


async def test_a_dead_processes_socket_is_replaced(
    bench: Bench, tmp_path: Path
) -> None:
    """And the door's own is for its owner alone, and gone with it."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "bus.sock"))

    async with open_door(tmp_path, bench.bus):
        assert (tmp_path / "bus.sock").stat().st_mode & 0o777 == 0o600
        (outcome,) = await elsewhere(send, tmp_path, tell(1)[:1])
        assert outcome.verdict == "accepted"

    assert not (tmp_path / "bus.sock").exists()


async def test_a_deep_home_has_a_door_too(bench: Bench, tmp_path: Path) -> None:
    """Paths of sockets are short; homes' need not be."""
    home = tmp_path / ("d" * 100) / ("e" * 100)
    home.mkdir(parents=True)

    async with open_door(home, bench.bus):
        (outcome,) = await elsewhere(send, home, tell(1)[:1])

    assert outcome.verdict == "accepted"


async def test_a_door_that_cannot_be_made_is_said_so(
    bench: Bench, tmp_path: Path
) -> None:
    """In one line."""
    (tmp_path / "bus.sock").mkdir()
    with pytest.raises(OperatorError, match="cannot be made"):
        async with open_door(tmp_path, bench.bus):
            pass


@pytest.mark.parametrize("error", [StoreFault("no room"), StoreError("damaged")])
async def test_a_store_that_fails_fails_there_as_here(
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """Nothing is acknowledged; the same error is raised with the same line."""

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(bench.step, "take", failing)
    async with open_door(tmp_path, bench.bus):
        with pytest.raises(type(error), match=str(error)):
            await elsewhere(send, tmp_path, tell(1))


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0",
        struct.pack(">I", 2**31) + b"{}",
        struct.pack(">I", 9) + b"{",
        *(
            struct.pack(">I", len(text)) + text
            for text in (
                b"not json",
                b"[]",
                b'{"events": [{"event": "!", "sender": null}], "keep": true}',
                b'{"events": 1, "keep": true}',
                b'{"activate": {"profile": "x"}}',
                b'{"migrate": ["x"]}',
            )
        ),
    ],
)
async def test_whoever_says_something_else_is_shown_out(
    bench: Bench, tmp_path: Path, sent: bytes
) -> None:
    """Without an answer, without harm to the others."""
    async with open_door(tmp_path, bench.bus):
        assert await elsewhere(raw_talk, tmp_path, sent) == b""
        (outcome,) = await elsewhere(send, tmp_path, tell(1)[:1])

    assert outcome.verdict == "accepted"
    assert list(bench.store.rejected()) == []


@asynccontextmanager
async def answering(home: Path, answer: bytes | None) -> AsyncIterator[None]:
    """Serve a home as nobody should: with any answer, or by going away."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        if answer is not None:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_unix_server(talk, home / "bus.sock")
    yield
    server.close()


@pytest.mark.parametrize(
    "answer",
    [None, b"\0\0\0", struct.pack(">I", 9) + b"{}", struct.pack(">I", 2) + b"{}"],
)
async def test_an_answer_that_breaks_off_means_nothing(
    tmp_path: Path, answer: bytes | None
) -> None:
    """Whoever sent sends again, with the same ids."""
    async with answering(tmp_path, answer):
        with pytest.raises(DoorBrokenError, match="try again"):
            await elsewhere(send, tmp_path, tell(1))


async def test_what_is_sent_again_is_a_duplicate(bench: Bench, tmp_path: Path) -> None:
    """So that sending again is always safe."""
    async with open_door(tmp_path, bench.bus):
        await elsewhere(send, tmp_path, tell(1)[:2])
        again = await elsewhere(send, tmp_path, tell(1)[:3])

    assert [one.verdict for one in again] == ["duplicate", "duplicate", "accepted"]


def second() -> Profile:
    """Give the packaged profile as its next version."""
    return profile_from_value({**packaged().value, "version": 2})


async def test_a_version_is_activated_for_another_process(
    bench: Bench, tmp_path: Path
) -> None:
    """What comes through the door afterwards is stamped with it; listeners hear it."""
    heard: list[str | None] = []
    bench.bus.listen(
        lambda submissions, _: heard.extend(
            one.event.subject for one in submissions if one.event
        )
    )
    async with open_door(tmp_path, bench.bus):
        await elsewhere(ask_to_activate, tmp_path, packaged())
        done = await elsewhere(ask_to_activate, tmp_path, second())
        again = await elsewhere(ask_to_activate, tmp_path, second())
        (outcome,) = await elsewhere(send, tmp_path, tell(1)[:1])

    assert done == Activation("nz-2009/1", "nz-2009/2")
    assert again == Activation("nz-2009/2", "nz-2009/2")
    assert outcome.decision["profile"] == "nz-2009/2"
    assert len(heard) == 2 * len(set(heard))
    assert "agency:police" in heard


async def test_cases_are_moved_for_another_process(
    bench: Bench, tmp_path: Path
) -> None:
    """Their answers are those of the bus itself."""
    case = Teller(1).case
    async with open_door(tmp_path, bench.bus):
        await elsewhere(ask_to_activate, tmp_path, packaged())
        await elsewhere(send, tmp_path, tell(1)[:3])
        await elsewhere(ask_to_activate, tmp_path, second())
        (moved,) = await elsewhere(ask_to_migrate, tmp_path, [case], "nz-2009/2")
        (again,) = await elsewhere(ask_to_migrate, tmp_path, [case], "nz-2009/2")
        (outcome,) = await elsewhere(send, tmp_path, tell(1)[3:4])

    row = bench.store.history(case)[-2]
    assert moved.decision == orjson.loads(row.decision_bytes)
    assert again.decision is None
    assert outcome.decision["profile"] == "nz-2009/2"


async def test_what_cannot_be_done_is_the_same_error_there(
    bench: Bench, tmp_path: Path
) -> None:
    """In one line; and the bus goes on."""
    async with open_door(tmp_path, bench.bus):
        await elsewhere(ask_to_activate, tmp_path, packaged())
        with pytest.raises(VersionTakenError, match="give it version 2"):
            await elsewhere(
                ask_to_activate,
                tmp_path,
                profile_from_value({**packaged().value, "title": "Other"}),
            )
        with pytest.raises(NoSuchCaseError, match="no such case"):
            await elsewhere(ask_to_migrate, tmp_path, ["TP-00000-00000-0"], "nz-2009/1")
        (outcome,) = await elsewhere(send, tmp_path, tell(1)[:1])

    assert outcome.decision["profile"] == "nz-2009/1"


def test_without_a_server_nobody_activates(tmp_path: Path) -> None:
    """Whoever asks does it by itself then."""
    assert ask_to_activate(tmp_path, packaged()) is None
    assert ask_to_migrate(tmp_path, [], "nz-2009/1") is None


class Slow:
    """A bus that decides when told to."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    async def submit_all(self, submissions: list[Submission]) -> list[Outcome]:
        """Decide, late."""
        self.asked.set()
        await self.go_on.wait()
        return await self._bus.submit_all(submissions)


async def test_who_is_being_answered_is_answered_before_the_door_shuts(
    bench: Bench, tmp_path: Path
) -> None:
    """Those who only stand there are sent away; later ones find nobody."""
    slow = Slow(bench.bus)
    idle = socket.socket(socket.AF_UNIX)
    async with open_door(tmp_path, slow):  # type: ignore[arg-type]  # all of a bus that a door asks for here
        idle.connect(str(tmp_path / "bus.sock"))
        sending = asyncio.create_task(elsewhere(send, tmp_path, tell(1)[:1]))
        await slow.asked.wait()
        asyncio.get_running_loop().call_soon(slow.go_on.set)

    (outcome,) = await sending
    assert outcome.verdict == "accepted"
    assert idle.recv(1) == b""
    idle.close()


def test_what_is_too_large_for_a_message_is_answered_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest is far beyond what an event may have."""
    monkeypatch.setattr("coordinator.runtime.embedded.knock._LARGEST_EVENT", 10)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "bus.sock"))
        listening.listen()
        outcomes = send(tmp_path, [Submission(b"x" * 11, "police")])

    assert outcomes is not None
    assert outcomes[0].problem is not None
    assert outcomes[0].problem.rule == "oversize"


def test_a_dry_run_must_fit_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In parts it would not be the same dry run."""
    monkeypatch.setattr("coordinator.runtime.embedded.knock.LARGEST", 100)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "bus.sock"))
        listening.listen()
        with pytest.raises(OperatorError, match="try a part of it"):
            send(tmp_path, tell(1), keep=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every home")
def test_somebody_elses_home_is_said_so(tmp_path: Path) -> None:
    """It is an error, and not the same as nobody serving it."""
    tmp_path.chmod(0)
    with pytest.raises(OperatorError, match="not yours"):
        send(tmp_path, tell(1))
    tmp_path.chmod(0o700)
