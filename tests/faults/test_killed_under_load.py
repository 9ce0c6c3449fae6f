"""A process that decides may die at any moment: nothing answered is lost or doubled."""

import random
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from coordinator.bootstrap import reading, versions_of
from coordinator.evaluation.replay import Replayed, replay
from coordinator.events import made_id
from coordinator.protocol import Decision
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.port import Entry
from coordinator.runtime.step import record_of
from coordinator.settings import Settings

LOAD = Path(__file__).with_name("load.py")
ROOT = Path(__file__).parents[2]


def killed(home: Path, start: datetime, first: int, after_lines: int) -> list[int]:
    """Run the load from an event on, kill it behind so many answers, give those."""
    command = [sys.executable, str(LOAD), str(home), str(start.timestamp()), str(first)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    ) as child:
        assert child.stdout is not None
        answered = []
        for line in child.stdout:
            number, verdict = line.split()
            assert verdict in (b"accepted", b"duplicate")
            answered.append(int(number))
            # What it wrote before it died counts as well, so the pipe is emptied.
            if len(answered) == after_lines:
                child.kill()
        return answered


def decisions(entries: list[Entry]) -> list[Decision]:
    """Read the log's decisions."""
    return [orjson.loads(entry.decision_bytes) for entry in entries]


def campaign(home: Path, rounds: int, seed: int) -> None:
    """Kill the load so many times, and look at what is kept."""
    chance = random.Random(seed)
    start = SystemClock().now()
    answered: set[int] = set()
    for _ in range(rounds):
        first = next(n for n in range(len(answered) + 1) if n not in answered)
        answered.update(killed(home, start, first, chance.randrange(1, 200)))
    with reading(Settings(home=home)) as store:
        entries = list(store.log())
        versions = {name: one.rules for name, one in versions_of(store).items()}
    made = decisions(entries)
    accepted = Counter(
        one["input"]["id"] for one in made if one["verdict"] == "accepted"
    )

    assert {made_id("load", number) for number in answered} <= accepted.keys()
    assert max(accepted.values()) == 1
    assert_fired_once(made)
    rows = (
        Replayed(
            entry.position, record_of(entry, versions.__getitem__), entry.decision_bytes
        )
        for entry in entries
    )
    again = replay(rows)

    assert (again.identical, again.difference) == (len(entries), None)


def assert_fired_once(made: list[Decision]) -> None:
    """Every rung was paged once; none due by its key's last record is left."""
    set_for: dict[tuple[str, int], str] = {}
    case_of: dict[str, str] = {}
    last_at: dict[str, str] = {}
    paged: Counter[tuple[str, int, str]] = Counter()
    for one in made:
        last_at[one["case"]] = one["at"]
        taken = {
            rung for rung, at in set_for.items()
            if case_of[rung[0]] == one["case"] and at <= one["at"]
        }  # fmt: skip
        for page in one["pages"]:
            if page["obligation"] is not None and page["rung"] is not None:
                rung = page["obligation"], page["rung"]
                assert rung in taken
                paged[*rung, set_for[rung]] += 1
        for rung in taken:
            del set_for[rung]
        shut = {closed["id"] for closed in one["closed"]}
        set_for = {rung: at for rung, at in set_for.items() if rung[0] not in shut}
        for timer in one["timers"]:
            case_of[timer["obligation"]] = one["case"]
            set_for[timer["obligation"], timer["rung"]] = timer["at"]

    assert paged
    assert max(paged.values()) == 1
    assert all(at > last_at[case_of[rung[0]]] for rung, at in set_for.items())


def test_what_was_answered_is_kept_through_kills(tmp_path: Path) -> None:
    """Three kills under load: each answer stands once, each deadline fired once."""
    campaign(tmp_path, rounds=3, seed=1)


@pytest.mark.faults_long
@pytest.mark.parametrize("seed", range(3))
def test_what_was_answered_is_kept_through_many_kills(
    tmp_path: Path, seed: int
) -> None:
    """Thirty kills under load, in three homes: the same."""
    campaign(tmp_path, rounds=10, seed=seed)
