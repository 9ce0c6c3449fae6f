"""
Having something decided by the process that decides for a home, from another one.

It blocks: its users are commands, which have nothing else to do meanwhile.
"""

import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from coordinator.events import OperatorError, Problem, TransientError
from coordinator.protocol import Profile
from coordinator.runtime.activation import Activation
from coordinator.runtime.embedded.door import at_door
from coordinator.runtime.embedded.wire import (
    LARGEST,
    LENGTH,
    NotOursError,
    activation_of,
    answered,
    asked,
    framed,
    migrations_of,
    outcomes_of,
)
from coordinator.runtime.migration import Migration
from coordinator.runtime.step import Outcome, Submission

__all__ = ["DoorBrokenError", "ask_to_activate", "ask_to_migrate", "send"]

# A transaction takes milliseconds, and a locked database is waited for for seconds.
_TIMEOUT_S: Final = 30.0
# What goes into one message where it need not be one: a transaction's worth.
_MOST: Final = 500
_MOST_BYTES: Final = 8 * 1024 * 1024
# In base64 four bytes for three, and room for the rest of the message.
_LARGEST_EVENT: Final = LARGEST // 4 * 3 - 4096


class DoorBrokenError(TransientError):
    """The process that decides went away before it answered; send again."""


def send(
    home: Path, submissions: Sequence[Submission], *, keep: bool = True
) -> list[Outcome] | None:
    """
    Have events decided by the process that decides for a home.

    Args:
        home: The folder.
        submissions: Bytes and senders, in order; any number. The coordinator's own
            events do not come through the door.
        keep: False decides and keeps nothing; all must then fit one message.

    Returns:
        Their outcomes, durable; None where no process serves this home. What is too
        large even for a message is answered here, and not kept.

    Raises:
        DoorBrokenError: It went away before it answered; nothing is known.
        OperatorError: The door cannot be reached, or a dry run is too large.
        StoreFault, StoreError: It said so: the events were not kept, or not all.
    """
    with _at_the_door(home) as line:
        if line is None:
            return None
        return [
            outcome
            for message in _messages(submissions, at_once=not keep)
            for outcome in _asked(line, message, keep=keep)
        ]


def ask_to_activate(home: Path, profile: Profile) -> Activation | None:
    """
    Have a profile made the active one by the process that decides for a home.

    Gives None and raises as `send` does; raises what `activation.activate` does.
    """
    with _at_the_door(home) as line:
        if line is None:
            return None
        message = framed({"activate": profile.value})
        return answered(_exchanged(line, message), activation_of)


def ask_to_migrate(home: Path, cases: Sequence[str], to: str) -> list[Migration] | None:
    """
    Have cases moved to a kept version by the process that decides for a home.

    Gives None and raises as `send` does; raises what `migration.migrate` does.
    """
    with _at_the_door(home) as line:
        if line is None:
            return None
        message = framed({"migrate": list(cases), "to": to})
        return answered(_exchanged(line, message), migrations_of)


@contextmanager
def _at_the_door(home: Path) -> Iterator[socket.socket | None]:
    """
    Come to the door, and have what breaks there said in one way.

    None where nobody listens.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            yield line if _connect(line, home) else None
        except (OSError, struct.error, NotOursError) as error:
            message = f"{home}: the running bus went away before it answered; try again"
            raise DoorBrokenError(message) from error


def _connect(line: socket.socket, home: Path) -> bool:
    # Python's own time-out would not wait while others stand before the door: the
    # system's does. Source: connect(2), EAGAIN.
    wait = struct.pack("@ll", int(_TIMEOUT_S), 0)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)
    try:
        with at_door(home) as address:
            line.connect(address)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        return False
    except PermissionError as error:
        message = f"{home}: is not yours to send to ({error.strerror})"
        raise OperatorError(message) from error
    line.settimeout(_TIMEOUT_S)
    return True


def _messages(
    submissions: Sequence[Submission], *, at_once: bool
) -> Iterator[Sequence[Submission]]:
    if at_once:
        yield submissions
        return
    some: list[Submission] = []
    size = 0
    for one in submissions:
        if some and (len(some) == _MOST or size + len(one.raw) > _MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(one)
        size += len(one.raw)
    if some:
        yield some


def _asked(
    line: socket.socket, submissions: Sequence[Submission], *, keep: bool
) -> list[Outcome]:
    if len(submissions) == 1 and len(submissions[0].raw) > _LARGEST_EVENT:
        problem = Problem.of("oversize", "it is too large even to be turned away")
        return [Outcome(None, None, problem)]
    message = framed(asked(submissions, keep=keep))
    if len(message) > LARGEST:
        too_large = "a dry run takes less at once; try a part of it"
        raise OperatorError(too_large)
    return answered(_exchanged(line, message), outcomes_of)


def _exchanged(line: socket.socket, message: bytes) -> bytes:
    line.sendall(message)
    (length,) = LENGTH.unpack(_exactly(line, LENGTH.size))
    return _exactly(line, length)


def _exactly(line: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        some = line.recv(count - len(received))
        if not some:
            message = "the other side closed the connection"
            raise ConnectionError(message)
        received += some
    return bytes(received)
