"""What tests look up in a home: of their own cases only, as others may be there too."""

from collections.abc import Sequence

from coordinator.bootstrap import versions_of
from coordinator.evaluation.replay import Replayed, replay
from coordinator.events import parse_time
from coordinator.protocol import Decision
from coordinator.runtime.port import DueTimer, Rejection, Store
from coordinator.runtime.step import Outcome, record_of

__all__ = [
    "assert_replays",
    "decision_of",
    "log_of",
    "rejected_since",
    "timers_of",
    "verdicts",
]

_FAR = parse_time("2999-01-01T00:00:00.000Z")
_ALL = 100_000


def verdicts(outcomes: Sequence[Outcome]) -> list[str]:
    """List what became of each."""
    return [outcome.verdict for outcome in outcomes]


def decision_of(outcome: Outcome) -> Decision:
    """Give what was decided; that something was is the test's to know."""
    assert outcome.decision is not None
    return outcome.decision


def log_of(store: Store, *keys: str) -> list[tuple[str, int, str | None, bytes, bytes]]:
    """List the rows of cases: key, seq, sender, event, decision."""
    return [
        (row.key, row.seq, row.sender, row.event, row.decision_bytes)
        for key in keys
        for row in store.history(key)
    ]


def timers_of(store: Store, key: str) -> list[DueTimer]:
    """List the timers of a case, in the order in which they come due."""
    return [timer for timer in store.due(_FAR, _ALL) if timer.key == key]


def rejected_since(store: Store, place: int) -> list[Rejection]:
    """List what was rejected since the stream was so long."""
    return list(store.rejected(after=place))


def assert_replays(store: Store) -> None:
    """Decide everything again from what is kept."""
    versions = {name: one.rules for name, one in versions_of(store).items()}
    rows = list(store.log())
    again = replay(
        Replayed(row.position, record_of(row, versions.__getitem__), row.decision_bytes)
        for row in rows
    )
    assert (again.identical, again.difference) == (len(rows), None)
