"""
What a running bus shows: each decision as it is durable, each page as it goes out.

The terminal is the first channel that pages go to. Handing one over means that it was
written: a terminal that is paused, or gone, fails the page, and the ladder goes on.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final, Literal

from coordinator.cli.narrator import Narrator
from coordinator.cli.speaker import Speaker
from coordinator.events import decode
from coordinator.runtime.clock import Clock
from coordinator.runtime.port import PageItem
from coordinator.runtime.step import Outcome, Step, Submission

__all__ = ["Teller"]

# A terminal writes a line in far less; one that takes longer has been paused.
_PATIENCE_S: Final = 1.0


class Teller:
    """
    A bus's listener, and the channel of its pages.

    Args:
        narrator: Has the words.
        speaker: Says them.
        clock: The bus's.
        step: Knows every protocol version, and each key's.
    """

    name = "terminal"

    def __init__(
        self,
        narrator: Narrator,
        speaker: Speaker,
        *,
        clock: Clock,
        step: Step,
    ) -> None:
        self._narrator = narrator
        self._speaker = speaker
        self._clock = clock
        self._step = step
        self._is_stuck = False

    def heard(
        self, submissions: Sequence[Submission], outcomes: Sequence[Outcome]
    ) -> None:
        """Tell a transaction's decisions, in order."""
        now = self._clock.now()
        for submission, outcome in zip(submissions, outcomes, strict=True):
            self._speaker.say(partial(self._tell, submission, outcome, now))

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Write a page; it failed where that does not end, or nobody reads."""
        rules = self._step.state(page.key).rules
        if rules is None:  # A page is of a key that has decisions, so of its version.
            return "failed"
        # Once a wait was in vain the next pages do not hold up the bus as well.
        is_paused = self._is_stuck and self._speaker.is_behind
        self._speaker.say(partial(self._narrator.tell_page, page, rules))
        self._is_stuck = is_paused or not self._speaker.has_said_all(_PATIENCE_S)
        return "failed" if self._is_stuck else "sent"

    def _tell(self, submission: Submission, outcome: Outcome, now: datetime) -> None:
        """Put one outcome into words; in the speaker's thread."""
        if outcome.problem is not None:
            self._narrator.tell_rejected(outcome.problem, now)
        elif outcome.decision is not None:
            event = submission.event or decode(submission.raw)
            rules = self._step.rules(outcome.decision["profile"])
            self._narrator.tell(event, outcome.decision, rules)
