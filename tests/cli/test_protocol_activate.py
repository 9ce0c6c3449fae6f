"""A version of the protocol comes into force, with and without a running bus."""

import json
from pathlib import Path

import pytest

from coordinator.bootstrap import deciding
from tests.cli.homes import Run, Told
from tests.cli.running import answer, running
from tests.cli.test_run import SERVES, SUSPICION
from tests.cli.versions import changed, second


def versions(run: Run) -> dict[str, str]:
    """Give each case's version as `coordinator cases` shows it."""
    return {one["case"]: one["profile"] for one in run("cases", "--json").values}


def test_what_opens_afterwards_opens_under_it(
    told: Told, run: Run, tmp_path: Path
) -> None:
    """The new version is for new cases; an open one keeps its own."""
    ran = run("protocol", "activate", second(tmp_path))
    suspicion = {"observer_role": "o", "context": "visa", "indicators": ["x"]}
    new = told.bus.send("suspicion.reported", "customs", suspicion).decision
    old = told.bus.send("suspicion.reported", "customs", suspicion, case=told.case)

    assert ran.code == 0
    assert ran.out.startswith("nz-2009/2 is active, in place of nz-2009/1.\n")
    assert new is not None
    assert old.decision is not None
    assert (new["profile"], old.decision["profile"]) == ("nz-2009/2", "nz-2009/1")
    assert versions(run) == {told.case: "nz-2009/1", new["case"]: "nz-2009/2"}
    assert run("replay", "--verify").out.startswith("identical:")


@pytest.mark.usefixtures("told")
def test_it_says_what_changes_with_it(run: Run, tmp_path: Path) -> None:
    """The differences come in words, all of them for programs."""
    (said,) = run("protocol", "activate", second(tmp_path), "--json").values

    assert said["before"] == "nz-2009/1"
    assert (said["active"], said["changed"]) == ("nz-2009/2", True)
    assert any("provide_adviser" in one for one in said["differences"])
    assert any("inform_minister" in one for one in said["differences"])


@pytest.mark.usefixtures("told")
def test_activating_what_is_active_changes_nothing(run: Run, tmp_path: Path) -> None:
    """Done again it says so, is no error, and adds nothing to the log."""
    file = second(tmp_path)
    run("protocol", "activate", file)
    before = run("log", "--json").out
    again = run("protocol", "activate", file)
    (said,) = run("protocol", "activate", file, "--json").values

    assert (again.code, again.err) == (0, "")
    assert again.out == "nz-2009/2 is active already; nothing was changed.\n"
    assert (said["changed"], said["differences"]) == (False, [])
    assert run("log", "--json").out == before


def test_the_plan_and_the_agencies_follow_it(
    told: Told, run: Run, tmp_path: Path
) -> None:
    """Their standing scopes are decided by the active version, and open no more."""
    run("protocol", "activate", second(tmp_path))

    rows = [one for one in run("log", "--json").values if ":" in one["case"]]
    scopes = {one["case"] for one in rows}
    with deciding(told.bus.settings) as desk:
        followed = {desk.step.state(scope).rules for scope in scopes}
        assert followed == {desk.step.rules("nz-2009/2")}
    assert {"plan:nz-2009", "agency:police"} < scopes
    assert len(rows) == 2 * len(scopes)
    assert not any(one["opened"] for one in rows[len(scopes) :])


@pytest.mark.usefixtures("told")
def test_an_older_version_can_come_back(run: Run, tmp_path: Path) -> None:
    """It is kept, and going back is an activation like any other."""
    run("protocol", "activate", second(tmp_path))
    back = run("protocol", "activate", "nz-2009")

    assert back.out.startswith("nz-2009/1 is active, in place of nz-2009/2.\n")
    assert run("replay", "--verify").out.startswith("identical:")


@pytest.mark.usefixtures("told")
def test_other_content_takes_another_version(run: Run, tmp_path: Path) -> None:
    """A reference means one content for ever; the error says what mends it."""
    run("protocol", "activate", changed(tmp_path, 2))
    run("protocol", "activate", changed(tmp_path, 3))
    before = run("log", "--json").out
    ran = run("protocol", "activate", second(tmp_path), "--json")

    assert (ran.code, ran.out) == (4, "")
    assert ran.problem["rule"] == "version_taken"
    assert "give it version 4" in ran.problem["detail"]
    assert run("log", "--json").out == before


@pytest.mark.usefixtures("told")
def test_a_profile_with_a_fault_is_not_activated(run: Run, tmp_path: Path) -> None:
    """Its line is named, and nothing of it is kept."""
    faulty = changed(tmp_path, 2, "ladders:\n  standard: {rungs: []}\n")
    ran = run("protocol", "activate", faulty)

    assert (ran.code, ran.out) == (4, "")
    assert f"{Path(faulty).name}:" in ran.err
    assert ran.err.count("\n") == 1
    assert run("protocol", "activate", second(tmp_path)).code == 0


def test_a_new_home_begins_with_it(run: Run, home: Path, tmp_path: Path) -> None:
    """Nothing else was ever active there."""
    ran = run("protocol", "activate", second(tmp_path))

    assert ran.out == "nz-2009/2 is active; the home is new.\n"
    assert home.is_dir()
    assert {one["profile"] for one in run("log", "--json").values} == {"nz-2009/2"}


def test_a_running_bus_takes_it_over(tmp_path: Path) -> None:
    """Without a restart, new cases open under it; and it says so as it happens."""
    with running(tmp_path) as run:
        run.until(SERVES)
        old = answer(tmp_path, *SUSPICION, "--json")
        done = answer(tmp_path, "protocol", "activate", second(tmp_path))
        run.until("coordinator: protocol.activated")
        new = answer(tmp_path, *SUSPICION, "--json")
        run.until("owed     customs: T1")
        cases = answer(tmp_path, "cases", "--json")
        taken = answer(tmp_path, "protocol", "activate", changed(tmp_path, 2), "--json")
        assert run.stop() == 0

    assert done.stdout.startswith("nz-2009/2 is active, in place of nz-2009/1.\n")
    shown = [json.loads(line) for line in cases.stdout.splitlines()]
    assert {one["case"]: one["profile"] for one in shown} == {
        json.loads(old.stdout)["case"]: "nz-2009/1",
        json.loads(new.stdout)["case"]: "nz-2009/2",
    }
    assert json.loads(taken.stderr)["rule"] == "version_taken"
    assert answer(tmp_path, "replay", "--verify").stdout.startswith("identical:")
