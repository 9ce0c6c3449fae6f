"""
The right to decide for a home: one process at a time has it.

It is a lock on a file (flock), which the system takes back the moment its holder is
gone, however that ends: there is nothing to time out and nothing to clean up. The
file itself stays; what is written in it only tells people whom they wait for.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from coordinator.events import OperatorError

__all__ = ["HomeBusyError", "hold"]

_NAME: Final = "deciding.lock"


class HomeBusyError(OperatorError):
    """
    Another process decides for this home.

    `pid` is that process; None where it has not said yet.
    """

    def __init__(self, home: Path, pid: int | None) -> None:
        who = "another process" if pid is None else f"another process (pid {pid})"
        super().__init__(
            f"{home}: {who} decides for this home; stop it first, or name another home"
        )
        self.home = home
        self.pid = pid


@contextmanager
def hold(home: Path, wait_s: float = 0.0) -> Iterator[None]:
    """
    Have the right to decide for a home; it is made if it is not there.

    Args:
        home: The folder; only its owner may enter it.
        wait_s: How long to wait for another process that has the right, in seconds.

    Raises:
        HomeBusyError: Another process still has it.
        OperatorError: The folder cannot be made or written.
    """
    try:
        _make(home)
        fd = os.open(home / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        message = f"{home}: cannot be used as a home ({error.strerror})"
        raise OperatorError(message) from error
    try:
        if not (_try(fd) or (wait_s > 0 and _wait(fd, wait_s))):
            raise HomeBusyError(home, _read_pid(fd))
        with suppress(OSError):  # a full disk: people are not told whom they wait for
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)  # which gives the right back


def _make(home: Path) -> None:
    """Make the folder so that it is still there after a power cut."""
    if home.is_dir():
        return
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    above = os.open(home.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(above)
    finally:
        os.close(above)


def _try(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(fd: int, wait_s: float) -> bool:
    """
    Wait in the kernel's queue, which lets go at the very moment it is our turn.

    flock takes no time-out, so a thread waits, on a descriptor of its own for the same
    open file. Given up, it ends when its turn comes, and by closing the last descriptor
    gives that turn away.
    """
    ours = threading.Event()
    same = os.dup(fd)

    def block() -> None:
        try:
            fcntl.flock(same, fcntl.LOCK_EX)
            ours.set()
        finally:
            os.close(same)

    threading.Thread(target=block, name=_NAME, daemon=True).start()
    return ours.wait(wait_s)


def _read_pid(fd: int) -> int | None:
    said = os.pread(fd, 32, 0).decode("ascii", "replace").strip()
    return int(said) if said.isdecimal() else None
