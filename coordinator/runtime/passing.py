"""Which deadlines have passed, as the coordinator's own events."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from coordinator.events import deadline_passed
from coordinator.runtime.port import DueTimer, Timers
from coordinator.runtime.step import Submission

__all__ = ["passed"]

# One transaction's worth.
_BATCH: Final = 500


def passed(
    timers: Timers, now: datetime, *, without: Collection[str] = ()
) -> list[Submission]:
    """
    Say which deadlines have passed; some of them.

    One for a key, as its decision takes every rung of the key due by then. Empty when
    none has, keys `without` aside.
    """
    first: dict[str, DueTimer] = {}
    limit = _BATCH
    while not first:
        rows = timers.due(now, limit)
        for timer in rows:
            if timer.key not in without:
                first.setdefault(timer.key, timer)
        if len(rows) < limit:
            break
        limit *= 2
    return [
        Submission(
            event=deadline_passed(
                key=key, obligation=due.obligation, rung=due.rung, due=due.at, at=now
            )
        )
        for key, due in first.items()
    ]
