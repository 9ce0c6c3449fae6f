"""
How many obligations are open and past due: a number for the metrics.

It is counted from a mirror's log, in the background, and then kept up with what comes.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from coordinator.events import parse_time
from coordinator.protocol import Decision
from coordinator.runtime.desk import Desk
from coordinator.runtime.port import Store
from coordinator.runtime.step import Outcome, Submission

__all__ = ["Overdue"]

# Rows looked at before others in the event loop have their turn.
_SLICE: Final = 500


class Overdue:
    """
    Follows what is opened and closed.

    Args:
        store: A mirror's.
        desk: Tells of what comes.
    """

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._open: dict[str, datetime] = {}

    async def run(self) -> None:
        """Count what there is; what comes is heard of from then on."""
        position = last = 0
        for row in self._store.log():
            self._take(orjson.loads(row.decision_bytes))
            position = row.position
            if position - last >= _SLICE:
                last = position
                await asyncio.sleep(0)
        # Nothing can come in between: the mirror is written in this event loop.
        self._desk.listen(self._hear)

    def count(self, now: datetime) -> int:
        """Count what is past due at an instant."""
        return sum(due < now for due in self._open.values())

    def _hear(self, _: Sequence[Submission], outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.decision is not None:
                self._take(outcome.decision)

    def _take(self, decision: Decision) -> None:
        for opened in decision["opened"]:
            self._open[opened["id"]] = parse_time(opened["due"])
        for closed in decision["closed"]:
            self._open.pop(closed["id"], None)
