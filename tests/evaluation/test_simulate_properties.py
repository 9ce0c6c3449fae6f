"""Promises of a simulation, whoever says what and whoever is not reached."""

from collections.abc import Iterable
from datetime import timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.evaluation.replay import Replayed, replay
from coordinator.evaluation.simulate import Simulation, Step
from coordinator.events import parse_time
from coordinator.protocol import Record, State
from tests.golden.stories import nz_2009
from tests.protocol.histories import KEYS, START, History, Move, moves
from tests.protocol.profiles import modern
from tests.protocol.promises import Promises

Pairs = set[tuple[str, str]]
KEY = KEYS[0]
ROLES = {
    *(
        (agency, role)
        for agency in ("police", "labour", "customs", "justice", "msd")
        for role in ("key_contact", "senior_official")
    ),
    ("working-group", "working-group"),
}
UNREACHABLE = st.sets(st.sampled_from(sorted(ROLES))) | st.just(ROLES)


@pytest.mark.parametrize("version", [1, 2])
@settings(max_examples=40)
@given(said=moves(KEY), unreachable=UNREACHABLE)
def test_a_simulation_keeps_the_promises(
    version: int, said: tuple[Move, ...], unreachable: Pairs
) -> None:
    """
    With timers that fire by themselves and pages that fall through, all of it holds.

    No obligation is left with a rung that nobody heard of, but the last, of which the
    operator is told; a replay gives the same records.
    """
    rules = (nz_2009() if version == 1 else modern()).rules
    bus = Simulation(rules, unreachable=unreachable)
    bus.states[KEY] = state = State(KEY)
    history, promises = History(KEY, state), Promises()
    rows: list[Replayed] = []
    alarmed: set[str | None] = set()

    def check(steps: Iterable[Step]) -> None:
        for step in steps:
            if step.decision is None or step.event is None:
                continue
            promises.take(step.decision, step.event, state)
            history.note(step.decision)
            alarmed.update(one["obligation"] for one in step.decision["alarms"])
            at = parse_time(step.decision["at"])
            record = Record(KEY, at, rules, step.event, contact_known=True)
            rows.append(Replayed(len(rows) + 1, record, orjson.dumps(step.decision)))
        assert _unheard(state, unreachable) <= alarmed

    for move in said:
        record = history.next_record(move)
        if record is not None:
            check(bus.take(record.event.raw))
    check(bus.run_until(max(history.at, START) + timedelta(days=3)))
    again = replay(rows)

    assert (again.identical, again.difference) == (len(rows), None)


def _unheard(state: State, unreachable: Pairs) -> set[str]:
    """Find obligations whose latest rung reached nobody at all."""
    pages = {page_id: page.agency for page_id, page in state.pages.items()}
    found = set()
    for owed in state.obligations.values():
        if owed.open and owed.firing is not None:
            role = owed.rules.ladder.rung(owed.firing.rung).role
            reached = {(pages[one], role) for one in owed.firing.pages}
            if reached <= unreachable:
                found.add(owed.id)
    return found
