"""Open cases go over to another version, and it is said what that does to them."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from coordinator import bootstrap
from coordinator.runtime.migration import Migration
from coordinator.settings import Settings
from tests.cli.homes import Run, Told
from tests.cli.running import answer, running
from tests.cli.test_run import SERVES, SUSPICION
from tests.cli.versions import changed, second

SUSPECTED = {"observer_role": "o", "context": "visa", "indicators": ["x"]}
BRIEFED = {
    "briefing_ref": "B1",
    "kind": "initial",
    "officer_role": "adviser",
    "method": "paper",
}
DANGER = {"victim_risk": "high", "family_risk": "low"}


@pytest.fixture
def activated(told: Told, run: Run, tmp_path: Path) -> Told:
    """Give a home with a case under the first version, and the second one active."""
    assert run("protocol", "activate", second(tmp_path)).code == 0
    return told


def test_a_case_goes_over(activated: Told, run: Run) -> None:
    """What the version lacks ends; all else keeps its due time; new rules follow."""
    case = activated.case
    before = {one["id"]: one for one in run("obligations", "--json").values}
    (said,) = run("protocol", "migrate", case.lower(), "--json").values
    after = {one["id"]: one for one in run("obligations", "--json").values}
    moved = run("log", "--case", case, "--json").values[-1]
    answered = activated.bus.send(
        "adviser.assigned",
        "justice",
        {"adviser_ref": "a-1", "trained": True},
        case=case,
        person="p-1",
    )

    assert (said["from"], said["to"], said["verdict"]) == (
        "nz-2009/1",
        "nz-2009/2",
        "accepted",
    )
    assert said["difference"].startswith(
        "provide_adviser of justice for person p-1: ends, nz-2009/2 has no such"
        " obligation\n"
    )
    assert (
        "assess_danger of police for person p-1: stays, due 2026-"
        in (said["difference"])
    )
    assert [one["how"] for one in moved["closed"]] == ["superseded"]
    assert before.keys() - after.keys() == {one["id"] for one in moved["closed"]}
    assert all(after[one]["due"] == before[one]["due"] for one in after)
    assert answered.decision is not None
    assert answered.decision["profile"] == "nz-2009/2"
    assert answered.decision["opened"] == []


def test_looking_shows_the_version_a_case_is_on(activated: Told, run: Run) -> None:
    """From the move on, though the case had no other record since."""
    run("protocol", "migrate", activated.case)

    assert [one["profile"] for one in run("cases", "--json").values] == ["nz-2009/2"]
    assert "Protocol nz-2009/2." in run("case", activated.case).out.splitlines()


def test_a_migrated_home_replays_identically(
    activated: Told, run: Run, tmp_path: Path
) -> None:
    """Old and new cases, moved, moved on and back again, after restarts as well."""
    bus, case = activated.bus, activated.case
    bus.send("suspicion.reported", "customs", SUSPECTED)
    bus.send("minister.informed", "labour", BRIEFED, case=case)
    assert run("protocol", "migrate", case).code == 0
    bus.send("danger.assessed", "police", DANGER, case=case, person="p-1")
    bus.wait(hours=30)
    run("protocol", "activate", changed(tmp_path, 3))
    assert run("protocol", "migrate", "--all-open").code == 0
    bus.wait(hours=30)
    assert run("protocol", "migrate", case, "--to", "nz-2009/1").code == 0
    bus.send("suspicion.reported", "police", SUSPECTED, case=case)
    (found,) = run("replay", "--verify", "--json").values
    rows = [one for one in run("log", "--json").values if one["case"] == case]

    assert found["verdict"] == "identical"
    assert rows[-1]["profile"] == "nz-2009/1"
    assert {one["profile"] for one in rows} == {"nz-2009/1", "nz-2009/2", "nz-2009/3"}
    assert run("cases", "--json").values[1]["profile"] == "nz-2009/3"


def test_every_open_case_goes_over(activated: Told, run: Run) -> None:
    """Those on the version already, and those that are over, are left alone."""
    bus = activated.bus
    new = bus.send("suspicion.reported", "customs", SUSPECTED).decision
    over = bus.send("suspicion.reported", "police", SUSPECTED).decision
    assert new is not None
    assert over is not None
    closed = bus.send(
        "suspicion.closed", "police", {"reason": "no_case"}, case=over["case"]
    )
    run("protocol", "activate", "nz-2009")
    said = run("protocol", "migrate", "--all-open", "--json").values
    again = run("protocol", "migrate", "--all-open")

    assert closed.verdict == "accepted"
    assert [(one["case"], one["to"]) for one in said] == [(new["case"], "nz-2009/1")]
    assert (again.code, again.out) == (0, "")
    assert again.err == "No open case is on another version than nz-2009/1.\n"
    assert run("protocol", "migrate", over["case"]).code == 0


def test_a_dry_run_says_the_same_and_moves_nothing(activated: Told, run: Run) -> None:
    """Its text is the one that the event will have."""
    before = run("log", "--json").out
    dry = run("protocol", "migrate", activated.case, "--dry-run")
    (said,) = run("protocol", "migrate", activated.case, "--dry-run", "--json").values
    assert run("log", "--json").out == before
    done = run("protocol", "migrate", activated.case)

    assert dry.err == "A dry run: nothing was moved.\n"
    assert (dry.code, dry.out, said["verdict"]) == (0, done.out, None)


def test_the_text_is_kept_in_the_case(activated: Told, run: Run) -> None:
    """The diff is on record, as the event's own."""
    (said,) = run("protocol", "migrate", activated.case, "--json").values
    event = run("log", "--intake", "--case", said["case"], "--json").values[-1]["event"]

    assert event["data"] == {
        "from": "nz-2009/1",
        "to": "nz-2009/2",
        "difference": said["difference"],
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "or --all-open; give one"),
        (["{case}", "--all-open"], "or --all-open; give one"),
        (["{case}", "--to", "nz-2009/9"], "it takes nz-2009/1 or nz-2009/2"),
        (["{case}", "--to", "nz-2009/1"], "is on nz-2009/1 already"),
        (["TP-00000-00000-0"], "nothing is here"),
        (["TP-00000"], "not a case reference"),
        (["plan:nz-2009"], "no case but a scope"),
        (["{case}", "agency:police"], "no case but a scope"),
    ],
)
def test_what_cannot_be_moved_is_said(
    activated: Told, run: Run, arguments: list[str], says: str
) -> None:
    """In one line; and then none of them is moved."""
    before = run("log", "--json").out
    asked = [one.format(case=activated.case) for one in arguments]
    ran = run("protocol", "migrate", *asked)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert run("log", "--json").out == before


def test_a_case_moved_meanwhile_is_left_alone(
    activated: Told, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes second changes nothing, and hears so."""
    move = bootstrap.migrate

    def twice(settings: Settings, cases: Sequence[str], to: str) -> list[Migration]:
        move(settings, cases, to)
        return move(settings, cases, to)

    monkeypatch.setattr(bootstrap, "migrate", twice)
    ran = run("protocol", "migrate", activated.case)

    assert ran.code == 0
    assert ran.out == f"{activated.case}  is on nz-2009/2 already\n"


def test_a_running_bus_moves_cases(tmp_path: Path) -> None:
    """And decides by the new version from the next record on, without a restart."""
    with running(tmp_path) as run:
        run.until(SERVES)
        case = json.loads(answer(tmp_path, *SUSPICION, "--json").stdout)["case"]
        answer(tmp_path, "protocol", "activate", second(tmp_path))
        moved = answer(tmp_path, "protocol", "migrate", case, "--json")
        run.until("coordinator: protocol.migrated")
        answer(tmp_path, *SUSPICION, "--case", case)
        log = answer(tmp_path, "log", "--case", case, "--json")
        assert run.stop() == 0

    assert json.loads(moved.stdout)["verdict"] == "accepted"
    assert [json.loads(line)["profile"] for line in log.stdout.splitlines()] == [
        "nz-2009/1",
        "nz-2009/1",
        "nz-2009/2",
    ]
    assert answer(tmp_path, "replay", "--verify").stdout.startswith("identical:")
