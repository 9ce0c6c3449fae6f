"""
The bus's processes, each started again whenever it ends, as an orchestrator would.

A worker is the very command that an operator runs. What one says goes into a file in
the campaign's folder, and how each of its lives ended is kept.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp

from coordinator.runtime.kafka.connection import Connection
from tests.kafka.broker import free_ports

__all__ = ["KINDS", "ROOT", "Fleet", "Worker"]

ROOT: Final = Path(__file__).parents[3]
KINDS: Final = ("ingress", "case", "router", "timers", "notifier")
"""What kinds of worker a bus is made of."""

_COORDINATOR: Final = (sys.executable, "-m", "coordinator.cli")
_LOOKS_S: Final = 0.1
# Longer than a broker takes to give up a member that was killed, and to come back.
ENOUGH_S: Final = 120.0


class Worker:
    """
    A process that is started again whenever it ends, until it is told to end.

    Args:
        name: What its file is called.
        command: What is run.
        environment: All that it has.
        log: The file that it writes to.
        port: Where it says whether it is ready; None where it says so nowhere.
        between: Called when it has ended, before it is started again.
    """

    def __init__(  # noqa: PLR0913 - what a process is made of
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        port: int | None = None,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.ends: list[int] = []
        """How each of its lives ended: an exit code, or minus a signal."""
        self._command = command
        self._environment = environment
        self._port = port
        self._log = log
        self._between = between
        self._process: asyncio.subprocess.Process | None = None
        self._told = False
        self._running: asyncio.Task[None] | None = None

    def start(self) -> "Worker":
        """Have it run from now on."""
        self._running = asyncio.create_task(self._run(), name=self.name)
        return self

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; one that is just between two lives does not hear it."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self) -> int:
        """Tell it to end in order, and say how it did."""
        assert self._running is not None
        self._told = True
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(ENOUGH_S):
                await self._running
        except TimeoutError:
            self.send(signal.SIGKILL)
            await asyncio.wait({self._running}, timeout=ENOUGH_S)
            raise
        return self.ends[-1] if self.ends else 0

    async def strike(self) -> None:
        """Kill it, as soon as it runs; it is started again."""
        async with asyncio.timeout(ENOUGH_S):
            while self._process is None or self._process.returncode is not None:  # noqa: ASYNC110 - another process
                await asyncio.sleep(_LOOKS_S / 10)
            # Once: who signals a child looks whether it has ended, and that is to be
            # seen by whoever waits for it.
            self.send(signal.SIGKILL)
            await self._process.wait()

    async def kill(self) -> None:
        """Kill it for good."""
        assert self._running is not None
        self._told = True
        self.send(signal.SIGKILL)
        await asyncio.wait({self._running}, timeout=ENOUGH_S)

    async def is_ready(self) -> bool:
        """Ask it whether it is at work."""
        url = f"http://127.0.0.1:{self._port}/ready"
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as session,
                session.get(url) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def ready(self) -> None:
        """Wait until it is at work."""
        async with asyncio.timeout(ENOUGH_S):
            while not await self.is_ready():  # noqa: ASYNC110 - another process
                await asyncio.sleep(_LOOKS_S)

    def said(self) -> str:
        """Give the end of what it said."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return text[-3_000:]

    async def _run(self) -> None:
        while not self._told:
            # A file of its own for each process: what one says is looked at by hand.
            with self._log.open("ab") as out:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    cwd=ROOT,
                    env=dict(self._environment),
                    stdout=out,
                    stderr=out,
                )
            self.ends.append(await self._process.wait())
            self._between()
            await asyncio.sleep(_LOOKS_S)


class Fleet:
    """
    The processes on one cluster.

    Args:
        connection: The cluster.
        folder: For what they say and what they can lose.
    """

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.workers: list[Worker] = []

    @property
    def environment(self) -> dict[str, str]:
        """Give what a process of this cluster is started with."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "COORDINATOR_RUNTIME": "kafka",
            # A client that hears no more of its broker ends, and is started again.
            "COORDINATOR_STALL_S": "30",
            "COORDINATOR_HOME": str(self.folder / "home"),
            "COORDINATOR_KAFKA_BOOTSTRAP": self._connection.bootstrap,
            "COORDINATOR_KAFKA_PREFIX": self._connection.names.prefix,
        }

    def add(self, kind: str) -> Worker:
        """Start one more worker of a kind."""
        (port,) = free_ports(1)
        command = [*_COORDINATOR, "worker", kind, "--metrics-port", str(port)]
        return self.run(kind, command, port)

    def run(
        self,
        kind: str,
        command: Sequence[str],
        port: int | None = None,
        between: Callable[[], None] = lambda: None,
    ) -> Worker:
        """Start any other process, under the same care."""
        name = f"{kind}-{sum(one.name.startswith(kind) for one in self.workers)}"
        log = self.folder / f"{name}.out"
        worker = Worker(
            name, command, self.environment, log, port=port, between=between
        )
        self.workers.append(worker)
        return worker.start()

    async def coordinator(self, *words: str) -> tuple[int, str]:
        """Run one command of the operator's; give its exit code and what it wrote."""
        process = await asyncio.create_subprocess_exec(
            *_COORDINATOR,
            *words,
            cwd=ROOT,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(ENOUGH_S):
            said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    async def stop(self) -> dict[str, int]:
        """Tell every process to end in order; say how each did."""
        codes = await asyncio.gather(*(one.stop() for one in self.workers))
        return {
            one.name: code
            for one, code in zip(self.workers, codes, strict=True)
            if code
        }


@asynccontextmanager
async def fleet(connection: Connection, folder: Path) -> AsyncIterator[Fleet]:
    """Give a fleet, of which no process outlives the block."""
    made = Fleet(connection, folder)
    try:
        yield made
    finally:
        await asyncio.gather(*(one.kill() for one in made.workers))
