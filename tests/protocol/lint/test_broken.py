"""
Every profile in `tests/protocol/broken` has one fault, and lint finds it and no other.

The fault's line says so itself, behind `# finding:`. Most of these files build on the
packaged profile and say what is wrong in them; a profile whose shape is wrong is not
looked at further.
"""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from coordinator.evaluation.coverage import cover
from coordinator.events.located_yaml import LocatedError
from coordinator.files import recordings
from coordinator.protocol.lint import lint
from coordinator.protocol.load import parse_profile
from coordinator.protocol.rules import compile_rules
from tests.golden.stories import PROFILES

BROKEN: Final = Path(__file__).parents[1] / "broken"
FILES: Final = sorted(BROKEN.glob("*.yaml"))
TODAY: Final = date(2026, 11, 24)
MARK: Final = "# finding: "


def read(file: str) -> str:
    """Read a broken profile, or the packaged one that it builds on."""
    path = BROKEN / file
    place = path if path.is_file() else PROFILES / file
    return place.read_text(encoding="utf-8")


def faults(file: str) -> list[LocatedError]:
    """Find what is wrong with a profile, as `coordinator protocol lint` does."""
    try:
        spec, sources = parse_profile(file, read)
    except LocatedError as fault:
        return [fault]
    found = lint(spec, today=TODAY).findings
    if not found:
        scenarios = recordings(None, spec.profile)
        found = list(cover(compile_rules(spec), scenarios).findings())
    return [sources.fault(one.path, one.problem) for one in found]


def marked(file: str) -> list[tuple[int, str]]:
    """Give the lines of a file that say what is wrong with them."""
    lines = enumerate(read(file).splitlines(), 1)
    return [(n, line.partition(MARK)[2]) for n, line in lines if MARK in line]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_one_fault_is_found_where_it_stands(path: Path) -> None:
    """One finding: its file and line, what is wrong, and what would mend it."""
    (fault,) = faults(path.name)
    ((line, says),) = marked(path.name)

    assert (fault.file, fault.line) == (path.name, line)
    assert says in fault.problem
    assert "\n" not in str(fault)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_what_is_wrong_with_it(path: Path) -> None:
    """Each begins with a line about its fault, and has one line that is marked."""
    text = path.read_text(encoding="utf-8")

    assert text.startswith("# ")
    assert text.count(MARK) == 1


@pytest.mark.parametrize("name", ["nz_2009.yaml", "nz_modern.yaml"])
def test_the_packaged_profiles_have_no_fault(name: str) -> None:
    """All that they say can happen was seen to happen."""
    assert [str(fault) for fault in faults(name)] == []
