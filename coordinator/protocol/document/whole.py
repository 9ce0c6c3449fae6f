"""
The whole document: its chapters in order, an overview, and one entry of it.

Events stand by the area of the catalogue that they belong to, in its order.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from coordinator.events import CATALOGUE
from coordinator.protocol import words
from coordinator.protocol.document import parts
from coordinator.protocol.document.events import event_section, says
from coordinator.protocol.document.obligations import obligation_section
from coordinator.protocol.document.sheet import Facts, Section, Table, Text
from coordinator.protocol.profile import ProfileSpec

__all__ = ["chapters", "overview", "section_of"]


def chapters(profile: ProfileSpec) -> list[Section]:
    """Give the document's chapters, with a section for each event and obligation."""
    owed = [obligation_section(name, profile) for name in profile.obligations]
    return [
        _how_to_read(),
        parts.agencies(profile),
        parts.groups(profile),
        parts.bus(profile),
        *(
            Section(
                f"Events: {area}",
                [_events_table(names, profile)],
                [event_section(name, profile) for name in names],
            )
            for area, names in _areas(profile)
        ),
        Section("Obligations", [_obligations_table(profile)], owed),
        *_last(profile),
    ]


def overview(profile: ProfileSpec) -> list[Section]:
    """Give the same chapters without the single events and obligations."""
    return [
        parts.agencies(profile),
        parts.groups(profile),
        parts.bus(profile),
        *(
            Section(f"Events: {area}", [_events_table(names, profile)])
            for area, names in _areas(profile)
        ),
        Section("Obligations", [_obligations_table(profile)]),
        *_last(profile),
    ]


def section_of(name: str, profile: ProfileSpec) -> Section | None:
    """
    Give the section of one event or obligation; None where there is none such.

    An obligation may be named by its number as well (`T8`), in any case.
    """
    if name in profile.events:
        return event_section(name, profile)
    for key, owed in profile.obligations.items():
        if name == key or name.lower() == owed.number.lower():
            return obligation_section(key, profile)
    return None


def _last(profile: ProfileSpec) -> list[Section]:
    return [
        parts.ladders(profile),
        parts.certificates(profile),
        parts.registers(profile),
        parts.calendars(profile),
        parts.programme(profile),
    ]


_OPENING: Final = (
    "Agencies tell the bus what happened; each thing that can be said is an event. Each"
    " event below says who may send it, who learns of it and how much, what must hold,"
    " and what it starts and closes. What is started is an obligation: somebody owes"
    " something by a time, and others are told if it does not happen."
)
_READING: Final = {
    "All of it, or only that it happened": (
        "Whoever gets all of an event sees every field. Whoever gets only that it"
        " happened sees which event it is, when, by whom, in which case and about which"
        " pseudonym, and of its fields only those named."
    ),
    "Refused, or recorded": (
        "An event that breaks a rule may be refused: it has no effect, and its sender"
        " is told the rule, its source and what mends it. Or, because it has happened"
        " and cannot be undone, it is accepted, recorded as a breach, and the sender's"
        " own people are paged."
    ),
    "What is checked": (
        "In brackets stands what the bus looks at. Where both events are about a"
        " person, the same person is meant. A rule about a field that the event does"
        " not carry holds, unless it asks for the field."
    ),
    "Times": (
        "A time runs around the clock from receipt, unless it is in working days or"
        " hours."
    ),
    "Sources": (
        "L123 is line 123 of the Plan's text; items, goals and principles are the"
        " Plan's own. [I] marks what the Plan leaves open and this protocol settles."
    ),
}


def _how_to_read() -> Section:
    facts = (Facts(label, [told]) for label, told in _READING.items())
    return Section("How to read this", [Text(_OPENING), *facts])


def _areas(profile: ProfileSpec) -> Iterator[tuple[str, list[str]]]:
    """Give the areas of the catalogue, each with its events of the profile."""
    there = [name for name in CATALOGUE if name in profile.events]
    for area, names in groupby(there, key=lambda name: CATALOGUE[name].area):
        yield area, list(names)


def _events_table(names: list[str], profile: ProfileSpec) -> Table:
    rows = [
        (
            name,
            says(CATALOGUE[name]),
            words.agencies(profile.events[name].emitters, profile, "or"),
            profile.events[name].cite,
        )
        for name in names
    ]
    return Table(("Event", "What it says", "Who may send it", "Source"), rows)


def _obligations_table(profile: ProfileSpec) -> Table:
    rows = [
        (
            words.obligation(name, profile),
            owed.says,
            words.owner(owed.owner, profile),
            words.due(owed.due),
            words.listed((one.event for one in owed.opens_on), "or"),
            words.listed((one.event for one in owed.closed_by), "or"),
            owed.ladder,
        )
        for name, owed in profile.obligations.items()
    ]
    columns = ("Obligation", "What", "Owner", "Due", "Opened by", "Closed by", "Ladder")
    return Table(columns, rows)
