"""
One event alone: from bytes to a durable decision, nothing else waiting.

Every event is a transaction of its own, and so is every row of the bare disk. The two
take turns, a few dozen at a time, on two files of the same disk.
"""

import gc
from collections.abc import Sequence
from typing import Final

from bench.bare import append, bare_log, row_of
from bench.figure import Companion, Figure, Goal
from bench.flow import Batch, batches
from bench.home import new_home, step_on, take
from bench.measuring import Stopwatch, fresh_folder, percentile
from bench.sizes import Sizes

__all__ = ["single"]

_TURN: Final = 50


def single(sizes: Sizes) -> list[Figure]:
    """Compare rate and 99th percentile with a bare commit of the same row."""
    load = [
        Batch(batch.received_at, [raw])
        for batch in batches(sizes.single_cases, sizes.single_cases)
        for raw in batch.raws
    ]
    runs = [_run(load) for _ in range(sizes.repeats)]
    ours = [one for one, _ in runs]
    bare = [other for _, other in runs]
    how = f"best of {sizes.repeats} runs of {len(load):,} events, in turns of {_TURN}"
    return [
        Figure(
            "one event alone, from bytes to durable decision",
            max(len(load) / watch.seconds for watch in ours),
            "events/s",
            Companion(
                "bare SQLite commit of the same row",
                max(len(load) / watch.seconds for watch in bare),
            ),
            Goal(0.7),
            how,
        ),
        Figure(
            "one event alone, 99th percentile",
            min(percentile(watch.laps, 99) for watch in ours) * 1000,
            "ms",
            Companion(
                "bare SQLite commit of the same row",
                min(percentile(watch.laps, 99) for watch in bare) * 1000,
            ),
            Goal(3, at_least=False),
            how,
        ),
        Figure(
            "one event alone, median",
            min(percentile(watch.laps, 50) for watch in ours) * 1000,
            "ms",
            Companion(
                "bare SQLite commit of the same row",
                min(percentile(watch.laps, 50) for watch in bare) * 1000,
            ),
            how=how,
        ),
    ]


def _run(load: Sequence[Batch]) -> tuple[Stopwatch, Stopwatch]:
    ours, bare = Stopwatch(), Stopwatch()
    with (
        fresh_folder() as folder,
        new_home(folder) as store,
        bare_log(folder) as connection,
    ):
        step = step_on(store)
        gc.collect()
        for start in range(0, len(load), _TURN):
            for batch in load[start : start + _TURN]:
                with ours.lap():
                    take(step, batch)
            rows = [row_of(entry) for entry in store.log(after=start)]
            for row in rows:
                with bare.lap():
                    append(connection, [row])
    return ours, bare
