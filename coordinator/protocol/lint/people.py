"""
Whether there is somebody for everything: senders, roles, whoever hears in the end.

Source: docs/rules.md, Ladders.
"""

from collections.abc import Iterator
from datetime import date

from coordinator.contacts.directory import ROLES
from coordinator.events import CATALOGUE
from coordinator.protocol.check import Finding
from coordinator.protocol.conditions import expand
from coordinator.protocol.lint.goals import Path
from coordinator.protocol.profile import LadderSpec, ProfileSpec
from coordinator.protocol.spec_obligations import ObligationSpec, OpeningSpec

__all__ = ["people"]

# A profile takes months to change; and by then obligations reach into the next year.
_YEARS_AHEAD = 2


def people(spec: ProfileSpec, today: date) -> Iterator[Finding]:
    """Give every place of a profile where nobody stands, or nobody would hear."""
    for name, row in spec.events.items():
        path: Path = ("events", name, "emitters")
        emitters = expand(row.emitters, spec)
        if not emitters:
            yield Finding(path, f"nobody may send {name}; name an agency")
        elif CATALOGUE[name].coordinator != (set(emitters) == {spec.coordinator}):
            whose = "only" if CATALOGUE[name].coordinator else "never"
            yield Finding(
                path, f"{name} is {whose} the coordinator's; name who may send it"
            )
    roles = _roles(spec)
    for at, role in (
        ("breaches", spec.breaches.role),
        ("reminders", spec.reminders.role),
    ):
        yield from _role((at, "role"), role, roles)
    for name, ladder in spec.ladders.items():
        for place, rung in enumerate(ladder.rungs):
            if rung.page not in spec.offices:
                at_rung = ("ladders", name, "rungs", place)
                yield from _role(at_rung, rung.page.partition(".")[2], roles)
        yield from _end(spec, name, ladder)
    for name, owed in spec.obligations.items():
        for opening in owed.opens_on:
            yield from _working_hours(spec, name, owed, opening)
    yield from _calendars(spec, today)


def _working_hours(
    spec: ProfileSpec, name: str, owed: ObligationSpec, opening: OpeningSpec
) -> Iterator[Finding]:
    """Whoever owes by business time has a calendar."""
    owner, due = opening.owner or owed.owner, opening.due or owed.due
    clocks = {one.clock for one in (due.after, *due.cases.values()) if one is not None}
    if "business" not in clocks:
        return
    named = owner.agencies or owner.other_of or owner.subject or ()
    for agency in expand(named, spec):
        if spec.agencies[agency].calendar is None:
            yield Finding(
                ("obligations", name),
                f"{agency} owes {name} by business time and has no calendar; give it"
                f" one of: {', '.join(spec.calendars)}",
            )


def _roles(spec: ProfileSpec) -> list[str]:
    """List the roles that people have in the directory, or that events assign."""
    effects = (row.effect for row in spec.events.values() if row.effect is not None)
    assigned = [one.assigns.role for one in effects if one.assigns is not None]
    return list(dict.fromkeys((*ROLES, *assigned)))


def _role(path: Path, role: str, roles: list[str]) -> Iterator[Finding]:
    if role not in roles:
        yield Finding(path, f"nobody has the role {role}; valid: {', '.join(roles)}")


def _end(spec: ProfileSpec, name: str, ladder: LadderSpec) -> Iterator[Finding]:
    """A ladder ends at somebody who is paged as one body, and who can acknowledge."""
    counting = [
        place for place, rung in enumerate(ladder.rungs) if not rung.for_information
    ]
    last = counting[-1]
    page = ladder.rungs[last].page
    office = spec.offices.get(page)
    able = [one for one, body in spec.offices.items() if body.members]
    if office is None or not expand(office.members, spec):
        yield Finding(
            ("ladders", name, "rungs", last),
            f"ladder {name} ends at {page}, where it can go unheard; its last rung that"
            f" is not for information is an office with members: {', '.join(able)}",
        )


def _calendars(spec: ProfileSpec, today: date) -> Iterator[Finding]:
    """Dates are written out, so there must be enough of them."""
    needed = today.year + _YEARS_AHEAD
    for name, calendar in spec.calendars.items():
        if calendar.last_year < needed:
            yield Finding(
                ("calendars", name, "until"),
                f"calendar {name} ends with {calendar.last_year}; write out its days up"
                f" to the end of {needed} at least",
            )
