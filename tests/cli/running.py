"""A `coordinator run` in a process of its own, read a line at a time."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Run", "answer", "running"]

# Nothing is waited for so long; a run that hangs is ended, and its test fails.
_HANGS_S = 60.0


class Run:
    """
    The process, with what it has written so far; stderr comes in among stdout.

    `lines` are all lines read, without their ends.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []

    def until(self, part: str) -> str:
        """Read until a line with this in it; the end of the output is a failure."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if part in line:
                return self.lines[-1]
        written = "\n".join(self.lines)
        message = f"it ended without {part!r}:\n{written}"
        raise AssertionError(message)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, read the rest, and give the exit code."""
        self.process.send_signal(number)
        assert self.process.stdout is not None
        self.lines += [line.rstrip("\n") for line in self.process.stdout]
        return self.process.wait()


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Run]:
    """Start `coordinator run` in a folder; end it with the block."""
    process = subprocess.Popen(
        _command("run", *arguments),
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watchdog = threading.Timer(_HANGS_S, process.kill)
    watchdog.start()
    try:
        with process:
            try:
                yield Run(process)
            finally:
                process.kill()
    finally:
        watchdog.cancel()


def answer(
    folder: Path, *arguments: str, home: str | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run another command to its end; `home` is the environment's."""
    return subprocess.run(
        _command(*arguments),
        cwd=folder,
        env=_environment() | ({"COORDINATOR_HOME": home} if home else {}),
        capture_output=True,
        text=True,
        timeout=_HANGS_S,
        check=False,
    )


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "coordinator.cli", *arguments]


def _environment() -> dict[str, str]:
    """Give the surroundings without settings of ours, and with the package's place."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COORDINATOR_")
    }
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2])}
