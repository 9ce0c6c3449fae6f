"""
An activation may be killed at any of its steps: the old version holds, or the new one.

It is never half in force, nothing is stamped with a version that is not kept, and
activating again completes it.
"""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from coordinator.bootstrap import activate, reading, submit, versions_of
from coordinator.evaluation.replay import Replayed, replay
from coordinator.events import example, made_id
from coordinator.runtime.port import Store
from coordinator.runtime.step import Submission, record_of, state_of
from coordinator.settings import Settings
from tests.cli.versions import second

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("activating.py")
VERSIONS = {"nz-2009/1", "nz-2009/2"}


def suspicion(number: int) -> Submission:
    """Make a suspicion that begins a case of its own."""
    told = example("suspicion.reported") | {"id": made_id(number)}
    told.pop("subject", None)
    return Submission(raw=orjson.dumps(told))


def killed(folder: Path, profile: str, first: int, stride: int) -> list[Path]:
    """Kill an activation at some of its steps; give the homes that it left."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), profile, str(first), str(stride)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        timeout=300,
    )
    return [folder / line for line in done.stdout.decode().split()]


def assert_whole(store: Store) -> str:
    """All of the store goes by one version or the other; give the active one."""
    versions = {name: one.rules for name, one in versions_of(store).items()}
    active = store.active_profile()
    assert active in VERSIONS
    rows = list(store.log())
    used = {row.profile for row in rows}
    used |= {orjson.loads(row.decision_bytes)["profile"] for row in rows}
    assert used <= versions.keys()
    standing = {row.key for row in rows if ":" in row.key}
    followed = {state_of(store, key, versions).rules for key in standing}
    assert followed == {versions[active]}
    again = replay(
        Replayed(row.position, record_of(row, versions.__getitem__), row.decision_bytes)
        for row in rows
    )
    assert (again.identical, again.difference) == (len(rows), None)
    return active


def assert_mends(home: Path, profile: str) -> str:
    """Look at what a kill left, go on with it, and give the version it left active."""
    settings = Settings(home=home, profile=profile)
    with reading(settings) as store:
        left = assert_whole(store)
    (outcome,) = submit(settings, [suspicion(2)])
    assert outcome.decision is not None
    assert outcome.decision["profile"] == left
    assert activate(settings) == (left, "nz-2009/2")
    with reading(settings) as store:
        assert assert_whole(store) == "nz-2009/2"
        standing = [row for row in store.log() if ":" in row.key]
    assert len(standing) == 2 * len({row.key for row in standing})
    return left


def campaign(folder: Path, first: int, stride: int) -> None:
    """Kill an activation step by step, and look at every home that is left."""
    submit(Settings(home=folder / "home"), [suspicion(1)])
    profile = second(folder)
    left = [
        assert_mends(one, profile) for one in killed(folder, profile, first, stride)
    ]

    assert set(left) == VERSIONS
    assert left == sorted(left)  # once it is in force, it stays in force


def test_an_activation_is_whole_wherever_it_is_killed(tmp_path: Path) -> None:
    """At every seventh of its steps."""
    campaign(tmp_path, first=3, stride=7)


@pytest.mark.faults_long
def test_an_activation_is_whole_at_each_of_its_steps(tmp_path: Path) -> None:
    """At every single one."""
    campaign(tmp_path, first=1, stride=1)
