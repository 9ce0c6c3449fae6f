"""What the event that moves a case says, in no more room than it has."""

from copy import deepcopy
from typing import Any

import pytest

from coordinator.events.fields import MAX_TEXT
from coordinator.protocol import Profile, profile_from_value
from coordinator.protocol.compare import differences
from coordinator.runtime.memory import MemoryStore
from coordinator.runtime.migration import foreseen, is_open
from coordinator.runtime.step import Step
from tests.contract.telling import T0, Teller, packaged, step_on, tell


@pytest.fixture
def step() -> Step:
    """Give a step in memory."""
    return step_on(MemoryStore())


def version(changes: dict[str, Any]) -> Profile:
    """Derive version 2; `changes` maps obligations to other words, None: away."""
    value = deepcopy(dict(packaged().value)) | {"version": 2}
    for name, says in changes.items():
        if says is None:
            del value["obligations"][name]
        else:
            value["obligations"][name]["says"] = says
    return profile_from_value(value)


def opened(step: Step, people: int) -> str:
    """Open a case with obligations for so many people; give its reference."""
    teller = Teller(1)
    first_five = [teller.first, *teller.rest()[:4]]
    step.take(first_five, T0)
    for number in range(people):
        found = teller.event(
            "victim.identified",
            "police",
            person=f"P-{number}",
            language="th",
            age_band="adult",
            immediate_needs=[],
        )
        (outcome,) = step.take([found], T0)
        assert outcome.verdict == "accepted"
    return teller.case


def test_first_what_ends_then_what_stays_then_what_differs(step: Step) -> None:
    """Each open obligation has a line, and then each difference."""
    after = version({"provide_adviser": None, "assess_danger": "look"})
    move = foreseen(step.state(opened(step, 1)), after.rules)
    lines = move.difference.splitlines()
    owed = [one for one in step.state(move.case).obligations.values() if one.open]
    words = [one.words for one in differences(packaged().spec, after.spec)]

    assert lines[0] == (
        "provide_adviser of justice for person P-0: ends, nz-2009/2 has no such"
        " obligation"
    )
    stays = lines[1 : len(owed)]
    assert all(line.endswith("; its ladder stays") for line in stays)
    assert (
        "assess_danger of police for person P-0: stays, due 2026-03-02T22:15:00.000Z;"
        " its ladder stays"
    ) in stays
    assert "inform_minister of labour for the case: stays, due " in "\n".join(stays)
    assert lines[len(owed) :] == words


def test_a_long_text_is_cut_and_says_how_much_is_left_out(step: Step) -> None:
    """Whole lines are kept, as many as fit; the others are counted."""
    after = version(dict.fromkeys(packaged().spec.obligations, "x" * 100))
    move = foreseen(step.state(opened(step, 1)), after.rules)
    first, *kept, rest = move.difference.splitlines()
    owed = [one for one in step.state(move.case).obligations.values() if one.open]
    words = [one.words for one in differences(packaged().spec, after.spec)]
    left = len(words) - len(kept)

    assert len(move.difference) <= MAX_TEXT
    assert first.startswith(f"{len(owed)} stay, each with its due time and ladder: ")
    assert "inform_compensation_right (3)" in first
    assert kept == words[: len(kept)]
    assert rest == f"… and {left} more; see `coordinator protocol diff`"


def test_what_differs_is_not_left_out_for_a_long_list_of_what_stays(step: Step) -> None:
    """What ends is told one by one, what stays is counted, what differs is told."""
    after = version({"provide_adviser": None})
    move = foreseen(step.state(opened(step, 12)), after.rules)
    *ends, stay, version_of, gone = move.difference.splitlines()

    assert len(ends) == sum("ends" in line for line in ends) == 12
    assert "assess_danger (12)" in stay
    assert (version_of, gone) == ("version 1 → 2", "T19b provide_adviser is gone")


def test_where_not_even_what_ends_fits_it_says_where_to_look(step: Step) -> None:
    """What is left out is counted, and can be looked up."""
    after = version({"provide_adviser": None})
    move = foreseen(step.state(opened(step, 30)), after.rules)
    *kept, rest = move.difference.splitlines()

    assert len(move.difference) <= MAX_TEXT
    assert all("ends" in line for line in kept)
    assert rest.endswith(
        " more; see `coordinator obligations` and `coordinator protocol diff`"
    )


def test_a_case_in_which_nothing_is_owed_says_so(step: Step) -> None:
    """The text is never empty."""
    teller = Teller(1)
    step.take([teller.first], T0)
    closed = teller.event("suspicion.closed", "police", reason="no_case")
    step.take([closed], T0)
    move = foreseen(step.state(teller.case), version({"protect": None}).rules)

    assert move.difference.startswith("Nothing is owed in the case.\n")


def test_a_case_is_open_until_it_ends_and_nothing_is_owed(step: Step) -> None:
    """A case that was closed with something left to do is still open."""
    step.take(tell(1), T0)
    over = Teller(2)
    step.take([over.first], T0)
    assert is_open(step.state(Teller(1).case))
    assert is_open(step.state(over.case))
    closed = over.event("suspicion.closed", "police", reason="no_case")
    step.take([closed], T0)
    assert not is_open(step.state(over.case))
    again = over.event(
        "suspicion.reported",
        "customs",
        observer_role="officer",
        context="visa",
        indicators=["i"],
    )
    step.take([again], T0)
    assert is_open(step.state(over.case))
