"""What a newcomer can try when the story has been played, as commands that work."""

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from coordinator.bootstrap import Desk
from coordinator.cli.demo.story import Story

__all__ = ["invitation", "program"]


def program() -> str:
    """Give what this program is called as, so that it can be called again."""
    called = sys.argv[0]
    if Path(called).name != "coordinator":
        return "python -m coordinator.cli"
    found = shutil.which("coordinator")
    # Found by the shell, a script is called by its whole path.
    return "coordinator" if found == called else shlex.quote(called)


def invitation(story: Story, desk: Desk) -> Iterator[str]:
    """
    Say what to try next, in another terminal.

    Args:
        story: As it was played.
        desk: Where its case is.

    Yields:
        Two lines a command: what it shows, and how to call it.
    """
    case, obligation = _escalated(story, desk)
    for one in story.afterwards:
        command = one.filled(case=case, obligation=obligation)
        yield f"  # {one.shows}"
        yield f"  {program()} {command} --home {shlex.quote(str(desk.home))}"


def _escalated(story: Story, desk: Desk) -> tuple[str, str]:
    """Find the story's case, and in it what is open and was escalated first."""
    case = next(one.subject for one in story.events if one.subject is not None)
    owed = desk.step.state(case).obligations.values()
    overdue = [one for one in owed if one.open and one.reached]
    return case, min(overdue, key=lambda one: one.due).id if overdue else "OBLIGATION"
