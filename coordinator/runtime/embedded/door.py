"""
The door: how other processes reach the one that decides for a home.

A Unix socket in the home's folder, for its owner alone. A message is its length (four
bytes, big-endian) and JSON; one connection carries any number, answered in order.

    {"sender": …, "event": base64}, …, "keep": bool  ─▶  {"outcomes": […]} or {"error"}

An answer comes when the decision is durable. A connection that breaks before it means
nothing: the events are sent again, with the same ids.
"""

import asyncio
import os
import socket
import struct
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson

from coordinator.events import CoordinatorError, Problem, TransientError
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.port import StoreError, StoreFault
from coordinator.runtime.step import Outcome, Submission

__all__ = ["DoorBrokenError", "open_door", "send"]

_NAME: Final = "bus.sock"
_LENGTH: Final = struct.Struct(">I")
# A hundred events of 64 KiB in base64, and room for their answers.
_LARGEST: Final = 32 * 1024 * 1024
_TIMEOUT_S: Final = 30.0
_ERRORS: Final = {"StoreFault": StoreFault, "StoreError": StoreError}


class DoorBrokenError(TransientError):
    """The process that decides went away before it answered; send again."""


# --- the process that decides ---------------------------------------------------------


@asynccontextmanager
async def open_door(home: Path, bus: Bus) -> AsyncIterator[None]:
    """
    Let other processes in while the block runs.

    The caller holds the right to decide for the home, so a socket that is there
    already is a dead process's, and is replaced.
    """
    with suppress(FileNotFoundError):
        (home / _NAME).unlink()
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            talks.add(task)
            task.add_done_callback(talks.discard)
        await _serve(bus, reader, writer)

    with _address(home) as address:
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(talk, path=address)
        finally:
            os.umask(before)
        try:
            yield
        finally:
            server.close()
            for task in talks:
                task.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
            with suppress(FileNotFoundError):
                (home / _NAME).unlink()


async def _serve(
    bus: Bus, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer one connection's messages until it ends."""
    try:
        while True:
            (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            if length > _LARGEST:
                break
            asked = orjson.loads(await reader.readexactly(length))
            writer.write(_framed(await _answer(bus, asked)))
            async with asyncio.timeout(_TIMEOUT_S):
                await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, TimeoutError, ValueError):
        return  # Whoever asked is gone, or is not one of us.
    finally:
        writer.close()


async def _answer(bus: Bus, asked: dict[str, Any]) -> dict[str, Any]:
    submissions = [
        Submission(raw=b64decode(one["event"]), sender=one["sender"])
        for one in asked["events"]
    ]
    try:
        if asked["keep"]:
            outcomes = await bus.submit_all(submissions)
        else:
            outcomes = bus.try_all(submissions)
    except CoordinatorError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {"outcomes": [_as_json(one) for one in outcomes]}


def _as_json(outcome: Outcome) -> dict[str, Any]:
    problem = outcome.problem
    return {
        "event_id": outcome.event_id,
        "decision": outcome.decision,
        "problem": None if problem is None else problem.as_record(),
    }


# --- any other process --------------------------------------------------------------


def send(
    home: Path, submissions: Sequence[Submission], *, keep: bool = True
) -> list[Outcome] | None:
    """
    Have events decided by the process that decides for a home.

    Returns:
        Their outcomes, durable; None where no process serves this home.

    Raises:
        DoorBrokenError: It went away before it answered; nothing is known.
        StoreFault, StoreError: It said so: nothing was kept.
    """
    try:
        with _connected(home) as line:
            events = [
                {"sender": one.sender, "event": b64encode(one.raw).decode()}
                for one in submissions
            ]
            line.sendall(_framed({"events": events, "keep": keep}))
            (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
            answer = orjson.loads(_exactly(line, length))
    except _NobodyThereError:
        return None
    except (OSError, struct.error, ValueError) as error:
        message = f"{home}: the running bus went away before it answered; send again"
        raise DoorBrokenError(message) from error
    if "error" in answer:
        raise _ERRORS.get(answer["error"], StoreError)(answer["message"])
    return [
        Outcome(
            one["event_id"],
            one["decision"],
            None if one["problem"] is None else Problem(**one["problem"]),
        )
        for one in answer["outcomes"]
    ]


class _NobodyThereError(Exception):
    """No process listens at the door."""


@contextmanager
def _connected(home: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_TIMEOUT_S)
        try:
            with _address(home) as address:
                line.connect(address)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            raise _NobodyThereError from None
        yield line


@contextmanager
def _address(home: Path) -> Iterator[str]:
    """
    Name the socket, however deep the home is.

    A socket's path holds some hundred characters, so on Linux it is named by way of
    the folder's descriptor.
    """
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = Path(f"/proc/self/fd/{folder}")
        yield str((short if short.exists() else home) / _NAME)
    finally:
        os.close(folder)


def _framed(value: dict[str, Any]) -> bytes:
    written = orjson.dumps(value)
    return _LENGTH.pack(len(written)) + written


def _exactly(line: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        some = line.recv(count - len(received))
        if not some:
            message = "the other side closed the connection"
            raise ConnectionError(message)
        received += some
    return bytes(received)
