"""
Stories: what agencies say in a case, and what the protocol must answer to it.

A scenario file holds stories, each about a case (or scope) of its own, written by
hand from the Plan and `docs/rules.md`; `README.md` in this folder says how to read
and write them. `telling.py` plays them, `wording.py` puts decisions in their words.
Those named after the Plan's items are packaged with the protocol, the others are here.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coordinator.events import parse_time
from coordinator.events.located_yaml import read_located
from coordinator.protocol import Profile, load_profile

__all__ = [
    "GOLDEN",
    "Entry",
    "Scenario",
    "Story",
    "nz_2009",
    "packaged",
    "plain_data",
    "read_scenario",
    "scenario_files",
    "span",
    "spelt",
]

GOLDEN: Final = Path(__file__).parent
SCENARIOS: Final = GOLDEN / "scenarios"
PROTOCOL: Final = GOLDEN.parents[1] / "coordinator" / "protocol"
PROFILES: Final = PROTOCOL / "profiles"
PACKAGED: Final = PROTOCOL / "scenarios"

_SPAN: Final = re.compile(
    r"(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?"
    r"(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?"
)


@cache
def packaged(name: str) -> Profile:
    """Load a packaged profile by its name."""
    file = f"{name.replace('-', '_')}.yaml"
    return load_profile(file, lambda part: (PROFILES / part).read_text("utf-8"))


def nz_2009() -> Profile:
    """Load the profile of 2009."""
    return packaged("nz-2009")


@cache
def plain_data() -> dict[str, Any]:
    """Read what events say where a story leaves it open."""
    text = (GOLDEN / "plain.yaml").read_text(encoding="utf-8")
    value = read_located(text, file="plain.yaml").value
    assert isinstance(value, dict)
    return value


def span(text: str) -> timedelta:
    """Read a span of time such as `45m` or `1d2h`."""
    match = _SPAN.fullmatch(text)
    assert match, f"{text} is no span of time such as 1d2h30m"
    parts = {unit: int(digits) for unit, digits in match.groupdict("0").items()}
    return timedelta(**parts)


def spelt(length: timedelta) -> str:
    """Write a span of time in the same way; none at all is `0m`."""
    minutes, second = divmod(int(length.total_seconds()), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    parts = ((days, "d"), (hour, "h"), (minute, "m"), (second, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


class Part(BaseModel):
    """A part of a scenario file; a key it does not name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Span = Annotated[timedelta, BeforeValidator(span)]


class Entry(Part):
    """
    A moment of a story: something said (`say`), or the clock alone.

    `at` counts from the scenario's start and is the event's receipt; `then` is what
    is decided.
    """

    at: Span
    say: str | None = None
    id: str | None = None
    person: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    attributes: dict[str, Any] = Field(alias="with", default_factory=dict)
    then: tuple[str, ...] = ()


class Story(Part):
    """
    One case from its first event on.

    `of` names what it is an example of: a row of the protocol, or a rule of
    `docs/rules.md`. `watch` names the obligations that it is about: of these,
    everything that happens must be told.
    """

    title: str
    of: str
    watch: tuple[str, ...] = ()
    story: tuple[Entry, ...]


class Scenario(Part):
    """
    A file of stories, under one of the packaged profiles.

    `unreachable` are `agency:role`, `unknown_contacts` contact ids that the directory
    lacks. `asleep`: no timer fires by itself, as on a machine that was suspended.
    """

    about: str
    start: Annotated[datetime, BeforeValidator(parse_time)]
    profile: str = "nz-2009"
    unreachable: tuple[str, ...] = ()
    unknown_contacts: tuple[str, ...] = ()
    asleep: bool = False
    stories: tuple[Story, ...]


def scenario_files() -> list[Path]:
    """List the scenario files: those packaged, then those of this folder."""
    return [*sorted(PACKAGED.rglob("*.yaml")), *sorted(SCENARIOS.glob("*.yaml"))]


@cache
def read_scenario(path: Path) -> Scenario:
    """Read one scenario file."""
    text = path.read_text(encoding="utf-8")
    return Scenario.model_validate(read_located(text, file=path.name).value)
