"""A profile shown: on the screen, as a document, as a picture, for programs."""

from pathlib import Path

import pytest

from coordinator.bootstrap import named_profile
from tests.cli.homes import Run

DOCS = Path(__file__).parents[2] / "docs"


def test_the_repository_holds_the_document_as_it_is(run: Run) -> None:
    """What is published is what the packaged profile says; `make pages` mends it."""
    page = run("protocol", "show", "nz-2009", "--markdown")
    picture = run("protocol", "show", "nz-2009", "--svg", "-")

    assert page.out == (DOCS / "protocol.md").read_text(encoding="utf-8")
    assert picture.out == (DOCS / "protocol.svg").read_text(encoding="utf-8")
    assert "](protocol.svg)" in page.out
    assert (page.code, page.err, picture.code, picture.err) == (0, "", 0, "")


def test_an_overview_lists_everything(run: Run) -> None:
    """Without a name: every agency, event and obligation, in tables."""
    ran = run("protocol", "show", "nz-modern")
    spec = named_profile("nz-modern").spec

    assert ran.code == 0
    assert ran.out.startswith(f"{spec.title} (nz-modern/1)")
    assert all(name in ran.out for name in (*spec.events, *spec.obligations))
    assert all(one.name in ran.out for one in spec.agencies.values())


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("case.identified", "  1. Each origin event is accepted in this case."),
        ("T8", "  danger.assessed.\n"),
        ("t2b", "T2b decide_suspicion"),
        ("assess_danger", "When it is due\n  Within 2 hours."),
    ],
)
def test_one_entry_is_told_in_full(run: Run, entry: str, says: str) -> None:
    """An event by its name, an obligation by its name or number."""
    assert says in run("protocol", "show", "nz-2009", entry).out


def test_programs_get_the_words_and_the_entry(run: Run) -> None:
    """One JSON value a section, with the entry as the profile has it."""
    spec = named_profile("nz-2009").spec
    values = run("protocol", "show", "nz-2009", "--json").values
    (one,) = run("protocol", "show", "nz-2009", "T8", "--json").values

    events = {one["title"] for one in values if one["kind"] == "event"}

    assert events == set(spec.events)
    assert one["entry"]["due"] == "PT2H elapsed"
    assert "When it is due: Within 2 hours." in one["words"]
    assert one in values


def test_a_picture_goes_where_it_is_told(run: Run, tmp_path: Path) -> None:
    """To a file, which is named once it is written."""
    path = tmp_path / "course.svg"
    ran = run("protocol", "show", "nz-2009", "--svg", str(path))

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{path}: written\n"
    assert path.read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["case.identifed"], 2, "did you mean case.identified?"),
        (["zzz"], 2, "without a name all are listed"),
        (["T8", "--markdown"], 2, "one at a time"),
        (["--svg", "-", "--json"], 2, "one at a time"),
        (["--svg", "no/such/folder/p.svg"], 4, "No such file or directory"),
    ],
)
def test_what_cannot_be_shown_is_one_line(
    run: Run, arguments: list[str], code: int, says: str
) -> None:
    """What is wrong and what to do instead."""
    ran = run("protocol", "show", "nz-2009", *arguments)

    assert ran.code == code
    assert says in ran.err
    assert ran.err.count("\n") == 1
