"""What changed between two profiles, on the screen and for programs."""

from pathlib import Path

from coordinator.bootstrap import named_profile
from coordinator.protocol.compare import differences
from tests.cli.homes import Run


def test_differences_are_grouped_and_cited(run: Run) -> None:
    """A heading for each part of the profile, and the entry's source behind a line."""
    lines = run("protocol", "diff", "nz-2009", "nz-modern").out.splitlines()
    headings = [line for line in lines if not line.startswith(" ")]

    assert headings == [
        "Profile", "Agencies", "Groups", "Registers", "Certificate", "Events",
        "Obligations",
    ]  # fmt: skip
    assert "  T25 programme_item is gone  (L325-336)" in lines
    assert (
        "  case.identified: gate 3 (cross_border is true) is gone"
        "  (L1394-1401; items 13 19 20 22 24-26 28; Crimes Act 1961 s 98D (2015))"
    ) in lines


def test_programs_get_every_difference(run: Run) -> None:
    """One JSON value a difference: its part, its entry, the words, the source."""
    values = run("protocol", "diff", "nz-2009", "nz-modern", "--json").values
    old, new = (named_profile(name).spec for name in ("nz-2009", "nz-modern"))

    assert values == [one._asdict() for one in differences(old, new)]


def test_a_profile_of_ones_own_is_compared(run: Run, tmp_path: Path) -> None:
    """Either may be a file; a cite that the line tells already is not repeated."""
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "extends: nz_2009.yaml\nprofile: nz-2009\nversion: 2\n"
        "title: T\nsource: S\n"
        "obligations:\n  protect: {due: PT1H elapsed, cite: item 1}\n",
        encoding="utf-8",
    )
    out = run("protocol", "diff", "nz-2009", str(mine)).out

    assert "  version 1 → 2\n" in out
    assert "  T9 protect: due within 2 hours → within 1 hour  (item 1)\n" in out
    assert "  T9 protect: cite item 22 → item 1\n" in out


def test_equal_profiles_are_said_to_be(run: Run) -> None:
    """Nothing on stdout, and a word on stderr."""
    ran = run("protocol", "diff", "nz-2009", "nz-2009")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "nz-2009/1 and nz-2009/1: no difference\n"
