"""
Deciding, key by key, with the states that it takes.

A state is a fold of its key's log, so one that is not at hand is folded again, and any
may be let go at any time.
"""

from collections.abc import Callable, Iterable

from coordinator.protocol import Decision, Record, State, apply, decide, received_at

__all__ = ["Decider", "History", "folded"]

STATES_KEPT = 200_000
"""States kept in memory; the one that was used longest ago is let go first."""

History = Callable[[str], Iterable[tuple[Record, Decision]]]
"""Reads what was decided under a key, in order."""


class Decider:
    """
    Decides records, and remembers what follows from them.

    Args:
        history: Read for a key whose state is not at hand.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._states: dict[str, State] = {}

    def state(self, key: str) -> State:
        """Give a key's state; what `history` raises is raised."""
        state = self._states.pop(key, None)
        if state is None:
            state = folded(key, self._history(key))
            if len(self._states) >= STATES_KEPT:
                del self._states[next(iter(self._states))]
        self._states[key] = state  # last used, last let go
        return state

    def decide(self, record: Record) -> tuple[Record, Decision]:
        """Decide a key's next record, given back with its receipt as it counts."""
        state = self.state(record.key)
        record = record._replace(received_at=received_at(state, record))
        decision = decide(state, record)
        apply(state, record, decision)
        return record, decision

    def forget(self, keys: Iterable[str]) -> None:
        """Let states go, since what they rest on was not kept or is not all."""
        for key in keys:
            self._states.pop(key, None)

    def keys(self) -> list[str]:
        """List the keys whose states are at hand."""
        return list(self._states)


def folded(key: str, history: Iterable[tuple[Record, Decision]]) -> State:
    """Fold a key's state from what was decided under it."""
    state = State(key)
    for record, decision in history:
        apply(state, record, decision)
    return state
