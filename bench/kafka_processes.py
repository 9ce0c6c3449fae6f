"""Workers as processes of their own, by the command that starts them anywhere."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from typing import Final

import aiohttp

from bench.measuring import WrongRunError
from coordinator.runtime.kafka.connection import Connection
from tests.kafka.broker import free_ports

__all__ = ["Process", "module", "running", "worker"]

_ROOT: Final = Path(__file__).parents[1]
_LOOKS_S: Final = 0.05
_READY_S: Final = 120.0
_ENDS_S: Final = 60.0


class Process:
    """
    A process, from its start.

    Args:
        command: What runs, and its arguments.
        variables: Of its environment, besides this process's own.
        port: Where it says that it is ready, if it does.
    """

    def __init__(
        self, command: Sequence[str], variables: dict[str, str], port: int | None
    ) -> None:
        self.begun = perf_counter()
        self._port = port
        self._process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def ready(self) -> None:
        """Wait until it says that it is."""
        url = f"http://127.0.0.1:{self._port}/ready"
        async with asyncio.timeout(_READY_S), aiohttp.ClientSession() as session:
            while not await _answers(session, url):
                self.check()
                await asyncio.sleep(_LOOKS_S)

    def check(self) -> None:
        """See to it that it runs."""
        code = self._process.poll()
        if code is not None:
            message = f"a process ended, with code {code}"
            raise WrongRunError(message)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have it do nothing during the block; it keeps what is its own."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Have it end, and wait until it has."""
        self._process.send_signal(how)
        self._process.wait(_ENDS_S)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == HTTPStatus.OK
    except aiohttp.ClientConnectionError:
        return False


def worker(kind: str, connection: Connection, home: Path) -> Process:
    """Start `coordinator worker`; each kind finds in its home what it left there."""
    (port,) = free_ports(1)
    command = "-m", "coordinator.cli", "worker", kind, "--metrics-port", str(port)
    variables = {
        "COORDINATOR_RUNTIME": "kafka",
        "COORDINATOR_KAFKA_BOOTSTRAP": connection.bootstrap,
        "COORDINATOR_KAFKA_PREFIX": connection.names.prefix,
        "COORDINATOR_HOME": str(home),
    }
    return Process([sys.executable, *command], variables, port)


def module(name: str, *arguments: str) -> Process:
    """Start a module of this package."""
    return Process([sys.executable, "-m", f"bench.{name}", *arguments], {}, None)


@contextmanager
def running(processes: Sequence[Process]) -> Iterator[None]:
    """Have processes end after the block, whatever comes of it."""
    with ExitStack() as stack:
        for one in processes:
            stack.callback(one.end)
        yield
