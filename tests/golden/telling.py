"""
Stories played: a scenario's events, as agencies would send them, through the rules.

All stories of a file are played side by side in one simulation, in order of time, so
that the events beside the file (NDJSON) give the same decisions in
`coordinator simulate`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from coordinator.evaluation.simulate import Simulation, Step
from coordinator.events import (
    CATALOGUE,
    Problem,
    decode,
    encode,
    format_time,
    made_id,
    mint_case_reference,
)
from coordinator.protocol import Admission, Knows, State, apply, decide
from coordinator.protocol.record import Opened
from tests.golden.stories import (
    Entry,
    Scenario,
    Story,
    nz_2009,
    packaged,
    plain_data,
    read_scenario,
    span,
)

__all__ = ["Played", "Telling", "Turn", "knows_of", "play"]

_NAMED: Final = re.compile("<([^<>]+)>")


@dataclass(slots=True)
class Turn:
    """A step of a story; `entry` is None where the coordinator itself spoke."""

    entry: Entry | None
    step: Step


@dataclass(slots=True)
class Telling:
    """
    A story while it is played.

    `keys` are the case and scopes it is under, `ids` its events by their names in the
    story, `opened` its obligations by id, `notices` and `pages` the ids of its notices
    and pages.
    """

    name: str
    story: Story
    keys: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    opened: dict[str, Opened] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Played:
    """A scenario that was played: what was sent, every step, and each story's."""

    scenario: Scenario
    tellings: list[Telling]
    sent: list[bytes] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


class Asleep:
    """A bus whose timers do not fire: each event finds what was missed."""

    def __init__(self, knows: Knows) -> None:
        self.states: dict[str, State] = {}
        self._admission = Admission(nz_2009().rules, knows, own_types=True)

    def take(self, raw: bytes) -> Iterator[Step]:
        """Decide one event, received at its recordedtime or else its time."""
        event = decode(raw)
        at = event.recordedtime or event.time
        record = self._admission.admit(event, sender=None, at=at, earlier=None)
        if isinstance(record, Problem):
            yield Step(event, None, record)
            return
        state = self.states.setdefault(record.key, State(record.key))
        decision = decide(state, record)
        apply(state, record, decision)
        yield Step(event, decision, None)

    def run_until(self, _: datetime) -> Iterator[Step]:
        """Sleep on."""
        return iter(())


def knows_of(scenario: Scenario) -> Knows:
    """Give a directory that lacks the scenario's unknown contacts alone."""
    unknown = frozenset(scenario.unknown_contacts)
    return Knows(
        agency=lambda _: True,
        contact=lambda contact_id: contact_id not in unknown,
        public_key=lambda _: None,
    )


def simulation(scenario: Scenario) -> Simulation:
    """Make the simulation that a scenario runs in."""
    pairs = [one.partition(":") for one in scenario.unreachable]
    return Simulation(
        packaged(scenario.profile).rules,
        unreachable=[(agency, role) for agency, _, role in pairs],
        knows=knows_of(scenario),
    )


@cache
def play(path: Path) -> Played:
    """Play a scenario's stories side by side, in order of time."""
    scenario = read_scenario(path)
    bus = Asleep(knows_of(scenario)) if scenario.asleep else simulation(scenario)
    tellings = [
        Telling(f"{path.stem}/{number}", story)
        for number, story in enumerate(scenario.stories)
    ]
    played = Played(scenario, tellings)
    moments = sorted(
        (entry.at, place, number)
        for place, story in enumerate(scenario.stories)
        for number, entry in enumerate(story.story)
    )
    for at, place, number in moments:
        telling = tellings[place]
        entry = telling.story.story[number]
        if entry.say is None:
            for step in bus.run_until(scenario.start + at):
                _note(played, step)
            continue
        raw = _sent(scenario, telling, number)
        played.sent.append(raw)
        for step in bus.take(raw):
            said = step.event is None or step.event.raw == raw
            _note(played, step, telling if said else None, entry if said else None)
    return played


def _note(
    played: Played,
    step: Step,
    telling: Telling | None = None,
    entry: Entry | None = None,
) -> None:
    """Keep a step with the story it belongs to: its speaker's, or its case's."""
    played.steps.append(step)
    decision = step.decision
    if decision is not None and telling is not None:
        if decision["case"] not in telling.keys:
            telling.keys.append(decision["case"])
    elif decision is not None:
        telling = next(t for t in played.tellings if decision["case"] in t.keys)
    assert telling is not None
    telling.turns.append(Turn(entry, step))
    if decision is not None:
        telling.opened |= {one["id"]: one for one in decision["opened"]}
        telling.notices += [one["id"] for one in decision["notices"]]
        telling.pages += [one["id"] for one in decision["pages"]]


def _sent(scenario: Scenario, telling: Telling, number: int) -> bytes:
    """Write an entry's event as its agency would send it."""
    entry = telling.story.story[number]
    agency, name = (entry.say or "").split(" ")
    nick = entry.id or f"event {number + 1}"
    made = made_id("story", telling.name, nick)
    telling.ids.setdefault("first", made)
    sending: dict[str, Any] = {
        "name": name,
        "agency": agency,
        "id": telling.ids.setdefault(nick, made),
        "time": scenario.start + entry.at,
        "data": plain_data()[name] | entry.data,
        "personref": entry.person,
        "subject": _subject(telling, agency, name, plain_data()[name] | entry.data),
        **entry.attributes,
    }
    for member in ("time", "recordedtime"):
        if isinstance(sending.get(member), str):
            sending[member] = scenario.start + span(sending[member])
    resolved: dict[str, Any] = _resolved(sending, telling, scenario.start)
    return encode(**resolved)


def _subject(
    telling: Telling, agency: str, name: str, data: dict[str, Any]
) -> str | None:
    """Give the subject that an event naturally has in this story."""
    scope = CATALOGUE[name].scope
    if scope.prefix == "plan":
        return f"plan:{nz_2009().rules.spec.profile}"
    if scope.prefix is not None and not scope.case:
        return f"{scope.prefix}:{agency if scope.field is None else data[scope.field]}"
    return telling.keys[0] if telling.keys else None


def _resolved(value: Any, telling: Telling, start: datetime) -> Any:  # noqa: ANN401 - any JSON
    """Put values in the place of names: `<sighting>`, `<at 2h>`, `<protect police>`."""
    if isinstance(value, dict):
        return {key: _resolved(one, telling, start) for key, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, telling, start) for one in value]
    found = _NAMED.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    name = found[1]
    if name == "nothing":
        return None
    if name.startswith("at "):
        return format_time(start + span(name.removeprefix("at ")))
    return telling.ids.get(name) or _made_by_the_bus(name, telling)


def _made_by_the_bus(name: str, telling: Telling) -> str:
    """Give a reference or id of the story that no agency made; or one of nothing."""
    if name == "case":
        return telling.keys[0]
    if name == "unknown case":
        return mint_case_reference("nobody", telling.name)
    if name in ("notice", "page"):
        made = telling.notices if name == "notice" else telling.pages
        return made[-1] if made else made_id(f"no {name}")
    owed, owner = name.split(" ")
    for one in reversed(telling.opened.values()):
        if (one["name"], one["owner"]) == (owed, owner):
            return one["id"]
    return made_id("no obligation", telling.name)
