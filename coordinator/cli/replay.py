"""
`coordinator replay`: every decision made again from the intake.

With `--verify` the log is compared with it, byte for byte; without, the decisions are
written. Nothing is sent and nothing is kept: a replay has nothing to do either with.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated

from typer import Exit, Option, echo

from coordinator.cli import options
from coordinator.cli.failures import DIFFERENT
from coordinator.cli.home import Home, home_at
from coordinator.cli.progress import Advance, progress
from coordinator.cli.screen import put_value
from coordinator.evaluation.replay import Replay, Replayed
from coordinator.evaluation.replay import replay as replay_all
from coordinator.events import Rejected
from coordinator.protocol import Decision, State, apply, decide
from coordinator.runtime.port import StoreError
from coordinator.runtime.step import record_of

__all__ = ["replay"]

# How often the bar moves: often enough to be seen, too seldom to cost.
_SHOWN_EVERY = 500


def replay(
    *,
    verify: Annotated[
        bool, Option("--verify", help="Compare with the log, and say identical or not.")
    ] = False,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Decide the whole log again."""
    with home_at(home) as looked_at:
        if not verify:
            for decision in _decide_again(_rows(looked_at)):
                put_value(decision)
            return
        with progress("decisions", total=None, is_quiet=False) as done:
            found = replay_all(_counted(_rows(looked_at), done))
    if json:
        put_value(_as_record(found))
    else:
        echo(_as_line(found))
    if found.difference is not None:
        raise Exit(DIFFERENT)


def _rows(looked_at: Home) -> Iterator[Replayed]:
    """
    Read the log with each row's intake record made again.

    Raises:
        StoreError: A row holds what cannot have been written.
    """
    for entry in looked_at.store.log(checked=False):
        try:
            record = record_of(entry, looked_at.versions.__getitem__)
        except KeyError:
            missing = f"decided under {entry.profile}, which this home does not hold"
        except Rejected:
            missing = "its event cannot be read as one"
        else:
            yield Replayed(entry.position, record, entry.decision_bytes)
            continue
        message = (
            f"{looked_at.folder}: row {entry.position} of the log ({entry.key}, seq"
            f" {entry.seq}): {missing}; the store is damaged, put a backup in its place"
        )
        raise StoreError(message)


def _counted(rows: Iterable[Replayed], done: Advance) -> Iterator[Replayed]:
    for number, row in enumerate(rows, 1):
        if number % _SHOWN_EVERY == 0:
            done(_SHOWN_EVERY)
        yield row


def _decide_again(rows: Iterable[Replayed]) -> Iterator[Decision]:
    states: dict[str, State] = {}
    for row in rows:
        state = states.setdefault(row.record.key, State(row.record.key))
        decision = decide(state, row.record)
        apply(state, row.record, decision)
        yield decision


def _as_record(found: Replay) -> dict[str, object]:
    difference = found.difference
    record: dict[str, object] = {
        "verdict": "identical" if difference is None else "different",
        "count": found.identical,
        "of_other_engines": found.of_other_engines,
        "digest": found.digest,
    }
    if difference is not None:
        record |= {
            "position": difference.position,
            "case": difference.key,
            "seq": difference.seq,
            "members": difference.members,
        }
    return record


def _as_line(found: Replay) -> str:
    """Say it in one line; what other engines decided is counted apart."""
    others = found.of_other_engines
    beside = f", {others:,} of other engines not verified" if others else ""
    difference = found.difference
    if difference is None:
        return (
            f"identical: {found.identical:,} decisions{beside}, sha256 {found.digest}"
        )
    members = ", ".join(difference.members) or "the same members, written otherwise"
    return (
        f"different: at position {difference.position} of the log, {difference.key} seq"
        f" {difference.seq}: {members}; the {found.identical:,} before it are"
        f" identical{beside}"
    )
