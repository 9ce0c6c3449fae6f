"""
Measuring side by side on a machine that has other things to do as well.

Whatever is compared runs in turn, again and again, so that a slow minute of the
machine is a slow minute for all. Of the repeats the best one counts, for all alike:
what disturbs a run only ever makes it slower.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

__all__ = ["Stopwatch", "WrongRunError", "best_rates", "fresh_folder", "percentile"]


class WrongRunError(Exception):
    """What ran is not what was to be measured; its figure would say nothing."""


class Stopwatch:
    """Counts the seconds of each piece that runs inside it."""

    def __init__(self) -> None:
        self.laps: list[float] = []

    @property
    def seconds(self) -> float:
        """All laps together."""
        return sum(self.laps)

    @contextmanager
    def lap(self) -> Iterator[None]:
        """Time one piece."""
        begun = perf_counter()
        yield
        self.laps.append(perf_counter() - begun)


def best_rates(
    repeats: int, runs: Mapping[str, Callable[[], float]]
) -> dict[str, float]:
    """
    Run each in turn, so many times, and give the highest rate of each.

    A run gives its own rate, as it knows what of it is preparation. Garbage of what
    ran before is collected first, and is not its affair.
    """
    best = dict.fromkeys(runs, 0.0)
    for _ in range(repeats):
        for name, run in runs.items():
            gc.collect()
            best[name] = max(best[name], run())
    return best


def percentile(values: Iterable[float], percent: int) -> float:
    """Give the smallest of the values that so many percent do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(1, rank) - 1]


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """Give a folder on the project's disk: one in memory would sync nothing."""
    with TemporaryDirectory(prefix=".work-", dir=Path(__file__).parent) as folder:
        yield Path(folder)
