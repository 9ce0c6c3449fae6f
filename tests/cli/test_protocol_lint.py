"""`coordinator protocol lint`: findings a line each, and how the command ends."""

from pathlib import Path

import pytest

from tests.cli.homes import Run
from tests.golden.stories import PACKAGED

BROKEN = Path(__file__).parents[1] / "protocol" / "broken"


@pytest.mark.parametrize("name", ["nz-2009", "nz-modern"])
def test_a_packaged_profile_is_clean(run: Run, name: str) -> None:
    """One line says what was looked at; there is nothing to mend."""
    ran = run("protocol", "lint", name)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{name}/1: 75 events, ")
    assert ": all clean (explored " in ran.out
    assert ran.out.count("\n") == 1


def test_a_finding_is_a_line_with_its_place(run: Run) -> None:
    """The file and line, what is wrong, what would mend it; and exit code 1."""
    ran = run("protocol", "lint", str(BROKEN / "gates_in_a_circle.yaml"))

    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("gates_in_a_circle.yaml:11: rule investigation.commenced")
    assert ran.out.endswith("; break the circle\n")


def test_a_profile_of_the_wrong_shape_is_a_finding_too(run: Run) -> None:
    """It is told in the same way, and nothing was explored."""
    (value,) = run(
        "protocol", "lint", str(BROKEN / "duplicate_key.yaml"), "--json"
    ).values

    assert value["findings"] == [
        {
            "file": "duplicate_key.yaml",
            "line": 11,
            "problem": "duplicate key 'due', first on line 10; give it once",
        }
    ]
    assert (value["profile"], value["states"]) == (None, 0)


def test_for_programs_it_is_one_value(run: Run) -> None:
    """Findings, counts, and how much was tried."""
    ran = run("protocol", "lint", "nz-2009", "--json")
    (value,) = ran.values

    assert (ran.code, value["profile"], value["findings"]) == (0, "nz-2009/1", [])
    assert (value["events"], value["obligations"], value["ladders"]) == (75, 32, 4)
    assert value["states"] > 100
    assert value["decisions"] > value["states"]


def test_rules_that_no_scenario_meets_are_found(run: Run, tmp_path: Path) -> None:
    """Another folder of scenarios stands in place of the packaged ones."""
    events = (PACKAGED / "item-18.ndjson").read_bytes()
    (tmp_path / "item-18.ndjson").write_bytes(events)
    ran = run("protocol", "lint", "nz-2009", "--scenarios", str(tmp_path))

    assert ran.code == 1
    assert "rule rehabilitation_right.informed.1" not in ran.out
    assert "rule safe_house.placed.1 (after danger.assessed) is met by no" in ran.out
    assert all(line.startswith("nz_2009.yaml:") for line in ran.out.splitlines())


def test_a_folder_without_scenarios_is_refused(run: Run, tmp_path: Path) -> None:
    """Nothing would be met; that is said, and not taken for a fault of the profile."""
    ran = run("protocol", "lint", "nz-2009", "--scenarios", str(tmp_path))

    assert ran.code == 4
    assert f"{tmp_path}: no scenarios; name a folder" in ran.err


def test_a_profile_that_is_not_there(run: Run) -> None:
    """The valid names are given."""
    ran = run("protocol", "lint", "nz-2010")

    assert ran.code == 4
    assert "valid: nz-2009, nz-modern" in ran.err
