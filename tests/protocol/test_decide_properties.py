"""Promises of `decide` for any history of any key."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.evaluation.replay import Replayed, replay
from coordinator.protocol import State, apply, decide
from tests.protocol.histories import KEYS, History, moves
from tests.protocol.promises import Promises, fingerprint


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=100)
@given(data=st.data())
def test_any_history_keeps_the_promises(key: str, data: st.DataObject) -> None:
    """
    Whatever arrives, `decide` keeps what `promises.py` lists.

    It changes nothing it reads and gives the same twice; a log record applied again
    changes nothing; a replay of the history gives the history.
    """
    state, promises = State(key), Promises()
    rows: list[Replayed] = []
    history = History(key, state)
    before = fingerprint(state)
    for move in data.draw(moves(key)):
        record = history.next_record(move)
        if record is None:
            continue
        decision = decide(state, record)
        written = orjson.dumps(decision)

        assert orjson.dumps(decide(state, record)) == written
        assert fingerprint(state) == before

        apply(state, record, decision)
        after = fingerprint(state)
        promises.take(decision, record.event, state)
        apply(state, record, decision)

        assert fingerprint(state) == after
        if decision["verdict"] in ("duplicate", "refused") and not decision["pages"]:
            assert _without_place(after) == _without_place(before)
        history.note(decision)
        rows.append(Replayed(len(rows) + 1, record, written))
        before = after
    again = replay(rows)

    assert (again.identical, again.difference) == (len(rows), None)


def _without_place(printed: list[object]) -> list[object]:
    """Leave out what every record moves: rules, seq and at."""
    return printed[:1] + printed[4:]
