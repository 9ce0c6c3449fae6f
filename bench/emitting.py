"""
Many at once: tasks that each send one event, wait for its decision, and send the next.

What waits while the disk confirms goes into the next transaction, so that emitters who
know nothing of one another share its cost. Beside it: the same events, a hundred a
commit, by the step itself.
"""

import asyncio
from typing import Final

from bench.embedded import COMMIT
from bench.figure import Companion, Figure, Goal
from bench.flow import BEGINNING, STEPS, Batch, batches, case
from bench.home import accepted, new_home, step_on, take_all
from bench.measuring import Stopwatch, best_rates, fresh_folder
from bench.sizes import Sizes
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.embedded.bus import Bus
from coordinator.runtime.step import Submission

__all__ = ["emitting"]

_LEAST: Final = 0.8


def emitting(sizes: Sizes) -> list[Figure]:
    """Compare concurrent emitters with the batched rate."""
    cases = sizes.emitters * sizes.emitter_cases
    load = [case(number) for number in range(cases)]
    shares = [load[task :: sizes.emitters] for task in range(sizes.emitters)]
    together = batches(cases, COMMIT)
    best = best_rates(
        sizes.repeats,
        {
            "alone": lambda: cases * STEPS / _seconds_emitting(shares),
            "batched": lambda: cases * STEPS / _seconds_batched(together),
        },
    )
    return [
        Figure(
            f"{sizes.emitters} concurrent emitters, one event at a time each",
            best["alone"],
            "events/s",
            Companion(f"the same events, {COMMIT} a commit", best["batched"]),
            Goal(_LEAST),
            f"best of {sizes.repeats} in turn; {cases * STEPS:,} events each",
        )
    ]


def _seconds_emitting(shares: list[list[list[bytes]]]) -> float:
    watch = Stopwatch()
    with fresh_folder() as folder, new_home(folder) as store:
        bus = Bus(step_on(store), store, ManualClock(BEGINNING))
        with watch.lap():
            asyncio.run(_emit_all(bus, shares))
    return watch.seconds


async def _emit_all(bus: Bus, shares: list[list[list[bytes]]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for share in shares:
            tasks.create_task(_emit(bus, share))


async def _emit(bus: Bus, share: list[list[bytes]]) -> None:
    for events in share:
        for raw in events:
            accepted(await bus.submit(Submission(raw)))


def _seconds_batched(together: list[Batch]) -> float:
    watch = Stopwatch()
    with fresh_folder() as folder, new_home(folder) as store:
        step = step_on(store)
        with watch.lap():
            take_all(step, together)
    return watch.seconds
