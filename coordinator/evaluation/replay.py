"""
Replay: every decision of a log, decided again from its intake.

The intake gives the log again, byte for byte; where it does not, the first
difference is named. Records of another engine are counted, not verified: the log
stands.

Source: docs/rules.md, Decisions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, cast

import orjson

from coordinator.protocol import (
    ENGINE,
    Decision,
    LogDigest,
    Record,
    State,
    apply,
    decide,
)

__all__ = ["Difference", "Replay", "Replayed", "differences", "replay"]


class Replayed(NamedTuple):
    """A row to replay: its position in the log, its record, and what was decided."""

    position: int
    record: Record
    decision: bytes


class Difference(NamedTuple):
    """Where a decision made again is not the one in the log."""

    position: int
    key: str
    seq: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Replay:
    """
    What a replay found.

    `digest` is that of the log's decisions, as `LogDigest` has it: the same on every
    runtime. `of_other_engines` were folded as they stand.
    """

    identical: int = 0
    of_other_engines: int = 0
    digest: str = ""
    difference: Difference | None = None


def replay(rows: Iterable[Replayed]) -> Replay:
    """Decide a log's records again, up to the first difference."""
    found = Replay()
    running = LogDigest()
    states: dict[str, State] = {}
    for row in rows:
        state = states.setdefault(row.record.key, State(row.record.key))
        stands = _decision(row.decision)
        if stands is None:
            found.difference = Difference(
                row.position, row.record.key, state.seq + 1, ("not a decision record",)
            )
            break
        if stands["engine"] == ENGINE:
            again = decide(state, row.record)
            if orjson.dumps(again) != row.decision:
                found.difference = Difference(
                    row.position,
                    row.record.key,
                    stands["seq"],
                    tuple(differences(dict(stands), dict(again))),
                )
                break
            found.identical += 1
        else:
            found.of_other_engines += 1
        apply(state, row.record, stands)
        running.take(row.record.key, row.decision)
    found.digest = running.hexdigest()
    return found


def _decision(written: bytes) -> Decision | None:
    """Read a decision back; None for what is none."""
    try:
        read = orjson.loads(written)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(read, dict) or not Decision.__required_keys__ <= read.keys():
        return None
    return cast("Decision", read)


def differences(one: dict[str, object], other: dict[str, object]) -> Iterator[str]:
    """Name the members in which two records differ."""
    for name in {**one, **other}:
        if one.get(name) != other.get(name):
            yield name
