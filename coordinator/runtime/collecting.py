"""How often Python looks for garbage, in a process that decides."""

import gc

__all__ = ["collect_seldom"]


def collect_seldom() -> None:
    """
    Have Python look for garbage cycles less often.

    States live on and hold no cycles, but each full collection walks them all: that
    was a quarter of an event's cost, and grew with the number of cases at hand.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)
