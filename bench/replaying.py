"""
Replay: a log read from its file and every decision made again, against deciding alone.

A row is read, its event decoded, decided, written and compared byte for byte with what
stands in the log, which is then folded: what `coordinator replay --verify` does.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from bench.deciding import admitted, decisions_a_second
from bench.embedded import COMMIT
from bench.figure import Companion, Figure, Goal
from bench.flow import STEPS, batches
from bench.home import new_home, profile, step_on, take_all
from bench.measuring import Stopwatch, WrongRunError, best_rates, fresh_folder
from bench.sizes import Sizes
from coordinator.evaluation.replay import Replayed, replay
from coordinator.runtime.port import Store
from coordinator.runtime.step import record_of

__all__ = ["replaying"]

# How much more a row may cost in a log of twice the size, for "linear".
_GROWTH: Final = 1.1


def replaying(sizes: Sizes) -> list[Figure]:
    """Compare rows replayed a second with decisions a second, at two sizes."""
    small, large = sizes.replay_cases, 2 * sizes.replay_cases
    records = admitted(large)
    with ExitStack() as stack:
        runs: dict[str, Callable[[], float]] = {}
        for name, cases in (("small", small), ("large", large)):
            store = stack.enter_context(new_home(stack.enter_context(fresh_folder())))
            take_all(step_on(store), batches(cases, COMMIT))
            runs[name] = _replaying(store, cases * STEPS)
        runs["decide"] = lambda: decisions_a_second(records)
        best = best_rates(sizes.repeats, runs)
    how = f"best of {sizes.repeats} in turn"
    return [
        Figure(
            f"replay of {large * STEPS:,} rows, verified",
            best["large"],
            "rows/s",
            Companion("decide alone, on the same records", best["decide"]),
            Goal(0.5),
            how,
        ),
        Figure(
            f"replay: a row's cost among {large * STEPS:,} rows",
            1e6 / best["large"],
            "us",
            Companion(f"among {small * STEPS:,} rows", 1e6 / best["small"]),
            Goal(_GROWTH, at_least=False),
            how,
        ),
    ]


def _replaying(store: Store, rows: int) -> Callable[[], float]:
    rules = profile().rules
    versions = {rules.reference: rules}

    def run() -> float:
        watch = Stopwatch()
        with watch.lap():
            found = replay(
                Replayed(
                    entry.position,
                    record_of(entry, versions.__getitem__),
                    entry.decision_bytes,
                )
                for entry in store.log()
            )
        if (found.identical, found.difference) != (rows, None):
            raise WrongRunError(found)
        return rows / watch.seconds

    return run
