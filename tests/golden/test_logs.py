"""What follows from the stories and is kept: their events, and whole logs."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from coordinator.evaluation.simulate import Step
from coordinator.events import Problem
from coordinator.protocol import Decision
from tests.golden.stories import GOLDEN, read_scenario, scenario_files
from tests.golden.telling import play, simulation

TOOL = GOLDEN.parents[1] / "tools" / "write_golden.py"
AWAKE = [path for path in scenario_files() if not read_scenario(path).asleep]


def test_what_is_kept_is_what_the_stories_give() -> None:
    """Events and logs are those kept, byte for byte; the tool shows what differs."""
    found = subprocess.run(
        [sys.executable, str(TOOL), "--check"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )

    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@pytest.mark.parametrize("path", AWAKE, ids=lambda path: path.stem)
def test_the_events_alone_give_the_same_decisions(path: Path) -> None:
    """A simulation of the kept events decides as the story that they came from."""
    scenario = read_scenario(path)
    bus = simulation(scenario)
    steps = [
        step
        for raw in path.with_suffix(".ndjson").read_bytes().splitlines()
        for step in bus.take(raw)
    ]
    last = max(entry.at for story in scenario.stories for entry in story.story)
    steps += bus.run_until(scenario.start + last)

    assert _told(steps) == _told(play(path).steps)


def _told(steps: Sequence[Step]) -> list[tuple[Decision | None, Problem | None]]:
    return [(step.decision, step.problem) for step in steps]


@pytest.mark.parametrize("path", scenario_files(), ids=lambda path: path.stem)
def test_no_log_breaks_what_holds_for_every_decision(path: Path) -> None:
    """Ids are given once, refusals explain themselves, nobody hears from oneself."""
    decisions = [step.decision for step in play(path).steps if step.decision]
    made = [made_id for decision in decisions for made_id in _ids(decision)]

    assert len(made) == len(set(made))
    for decision in decisions:
        refused = decision["verdict"] == "refused"
        emitter = decision["input"]["source"].rpartition(":")[2]
        for member in (decision["rule"], decision["cite"], decision["detail"]):
            assert bool(member) is refused
        assert emitter not in [one["to"] for one in decision["deliveries"]]
        assert orjson.loads(orjson.dumps(decision)) == decision


def _ids(decision: Decision) -> list[str]:
    return [
        *(one["id"] for one in decision["deliveries"]),
        *(one["id"] for one in decision["opened"]),
        *(one["id"] for one in decision["pages"]),
        *(one["id"] for one in decision["alarms"]),
        *(one["id"] for one in decision["notices"]),
    ]
