"""
Which events a picture shows, in which column, and what leads to them.

Rule 1: an event stands right of what its gates ask for: one column after the last of
them, and after the first of several that will do. Rule 2: a gate that holds only
sometimes (`when`, or a reference that may be left out) moves nothing. Rule 3: what no
agency sends is not shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from coordinator.events import CATALOGUE, field_notes
from coordinator.protocol import words
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import Condition

__all__ = ["Need", "Step", "Tag", "course"]


@dataclass(frozen=True, slots=True)
class Need:
    """An earlier event that a gate asks for; `place` is the gate's, from 0."""

    source: str
    place: int
    refuses: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """An obligation that the event opens; `always`, or only in some cases."""

    words: str
    always: bool


@dataclass(frozen=True, slots=True)
class Step:
    """An event of the picture. `gates` are words, and whether a breach is refused."""

    name: str
    area: str
    column: int
    senders: str
    gates: tuple[tuple[str, bool], ...]
    needs: tuple[Need, ...]
    tags: tuple[Tag, ...]


def course(profile: ProfileSpec) -> list[Step]:
    """Give the events to show, in the catalogue's order."""
    shown = [
        name
        for name in CATALOGUE
        if name in profile.events
        and profile.events[name].emitters != (profile.coordinator,)
    ]
    columns = _columns(shown, profile)
    return [
        Step(
            name=name,
            area=CATALOGUE[name].area,
            column=columns[name],
            senders=words.listed(_senders(name, profile), "or"),
            gates=tuple(
                (gate.says, gate.breach == "refuse")
                for gate in profile.events[name].gates
            ),
            needs=tuple(_needs(name, profile)),
            tags=tuple(_tags(name, profile)),
        )
        for name in shown
    ]


def _senders(name: str, profile: ProfileSpec) -> Iterator[str]:
    """Give the ids of those who may send it; their names would not fit."""
    for one in profile.events[name].emitters:
        yield f'group "{one}"' if one in profile.groups else one


def _needs(name: str, profile: ProfileSpec) -> Iterator[Need]:
    for place, gate in enumerate(profile.events[name].gates):
        sources = [source for one in gate.require for source in _sources(one, profile)]
        for source in dict.fromkeys(sources):
            if source in profile.events and source != name:
                yield Need(source, place, gate.breach == "refuse")


def _sources(one: Condition, profile: ProfileSpec) -> tuple[str, ...]:
    """Give the events of which one must have come before."""
    if one.after is not None:
        return one.after
    if one.in_force not in (None, False):
        return (profile.certificate.issued,)
    for asked in (one.known, one.latest, one.latest_is):
        if asked is not None:
            return (asked.event,)
    return ()


# --- columns ---------------------------------------------------------------------


def _columns(shown: list[str], profile: ProfileSpec) -> dict[str, int]:
    """Count for each event how many must come before it, one after the other."""
    before = {name: _firm(name, profile) for name in shown}
    found = {name: _least(name) for name in shown}
    # Each round moves what stands too far left; a circle ends with the rounds.
    for _ in shown:
        for name, gates in before.items():
            for sources in gates:
                there = [found[source] for source in sources if source in found]
                if there:
                    found[name] = min(max(found[name], min(there) + 1), len(shown))
    return found


def _least(name: str) -> int:
    """A case's event comes after the one that starts the case."""
    kind = CATALOGUE[name]
    starts = kind.mints or kind.scope.prefix is not None
    return 0 if starts else 1


def _firm(name: str, profile: ProfileSpec) -> list[tuple[str, ...]]:
    """Give, for each gate that always holds, the events of which one comes before."""
    required = {
        note.name for note in field_notes(CATALOGUE[name].model) if note.required
    }
    found = []
    for gate in profile.events[name].gates:
        for one in gate.require if gate.when is None else ():
            sources = _sources(one, profile)
            optional = one.known is not None and one.known.by not in required
            if sources and not optional:
                found.append(sources)
    return found


# --- obligations -------------------------------------------------------------------


def _tags(name: str, profile: ProfileSpec) -> Iterator[Tag]:
    for owed in profile.obligations.values():
        openings = [one for one in owed.opens_on if one.event == name]
        if not openings:
            continue
        dues = words.listed((words.due(one.due or owed.due) for one in openings), "or")
        until = words.listed((one.event for one in owed.closed_by), "or")
        always = any(one.when is None for one in openings)
        yield Tag(f"{owed.number} {dues}, until {until}".replace("`", ""), always)
