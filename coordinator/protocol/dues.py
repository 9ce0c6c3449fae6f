"""
When an obligation falls due, and when its owner is reminded.

Source: docs/rules.md, Obligations (Due) and Ladders (Reminder).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coordinator.events import parse_time
from coordinator.protocol.calendar import Calendar, CalendarError
from coordinator.protocol.ladder import length_of
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.situation import Situation
from coordinator.protocol.spec_obligations import AfterSpec, DueSpec

__all__ = ["Due", "DueTime", "compile_due"]


class DueTime(NamedTuple):
    """The due instant and the reminder's; no reminder where no time is given."""

    due: datetime
    reminder: datetime | None


Due = Callable[[Situation, str], DueTime | None]
"""From an event and an owner; None where the event names no time."""


def compile_due(spec: DueSpec, profile: ProfileSpec) -> Due:
    """Compile a due time for the owner's calendar."""
    part = profile.limits.reminder
    if spec.at is not None:
        return _at(spec.at, part)
    if spec.after is not None:
        return _after(spec.after, profile)
    if spec.before is not None:
        return _before(length_of(spec.before), str(spec.day), str(spec.zone), part)
    field = spec.choose or ""
    cases = {value: _after(after, profile) for value, after in spec.cases.items()}

    def chosen(s: Situation, owner: str) -> DueTime | None:
        due = cases.get(s.data.get(field, ""))
        return None if due is None else due(s, owner)

    return chosen


def _at(field: str, part: float) -> Due:
    """At the time a field gives; at once if that is past."""

    def at(s: Situation, _: str) -> DueTime | None:
        text = s.data.get(field)
        if text is None:
            return None
        due = max(parse_time(text), s.at)
        return DueTime(due, _reminder(s.at, due, part))

    return at


def _before(length: timedelta, field: str, zone: str, part: float) -> Due:
    """So long before a date begins in a zone; at once if that is past."""
    there = ZoneInfo(zone)

    def before(s: Situation, _: str) -> DueTime | None:
        day = s.data.get(field)
        if day is None:
            return None
        begins = datetime.combine(date.fromisoformat(day), time(), there)
        due = max(begins.astimezone(UTC) - length, s.at)
        return DueTime(due, _reminder(s.at, due, part))

    return before


def _after(spec: AfterSpec, profile: ProfileSpec) -> Due:
    part = profile.limits.reminder
    length = spec.length
    if spec.clock == "elapsed" and length.years:

        def years(s: Situation, _: str) -> DueTime:
            due = length.elapsed_from(s.at)
            return DueTime(due, _reminder(s.at, due, part))

        return years
    if spec.clock == "elapsed":
        whole = length_of(length)
        if not whole:
            return lambda s, _: DueTime(s.at, None)
        before = _whole_ms(whole * part)
        return lambda s, _: DueTime(s.at + whole, s.at + before)

    # How much a calendar must work, and up to the reminder; by its name, once.
    amounts: dict[str, tuple[timedelta, timedelta]] = {}

    def business(s: Situation, owner: str) -> DueTime:
        calendar = s.rules.calendar_of(owner)
        found = None
        if calendar is not None:
            if calendar.name not in amounts:
                whole = calendar.business(length)
                amounts[calendar.name] = whole, _whole_ms(whole * part)
            found = _worked(calendar, s.at, amounts[calendar.name])
        if found is None:
            # Nobody wrote out those years' holidays: too early beats not at all.
            due = length.elapsed_from(s.at)
            return DueTime(due, _reminder(s.at, due, part))
        return found

    return business


def _worked(
    calendar: Calendar, start: datetime, amounts: tuple[timedelta, timedelta]
) -> DueTime | None:
    """Count business time; None where the calendar does not reach so far."""
    try:
        return DueTime(*calendar.add_each(start, amounts))
    except CalendarError:
        return None


def _reminder(start: datetime, due: datetime, part: float) -> datetime | None:
    return start + _whole_ms((due - start) * part) if due > start else None


def _whole_ms(length: timedelta) -> timedelta:
    """Drop what a record's milliseconds cannot hold."""
    return timedelta(milliseconds=length // timedelta(milliseconds=1))
