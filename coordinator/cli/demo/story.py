"""
The story that `coordinator run --demo` plays: its events, and what is told around them.

`story.ndjson` holds the events as their senders send them, with fixed ids and times;
`story.toml` when it begins, the teller's words, and what to try afterwards.
"""

import tomllib
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from coordinator.events import Event, decode

__all__ = ["CONTACTS", "Afterwards", "Scene", "Story", "packaged_story"]

_FOLDER: Final = files("coordinator.cli.demo")

CONTACTS: Final = Path(str(_FOLDER)) / "contacts"
"""The story's own people, so that nobody's directory changes how it goes."""


class Scene(NamedTuple):
    """What the teller says before the first thing at or after an aware UTC instant."""

    at: datetime
    says: str


class Afterwards(NamedTuple):
    """
    Something to try when the story has been played.

    `run` follows `coordinator` on a command line, `shows` says what it is for.
    """

    run: str
    shows: str

    def filled(self, *, case: str, obligation: str) -> str:
        """Give the command's words with the story's case and an obligation in it."""
        return Template(self.run).substitute(case=case, obligation=obligation)


class Story(NamedTuple):
    """
    The whole story.

    `profile` is the protocol it is told under, `starts` the aware UTC instant at which
    its home is made; `events` and `scenes` are in order of time.
    """

    profile: str
    starts: datetime
    events: tuple[Event, ...]
    scenes: tuple[Scene, ...]
    afterwards: tuple[Afterwards, ...]


def packaged_story() -> Story:
    """Read the story that comes with the package."""
    told = tomllib.loads(_text("story.toml"))
    lines = _text("story.ndjson").splitlines()
    return Story(
        profile=told["profile"],
        starts=told["starts"],
        events=tuple(decode(line.encode()) for line in lines),
        scenes=tuple(Scene(**one) for one in told["scenes"]),
        afterwards=tuple(Afterwards(**one) for one in told["afterwards"]),
    )


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
