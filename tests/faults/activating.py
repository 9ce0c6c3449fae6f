"""
An activation that is killed at each of its steps in turn: a program of its own.

    python activating.py FOLDER PROFILE FIRST STRIDE

It copies FOLDER/home to FOLDER/<n> for n = FIRST, FIRST + STRIDE, …, and in each copy
a process of its own activates PROFILE and is killed right before the nth statement that
it has its database do. It writes each n, and ends with the first that is not killed.
"""

import os
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

from coordinator.bootstrap import activate
from coordinator.settings import Settings

connect = sqlite3.connect


class Killer:
    """Ends the process, as `kill -9` does, before the nth statement."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def connect(self, *arguments: Any, **named: Any) -> sqlite3.Connection:  # noqa: ANN401 - as the module has it
        """Connect, and count what is done from then on."""
        connection: sqlite3.Connection = connect(*arguments, **named)
        connection.set_trace_callback(self._count)
        return connection

    def _count(self, _: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def activated(settings: Settings, nth: int) -> bool:
    """Activate in a process of its own; tell whether it lived to the end."""
    child = os.fork()
    if child == 0:
        sqlite3.connect = Killer(nth).connect  # type: ignore[assignment]
        activate(settings)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def main() -> None:
    """Kill one activation after the other."""
    folder, profile, first, stride = Path(sys.argv[1]), *sys.argv[2:]
    for nth in count(int(first), int(stride)):
        home = folder / str(nth)
        copytree(folder / "home", home)
        lived = activated(Settings(home=home, profile=profile), nth)
        sys.stdout.write(f"{nth}\n")
        if lived:
            return


if __name__ == "__main__":
    main()
