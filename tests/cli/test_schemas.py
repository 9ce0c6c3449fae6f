"""The published schemas: written, compared, and true of what is decided."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from coordinator.protocol.decision_schema import decision_schema
from tests.cli.homes import Run

SCHEMAS = Path(__file__).parents[2] / "schemas"


def test_the_repository_holds_the_schemas_as_they_are(run: Run) -> None:
    """What is published is what the program does."""
    ran = run("schemas", "check", str(SCHEMAS))

    assert (ran.code, ran.out) == (0, "")
    assert "all as they should be" in ran.err


def test_what_was_exported_passes_the_check(run: Run, tmp_path: Path) -> None:
    """Exporting writes everything that checking looks for, and leaves the rest."""
    folder = tmp_path / "made" / "schemas"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("ours", encoding="utf-8")

    assert run("schemas", "export", str(folder)).code == 0
    assert run("schemas", "check", str(folder), "--json").values == [
        {"files": len(list(folder.rglob("*.json"))), "different": {}}
    ]
    assert (folder / "README.md").read_text(encoding="utf-8") == "ours"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "decision.json").unlink(), "is missing"),
        (lambda folder: (folder / "decision.json").write_bytes(b"{}"), "differs"),
        (
            lambda folder: (folder / "events" / "no.more.json").write_bytes(b"{}"),
            "is of no known event",
        ),
    ],
)
def test_a_difference_is_named(
    run: Run, tmp_path: Path, change: object, says: str
) -> None:
    """A file that is missing, differs or is left over is named, and what mends it."""
    assert callable(change)
    run("schemas", "export", str(tmp_path))
    change(tmp_path)
    ran = run("schemas", "check", str(tmp_path))

    assert ran.code == 4
    assert says in ran.err
    assert f"run `coordinator schemas export {tmp_path}`" in ran.err
    assert len(run("schemas", "check", str(tmp_path), "--json").values) == 1


def test_several_differences_are_counted(run: Run, tmp_path: Path) -> None:
    """One line names the first and counts the others."""
    run("schemas", "export", str(tmp_path))
    for path in sorted((tmp_path / "events").iterdir())[:3]:
        path.unlink()

    assert "is missing, and 2 more" in run("schemas", "check", str(tmp_path)).err


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    """Nothing to compare with is a mistake of usage."""
    ran = run("schemas", "check", str(tmp_path / "none"))

    assert ran.code == 2
    assert "no such folder" in ran.err


@pytest.mark.usefixtures("told")
def test_decisions_fit_their_schema(run: Run) -> None:
    """Every record of a log fits, and one with a member more or less does not."""
    validator = Draft202012Validator(json.loads(decision_schema()))
    records = run("log", "--json").values

    assert all(validator.is_valid(record) for record in records)
    for member in records[-1]:
        less = {name: value for name, value in records[-1].items() if name != member}
        assert not validator.is_valid(less)
    assert not validator.is_valid({**records[-1], "more": 1})


def test_every_member_of_a_decision_has_words() -> None:
    """Readers of the schema find what each member means, also within lists."""
    whole = json.loads(decision_schema())

    Draft202012Validator.check_schema(whole)
    for shape in (whole, *whole["$defs"].values()):
        assert shape["description"]
        assert shape["additionalProperties"] is False
        assert all(one["description"] for one in shape["properties"].values())
