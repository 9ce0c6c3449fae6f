"""
Business time: the hours in which an agency of a region is at work.

A calendar is a line of windows, one a working day, from opening to closing.
Business time runs inside the windows and stands still between them. Each window
is turned into two UTC instants once, with the zone's offset of that very date,
and everything after that is subtraction of UTC instants: no rule about daylight
saving stands anywhere else.

    local   Fri 08:00 ====== 17:00      Sat   Sun      Mon 08:00 ====== 17:00
    worked           0 h ... 9 h        9 h   9 h             9 h ... 18 h

Both ends belong to a window. So nine hours from an opening are reached at that
day's closing, 17:00, and not at 08:00 of the next working day.

Source: [I]; the Plan has no clock in hours or days, so that hours and holidays
are a profile's data.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from coordinator.protocol.duration import Duration

__all__ = ["Calendar", "CalendarError", "Closure", "MonthDay", "parse_month_day"]

_SATURDAY: Final = 5  # as `date.weekday` counts
_NO_TIME: Final = timedelta()
_MONTH_DAY: Final = re.compile(r"[0-9]{2}-[0-9]{2}")
_MONTHS: Final = range(1, 13)
_LEAP_YEAR: Final = 2000  # any will do: 29 February is a day of the year


class CalendarError(ValueError):
    """
    A calendar was asked about a day whose holidays it does not know.

    Whoever keeps the profile must act: the years are written out there.

    Attributes:
        calendar: The calendar's name in the profile.
        first_year: The first year it covers.
        last_year: The last year it covers.
    """

    def __init__(self, *, calendar: str, first_year: int, last_year: int) -> None:
        """Say which years there are, and what would mend it."""
        super().__init__(
            f"calendar {calendar} covers {first_year} to {last_year} and a day "
            f"outside was needed: write out the holidays of more years"
        )
        self.calendar = calendar
        self.first_year = first_year
        self.last_year = last_year


class MonthDay(NamedTuple):
    """A day of every year; 29 February is met in leap years only."""

    month: int
    day: int


def parse_month_day(text: str) -> MonthDay:
    """
    Read a day of the year as a profile writes it: `12-25` is Christmas Day.

    Raises:
        ValueError: Not month, hyphen and day of two digits each, or no such
            day; the message says what is valid, and quotes `text`.
    """
    if _MONTH_DAY.fullmatch(text):
        month, day = int(text[:2]), int(text[3:])
        if month in _MONTHS and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]:
            return MonthDay(month, day)
    message = f"{text!r} is no day of the year: valid is MM-DD, such as 12-25"
    raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Closure:
    """
    Days on which nobody works, the same in each year.

    Attributes:
        first: The first day closed.
        last: The last day closed, itself included. Earlier in the year than
            `first` means that the closure runs on into January.
    """

    name: str
    first: MonthDay
    last: MonthDay

    def covers(self, day: date) -> bool:
        """Whether `day` lies in this closure, of whichever year."""
        of_year = MonthDay(day.month, day.day)
        if self.first <= self.last:
            return self.first <= of_year <= self.last
        return of_year >= self.first or of_year <= self.last


class _Windows(NamedTuple):
    """
    Every working day covered, in order, as columns of the same length.

    `worked` is the business time before each opening, and has one entry more:
    the total. `begins` and `ends` bound the coverage, `ends` excluded.
    """

    begins: datetime
    ends: datetime
    openings: tuple[datetime, ...]
    closings: tuple[datetime, ...]
    worked: tuple[timedelta, ...]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """
    The business hours of one region, Monday to Friday.

    Attributes:
        name: What the profile calls it; errors quote it.
        zone: Where `opens` and `closes` are local time.
        opens: Local time at which a working day begins, `closes` at which it
            ends; both without a zone.
        holidays: Dates on which nobody works. Weekends need not be in it.
        first_year: The first year, in local time, whose holidays are known.
        last_year: The last such year, itself included.
        closures: Days closed each year beside the holidays; none by default.

    Raises:
        ValueError: It closes before it opens, or ends before it begins.
    """

    name: str
    zone: ZoneInfo
    opens: time
    closes: time
    holidays: frozenset[date]
    first_year: int
    last_year: int
    closures: tuple[Closure, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a calendar that could never be open."""
        if self.opens >= self.closes:
            message = f"calendar {self.name}: opens must be before closes"
            raise ValueError(message)
        if self.first_year > self.last_year:
            message = f"calendar {self.name}: its first year is after its last"
            raise ValueError(message)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """
        Find when `amount` of business time has been worked since `start`.

        Args:
            start: Aware. Outside business hours it counts as the next opening,
                even when `amount` is zero.
            amount: Business time, zero or more; `business` makes one.

        Returns:
            Aware UTC, within business hours. A result that closing time
            reaches is that closing, never the next opening.

        Raises:
            CalendarError: `start` or the result is outside the covered years.
            ValueError: `amount` is negative.
        """
        return self.add_each(start, (amount,))[0]

    def add_each(self, start: datetime, amounts: Sequence[timedelta]) -> list[datetime]:
        """Find, as `add` does, when each of several amounts has been worked."""
        windows = self._windows
        earliest, before = self._reached(windows, start)
        found = []
        for amount in amounts:
            if amount < _NO_TIME:
                message = f"business time cannot be taken away: {amount}"
                raise ValueError(message)
            worked = before + amount
            # Never a window before the start's own: its total is the same as the
            # next one's beginning, and a start overnight belongs to the morning.
            index = bisect_left(windows.worked, worked, earliest + 1) - 1
            if index == len(windows.openings):
                raise self._outside()
            found.append(windows.openings[index] + (worked - windows.worked[index]))
        return found

    def between(self, start: datetime, end: datetime) -> timedelta:
        """
        Count the business time from `start` to `end`.

        Args:
            start: Aware.
            end: Aware. Before `start`, the count is negative.

        Raises:
            CalendarError: One of them is outside the covered years.
        """
        windows = self._windows
        return self._reached(windows, end)[1] - self._reached(windows, start)[1]

    def business(self, duration: Duration) -> timedelta:
        """
        Turn a profile's duration into business time.

        Returns:
            A day is the hours from opening to closing (nine with the starting
            values), an hour is an hour.

        Raises:
            ValueError: The duration has years, which business time does not.
        """
        if duration.years:
            message = (
                f"{duration} is no business time: valid are days, hours, minutes "
                f"and seconds, such as P5D or PT2H"
            )
            raise ValueError(message)
        return duration.days * self._day + timedelta(seconds=duration.seconds)

    @cached_property
    def _day(self) -> timedelta:
        opening = datetime.combine(date.min, self.opens)
        return datetime.combine(date.min, self.closes) - opening

    @cached_property
    def _windows(self) -> _Windows:
        # Made when first asked, once: some 8,000 days for the years of a profile.
        begins = self._instant(date(self.first_year, 1, 1), time.min)
        ends = self._instant(date(self.last_year + 1, 1, 1), time.min)
        openings: list[datetime] = []
        closings: list[datetime] = []
        worked: list[timedelta] = [_NO_TIME]
        for day in self._working_days():
            opening = self._instant(day, self.opens)
            closing = self._instant(day, self.closes)
            openings.append(opening)
            closings.append(closing)
            worked.append(worked[-1] + (closing - opening))
        return _Windows(begins, ends, tuple(openings), tuple(closings), tuple(worked))

    def _working_days(self) -> list[date]:
        first = date(self.first_year, 1, 1).toordinal()
        after = date(self.last_year + 1, 1, 1).toordinal()
        days = map(date.fromordinal, range(first, after))
        return [day for day in days if self._works_on(day)]

    def _works_on(self, day: date) -> bool:
        return (
            day.weekday() < _SATURDAY
            and day not in self.holidays
            and not any(closure.covers(day) for closure in self.closures)
        )

    def _instant(self, day: date, local: time) -> datetime:
        return datetime.combine(day, local, self.zone).astimezone(UTC)

    def _reached(self, windows: _Windows, moment: datetime) -> tuple[int, timedelta]:
        """
        Place a moment on the line of windows.

        Returns:
            The index of the first window that closes at or after `moment` (the
            number of windows if none does), and the business time before it.
        """
        if not windows.begins <= moment < windows.ends:
            raise self._outside()
        # Only instants of one and the same zone object compare quickly.
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC)
        index = bisect_left(windows.closings, moment)
        worked = windows.worked[index]
        if index < len(windows.openings) and moment > windows.openings[index]:
            worked += moment - windows.openings[index]
        return index, worked

    def _outside(self) -> CalendarError:
        return CalendarError(
            calendar=self.name, first_year=self.first_year, last_year=self.last_year
        )
