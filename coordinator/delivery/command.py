"""
Deliveries to a program on this machine: one run each, the event on its stdin.

Its exit code 0 means taken, any other that it was not taken this time. It runs without
a shell; the delivery's id is in its environment. What it writes goes to our stderr.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from coordinator.delivery.errors import NotTakenError
from coordinator.events import OperatorError

__all__ = ["Command"]

DELIVERY: Final = "COORDINATOR_DELIVERY"
"""The variable that holds the delivery's id: the same at each try."""

_LIMIT_S: Final = 60.0
_FAREWELL_S: Final = 5.0


class Command:
    """
    A program that takes deliveries.

    Args:
        words: The program and its arguments.
        environment: All that it gets, but for the delivery's id.
        limit_s: How long one run may take; seconds. Then it is ended, with all that it
            started.
    """

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        limit_s: float = _LIMIT_S,
    ) -> None:
        self._words = words
        self._environment = environment
        self._limit_s = limit_s

    async def deliver(self, delivery: str, body: bytes) -> None:
        """
        Hand a delivery over; see `Webhook.deliver`.

        Raises:
            NotTakenError: It was not taken.
            OperatorError: The program cannot be started.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=sys.stderr,
                env={**self._environment, DELIVERY: delivery},
                start_new_session=True,
            )
        except OSError as error:
            message = f"the command cannot be started ({error.strerror})"
            raise OperatorError(message) from None
        try:
            async with asyncio.timeout(self._limit_s):
                await process.communicate(body)
        except TimeoutError:
            message = f"the command took longer than {self._limit_s:g} s"
            raise NotTakenError(message) from None
        finally:
            if process.returncode is None:
                await _end(process)
        if process.returncode != 0:
            message = f"the command ended with {process.returncode}"
            raise NotTakenError(message)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a program and all that it started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    async with asyncio.timeout(_FAREWELL_S):
        await process.wait()
