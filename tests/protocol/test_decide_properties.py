"""Promises of `decide` for any history of any key."""

import orjson
import pytest
from hypothesis import given, settings

from coordinator.evaluation.replay import Replayed, replay
from coordinator.protocol import State, apply, decide
from tests.protocol.histories import KEYS, MOVES, History, Move
from tests.protocol.promises import Ledger, fingerprint


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=100)
@given(moves=MOVES)
def test_any_history_keeps_the_promises(key: str, moves: tuple[Move, ...]) -> None:
    """
    Whatever arrives, `decide` keeps what `promises.py` lists.

    It changes nothing it reads, gives the same twice, and a replay of the history
    gives the history.
    """
    state, ledger, rows = State(key), Ledger(), []
    history = History(key, state)
    for move in moves:
        record = history.next_record(move)
        if record is None:
            continue
        before = fingerprint(state)
        decision = decide(state, record)
        written = orjson.dumps(decision)

        assert orjson.dumps(decide(state, record)) == written
        assert fingerprint(state) == before

        apply(state, record, decision)
        after = fingerprint(state)
        ledger.take(decision, record, state)
        apply(state, record, decision)

        assert fingerprint(state) == after
        if decision["verdict"] in ("duplicate", "refused") and not decision["pages"]:
            assert _without_place(after) == _without_place(before)
        history.note(decision)
        rows.append(Replayed(len(rows) + 1, record, written))
    again = replay(rows)

    assert (again.identical, again.difference) == (len(rows), None)


def _without_place(printed: list[object]) -> list[object]:
    """Leave out what every record moves: rules, seq and at."""
    return printed[:1] + printed[4:]
