"""
Homes full of timers, made through the step and the store's own port.

A suspicion that nobody follows up sets four: a reminder after 45 minutes and the rungs
of its ladder. Received 45 minutes before an instant, it has its reminder due then; and
so real cases, of one decision each, have timers due whenever they are wanted.

Timers that nobody waits for are many to a case, as no real case would have them, so
that a million take seconds to make: entries whose decisions set a thousand each, given
to `Store.append`. They are rows like any others. No state of theirs is ever folded,
since the first of them is due tomorrow.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import orjson

from bench.flow import suspicion
from bench.home import accepted
from coordinator.bootstrap import Desk
from coordinator.events import format_time, made_id
from coordinator.protocol import Decision
from coordinator.runtime.port import NewEntry
from coordinator.runtime.step import Submission

__all__ = ["fill", "set_due"]

_REMINDER_AFTER: Final = timedelta(minutes=45)
_AT_ONCE: Final = 500
_OF_ONE_CASE: Final = 1_000
_DAY: Final = timedelta(days=1)
_DAYS: Final = 365


def set_due(desk: Desk, dues: Sequence[datetime]) -> None:
    """Begin a real case for each instant, with its reminder due then."""
    start = 0
    for due, same in groupby(dues):
        received_at = due - _REMINDER_AFTER
        numbers = range(start, start + len(list(same)))
        start = numbers.stop
        for piece in range(numbers.start, numbers.stop, _AT_ONCE):
            some = numbers[piece - numbers.start :][:_AT_ONCE]
            raws = [suspicion(number, received_at) for number in some]
            _begin(desk, raws, received_at)


def fill(desk: Desk, timers: int, today: datetime) -> None:
    """Set so many timers at instants spread over a year from tomorrow on."""
    chance = random.Random(timers)
    like = _begin(desk, [suspicion(0, today)], today)
    for case in range(timers // _OF_ONE_CASE):
        desk.store.append([_entry(case, today, like, chance)])


def _begin(desk: Desk, raws: list[bytes], at: datetime) -> Decision:
    """Have suspicions decided, and give the last decision."""
    outcomes = desk.step.take([Submission(raw) for raw in raws], at)
    return [accepted(outcome) for outcome in outcomes][-1]


def _entry(
    case: int, today: datetime, like: Decision, chance: random.Random
) -> NewEntry:
    """Give the only entry of a case that sets a thousand timers."""
    key = f"TP-BENCH-{case}"
    event_id = made_id("bench filling", case)
    decision = like.copy()
    decision["case"], decision["seq"] = key, 1
    decision["timers"] = [
        {
            "obligation": made_id(key, number),
            "rung": 1,
            "at": format_time(today + _DAY + chance.random() * _DAYS * _DAY),
        }
        for number in range(_OF_ONE_CASE)
    ]
    return NewEntry(
        key=key,
        seq=1,
        event_id=event_id,
        received_at=today,
        profile=decision["profile"],
        sender=None,
        contact_known=None,
        event=b"{}",
        decision=decision,
        decision_bytes=orjson.dumps(like),
    )
