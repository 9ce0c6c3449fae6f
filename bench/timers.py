"""
Timers: a million that are open, and thousands that fall due in the same instant.

All in real time, on the machine's clock, with the sweeper and the notifier at work as
on a running home. A firing's lateness is the time from its due instant to the moment
its decision is durable; what the disk takes is in it.
"""

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import orjson

from bench.figure import Companion, Figure, Goal
from bench.measuring import Stopwatch, WrongRunError, fresh_folder, percentile
from bench.peer_apscheduler import drain
from bench.sizes import Sizes
from bench.sweeping import Firing, settings_of, sweep
from bench.timer_home import fill, set_due
from coordinator.bootstrap import deciding
from coordinator.runtime.clock import SystemClock

__all__ = ["due_at_once", "open_timers"]

_MS: Final = timedelta(milliseconds=1)
# From the moment timers are set until the first is due: the home has to be running.
_TO_START: Final = timedelta(seconds=4)
# More than this, and the first of many was not waited for.
_MOST_OVERSLEPT_S: Final = 1.0
_BETWEEN_LONE: Final = timedelta(milliseconds=250)
_clock: Final = SystemClock()


class _Ran(NamedTuple):
    """A home that ran in a process of its own."""

    seconds_to_first: float
    resident_bytes: int
    firings: list[Firing]


def open_timers(sizes: Sizes) -> list[Figure]:
    """Measure memory, restart and lateness of a home with very many open timers."""
    with fresh_folder() as folder:
        full, empty = folder / "full", folder / "empty"
        for home, timers in ((full, sizes.open_timers), (empty, 0)):
            with deciding(settings_of(home)) as desk:
                fill(desk, timers, _clock.now())
        on_disk = sum(one.stat().st_size for one in full.iterdir() if one.is_file())
        on_disk -= sum(one.stat().st_size for one in empty.iterdir() if one.is_file())
        runs: dict[Path, list[_Ran]] = {full: [], empty: []}
        for _ in range(sizes.repeats):
            for home, ran in runs.items():
                with deciding(settings_of(home)) as desk:
                    set_due(desk, [_clock.now()])
                ran.append(_run(home, 1))
        late = _lateness(sizes, full)
    resident = {
        home: min(one.resident_bytes for one in ran) for home, ran in runs.items()
    }
    start = {
        home: min(one.seconds_to_first for one in ran) for home, ran in runs.items()
    }
    name = f"{sizes.open_timers:,} open timers: "
    how = f"least of {sizes.repeats} starts of a process, in turn"
    return [
        Figure(
            f"{name}memory of each",
            max(0, resident[full] - resident[empty]) / sizes.open_timers,
            "bytes",
            goal=Goal(1024, of="value", at_least=False),
            how=f"{how}; more RAM than a home without them",
        ),
        Figure(
            f"{name}room on the disk of each",
            on_disk / sizes.open_timers,
            "bytes",
            how="more than a home without them, write-ahead log and all",
        ),
        Figure(
            f"{name}from starting the process to an overdue rung decided",
            start[full],
            "s",
            Companion("a home without them", start[empty]),
            Goal(10, of="value", at_least=False),
            how,
        ),
        *late,
    ]


def _lateness(sizes: Sizes, home: Path) -> list[Figure]:
    """Have timers due one after another, then some with nothing else about."""
    count, begin = sizes.lateness_timers, _clock.now()
    # Setting them takes a transaction each.
    begin += _TO_START + count * _MS
    step = timedelta(seconds=sizes.lateness_s) / count
    spread = [_whole_ms(begin + place * step) for place in range(count)]
    alone = [
        _whole_ms(spread[-1] + (place + 2) * _BETWEEN_LONE)
        for place in range(sizes.alone)
    ]
    with deciding(settings_of(home)) as desk:
        set_due(desk, spread + alone)
    ran = _run(home, count + sizes.alone)
    _check(ran.firings, count + sizes.alone)
    late = {one.due: one.late_s * 1000 for one in ran.firings}
    return [
        Figure(
            f"lateness, {count:,} timers spread over {sizes.lateness_s} s: 99th",
            percentile([late[due] for due in spread if due in late], 99),
            "ms",
            goal=Goal(250, of="value", at_least=False),
            how=f"one run, beside {sizes.open_timers:,} open timers",
        ),
        Figure(
            "lateness of a timer alone: the worst",
            max(late[due] for due in alone),
            "ms",
            goal=Goal(20, of="value", at_least=False),
            how=f"of {sizes.alone}, {_BETWEEN_LONE / _MS:.0f} ms apart",
        ),
    ]


def due_at_once(sizes: Sizes) -> list[Figure]:
    """Have very many due in one instant, beside a scheduler of jobs."""
    few, many = sizes.due_at_once
    ours: list[float] = []
    peer: list[float] = []
    overdue: list[float] = []
    for _ in range(sizes.repeats):
        ours.append(_last_lateness(few))
        overdue.append(_seconds_to_catch_up(few))
        with fresh_folder() as folder:
            peer.append(max(drain(folder, sizes.peer_timers)))
    jobs = f"APScheduler 3.11 on SQLite, {sizes.peer_timers:,} jobs"
    drained = Companion(jobs, sizes.peer_timers / min(peer))
    how = f"best of {sizes.repeats} in turn; each decided and durable, once"
    return [
        Figure(
            f"{few:,} timers due in one instant: the last one's lateness",
            min(ours),
            "s",
            Companion(jobs, min(peer)),
            Goal(0.2, of="value", at_least=False),
            how,
        ),
        Figure(
            f"{few:,} timers due in one instant",
            few / min(ours),
            "drained/s",
            drained,
            Goal(5),
            how,
        ),
        Figure(
            f"{few:,} timers that fell due while the home was down",
            few / min(overdue),
            "drained/s",
            drained,
            how=f"{how}; from opening the home",
        ),
        Figure(
            f"{many:,} timers that fell due while the home was down",
            many / _seconds_to_catch_up(many),
            "drained/s",
            drained,
            Goal(5),
            "one run; each decided and durable, once; from opening the home",
        ),
    ]


def _last_lateness(count: int) -> float:
    """Have timers due on a home that runs, and holds their cases in memory."""
    with fresh_folder() as folder:
        due = _whole_ms(_clock.now() + _TO_START)
        firings = sweep(
            folder / "home", count, before=lambda desk: set_due(desk, [due] * count)
        )
    _check(firings, count)
    late = [one.late_s for one in firings]
    if min(late) > _MOST_OVERSLEPT_S:
        message = "the timers were due before all of them were there"
        raise WrongRunError(message)
    return max(late)


def _seconds_to_catch_up(count: int) -> float:
    """Have timers due on a home that is opened then, and reads every case again."""
    with fresh_folder() as folder:
        home = folder / "home"
        with deciding(settings_of(home)) as desk:
            set_due(desk, [_whole_ms(_clock.now())] * count)
        watch = Stopwatch()
        with watch.lap():
            firings = sweep(home, count)
    _check(firings, count)
    return watch.seconds


def _check(firings: Sequence[Firing], count: int) -> None:
    """Each once: none missed, none repeated."""
    if not len(firings) == len({one.key for one in firings}) == count:
        message = f"{len(firings)} firings of {count} timers"
        raise WrongRunError(message)


def _run(home: Path, count: int) -> _Ran:
    """Run a home in a process of its own until so many rungs were taken."""
    begun = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.sweeping", str(home), str(count)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
    ) as process:
        if process.stdout is None:
            message = "a pipe was asked for"
            raise WrongRunError(message)
        first: dict[str, Any] = orjson.loads(process.stdout.readline())
        seconds = perf_counter() - begun
        last: dict[str, Any] = orjson.loads(process.stdout.read())
    return _Ran(
        seconds,
        first["resident_bytes"],
        [
            Firing(key, datetime.fromisoformat(due), datetime.fromisoformat(durable))
            for key, due, durable in last["firings"]
        ],
    )


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
