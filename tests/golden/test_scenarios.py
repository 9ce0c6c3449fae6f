"""The rules against stories written by hand."""

from pathlib import Path

import pytest

from tests.golden.stories import read_scenario, scenario_files
from tests.golden.telling import play
from tests.golden.wording import partings

STORIES = [
    pytest.param(path, number, id=f"{path.stem}-{number + 1}: {story.title}")
    for path in scenario_files()
    for number, story in enumerate(read_scenario(path).stories)
]


@pytest.mark.parametrize(("path", "number"), STORIES)
def test_the_rules_answer_as_the_story_tells(path: Path, number: int) -> None:
    """Every verdict, breach, duty and page is the one that the story gives."""
    played = play(path)
    found = list(partings(played.tellings[number], played.scenario.start))

    assert not found, "\n".join(found)
