"""
Saying things in order without ever waiting for whoever reads them.

A terminal that somebody paused, or a pipe that nobody reads, holds up whoever writes to
it. The bus must not be held up, so a thread of its own does the writing.
"""

from collections.abc import Callable
from queue import Full, Queue
from threading import Event, Thread
from typing import Final

import structlog

__all__ = ["Speaker"]

_log = structlog.get_logger(__name__)

# Enough for any burst a reader catches up with; what is beyond it is in the log.
_WAITING_AT_MOST: Final = 10_000


class Speaker:
    """
    A thread that calls what it is given, one after another.

    Args:
        skipped: Called in its turn with how many were left out, if more waited than
            can.
        gone: Called from the thread, once, when the reader of a pipe went away.
    """

    def __init__(
        self, *, skipped: Callable[[int], object], gone: Callable[[], object]
    ) -> None:
        self._waiting: Queue[Callable[[], object] | None] = Queue(_WAITING_AT_MOST)
        self._skipped = skipped
        self._gone = gone
        self._left_out = 0
        self._is_gone = False
        # A daemon: a paused terminal must not keep the process from ending either.
        self._thread = Thread(target=self._work, name="speaker", daemon=True)
        self._thread.start()

    @property
    def is_gone(self) -> bool:
        """Whether the reader went away."""
        return self._is_gone

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be said."""
        return not self._waiting.empty()

    def say(self, words: Callable[[], object]) -> None:
        """Have `words` called in its turn; it may raise OSError."""
        try:
            self._waiting.put_nowait(words)
        except Full:
            self._left_out += 1

    def has_said_all(self, within_s: float) -> bool:
        """
        Wait until all that was given has been said.

        Returns:
            False where that takes longer, or nobody reads any more.
        """
        done = Event()
        try:
            self._waiting.put(done.set, timeout=within_s)
        except Full:
            return False
        return done.wait(within_s) and not self._is_gone

    def close(self, within_s: float) -> None:
        """Say what waits, for so long at the most, and end."""
        if self.has_said_all(within_s):
            self._waiting.put(None)
            self._thread.join(within_s)

    def _work(self) -> None:
        while (words := self._waiting.get()) is not None:
            try:
                words()
                if self._left_out and self._waiting.empty():
                    count, self._left_out = self._left_out, 0
                    self._skipped(count)
            except BrokenPipeError:
                if not self._is_gone:
                    self._is_gone = True
                    self._gone()
            except OSError:
                # A full disk behind a redirection: the line is in the log all the same,
                # and stderr may be the same file.
                continue
            except Exception as error:  # noqa: BLE001 - the thread's outermost handler
                # A mistake in words must not silence what comes after it.
                _log.error("speaker.unsaid", error=type(error).__name__)
