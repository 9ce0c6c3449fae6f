"""
The door: how other processes reach the one that decides for a home.

A Unix socket in the home's folder, for its owner alone. One connection carries any
number of messages (see `wire.py`), answered in order; an answer comes once its
decisions are durable. A connection that breaks before it means nothing: the events
are sent again, with the same ids, and what was decided already is a duplicate. The
home's owner may as well activate a version of the protocol here, and move cases to it.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from coordinator.events import CoordinatorError, OperatorError
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.embedded.wire import (
    LARGEST,
    LENGTH,
    Activate,
    Events,
    Migrate,
    NotOursError,
    activated,
    answer_of,
    error_of,
    framed,
    migrated,
    request_of,
)

__all__ = ["at_door", "open_door"]

_NAME: Final = "bus.sock"
# How many may stand before the door while a transaction is written.
_QUEUE: Final = 1024
# Between messages; a client that has nothing to send connects again.
_IDLE_S: Final = 60.0
# For the rest of a message, and for an answer to be taken: all on one machine.
_TRANSFER_S: Final = 30.0
# At the end, for those whose events were being decided to get their answers.
_FAREWELL_S: Final = 5.0


@asynccontextmanager
async def open_door(home: Path, bus: Bus) -> AsyncIterator[None]:
    """
    Let other processes in while the block runs.

    The caller holds the right to decide for the home, so a socket that is there
    already is a dead process's, and is replaced.

    Raises:
        OperatorError: The socket cannot be made.
    """
    door = _Door(bus)
    listening = _bound(home)
    server = await asyncio.start_unix_server(door.talk, sock=listening, backlog=_QUEUE)
    try:
        yield
    finally:
        server.close()
        with suppress(FileNotFoundError):
            (home / _NAME).unlink()
        await door.close()


@contextmanager
def at_door(home: Path) -> Iterator[str]:
    """
    Name a home's socket, however deep the home is.

    The system takes a path of some hundred characters; on Linux the socket is named by
    way of the folder's descriptor.

    Raises:
        OSError: There is no such folder.
    """
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        short = Path(f"/proc/self/fd/{folder}")
        yield str((short if short.exists() else home) / _NAME)
    finally:
        os.close(folder)


def _bound(home: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            (home / _NAME).unlink()
        with at_door(home) as address:
            listening.bind(address)
        # Nobody can connect before it listens, so nobody meets another mode.
        (home / _NAME).chmod(0o600)
    except OSError as error:
        listening.close()
        message = f"{home / _NAME}: cannot be made ({error.strerror or error})"
        raise OperatorError(message) from error
    return listening


class _Door:
    """Everybody who is being talked with."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._talks: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.Task[None]] = set()
        self._closing = False

    async def talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection's messages until it ends."""
        task = asyncio.current_task()
        if task is None or self._closing:
            writer.close()
            return
        self._talks.add(task)
        try:
            while not self._closing:
                self._idle.add(task)
                message = await _read(reader)
                self._idle.discard(task)
                writer.write(await self._answer(message))
                async with asyncio.timeout(_TRANSFER_S):
                    await writer.drain()
        except (EOFError, ConnectionError, TimeoutError, NotOursError):
            pass  # Whoever asked is gone, or is none of us.
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            self._idle.discard(task)
            self._talks.discard(task)
            writer.close()

    async def _answer(self, message: bytes) -> bytes:
        request = request_of(message)
        try:
            return framed(await self._done(request))
        except CoordinatorError as error:
            return framed(error_of(error))

    async def _done(self, request: Events | Activate | Migrate) -> dict[str, Any]:
        match request:
            case Activate(profile):
                return activated(self._bus.activate(profile))
            case Migrate(cases, to):
                return migrated(self._bus.migrate(cases, to))
            case Events(submissions, True):
                return answer_of(await self._bus.submit_all(submissions))
            case Events(submissions, _):
                return answer_of(self._bus.try_all(submissions))

    async def close(self) -> None:
        """See everybody out, those first who wait for nothing."""
        self._closing = True
        for task in self._idle:
            task.cancel()
        if self._talks:
            _, late = await asyncio.wait(self._talks, timeout=_FAREWELL_S)
            for task in late:
                task.cancel()


async def _read(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(_IDLE_S):
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if length > LARGEST:
        message = f"it takes at most {LARGEST:,} bytes"
        raise NotOursError(message)
    async with asyncio.timeout(_TRANSFER_S):
        return await reader.readexactly(length)
