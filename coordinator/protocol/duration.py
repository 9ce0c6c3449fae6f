"""
Lengths of time as a profile writes them: `PT4H`, `P1D`, `P1Y`, `P1DT2H`.

A `Duration` keeps years, days and the time part apart, because a clock gives
each its own meaning: `P1D` is 24 hours of elapsed time but one working day of
business time, while `PT24H` is 24 hours by either. Months and weeks are left
out on purpose. A month has no fixed length, and a week of business time could
be read as five working days or as seven.

Source: ISO 8601-1, durations, narrowed. The Plan's own are years (L325-336).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = ["Duration", "parse_duration"]

# No more digits than a deadline can need, so that no due time overflows a date.
_FORM: Final = re.compile(
    r"P(?=[0-9T])"
    r"(?:(?P<years>[0-9]{1,2})Y)?"
    r"(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])"
    r"(?:(?P<hours>[0-9]{1,5})H)?"
    r"(?:(?P<minutes>[0-9]{1,5})M)?"
    r"(?:(?P<seconds>[0-9]{1,5})S)?)?"
)
_VALID: Final = (
    "valid are whole years, days, hours, minutes and seconds in that order, such "
    "as P1Y, P2D, PT4H, PT30M or P1DT2H: no months, weeks or fractions, up to 99 "
    "years and up to 99999 of each other unit"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """
    A length of time, before a clock is chosen for it.

    Attributes:
        years: Calendar years; elapsed time only.
        days: 24 hours each as elapsed time, a working day each as business time.
        seconds: The time part in all, hours and minutes included. It is never
            carried into days.

    Raises:
        ValueError: A part is negative.
    """

    years: int = 0
    days: int = 0
    seconds: int = 0

    def __post_init__(self) -> None:
        """Refuse a length that runs backwards."""
        if min(self.years, self.days, self.seconds) < 0:
            message = f"no part of a duration may be negative: {self!r}"
            raise ValueError(message)

    def __str__(self) -> str:
        """
        Write it so that `parse_duration` gives the same value again.

        Parts of zero are left out and the time part is carried up to hours, so
        that `PT90M` reads `PT1H30M`; no time at all is `PT0S`.
        """
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        day_part = _written((self.years, "Y"), (self.days, "D"))
        time_part = _written((hours, "H"), (minutes, "M"), (seconds, "S"))
        if time_part:
            return f"P{day_part}T{time_part}"
        return f"P{day_part}" if day_part else "PT0S"

    def elapsed_from(self, start: datetime) -> datetime:
        """
        Find when this much elapsed time has gone by.

        Args:
            start: Aware UTC.

        Returns:
            Aware UTC. Years come first and keep the UTC month, day and time of
            day (29 February becomes 28 February in a common year); days of 24
            hours and the seconds are added to that.
        """
        if self.years:
            start = _same_day_in(start.year + self.years, start)
        return start + timedelta(days=self.days, seconds=self.seconds)


def parse_duration(text: str) -> Duration:
    """
    Read a duration from a profile or a command line.

    Args:
        text: ISO 8601, upper case, nothing around it. The module's head says
            which forms are left out.

    Raises:
        ValueError: Not such a duration; the message says what is valid, and
            quotes `text`.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        message = f"{text!r} is no duration: {_VALID}"
        raise ValueError(message)
    part = {unit: int(digits) for unit, digits in match.groupdict("0").items()}
    return Duration(
        years=part["years"],
        days=part["days"],
        seconds=(part["hours"] * 60 + part["minutes"]) * 60 + part["seconds"],
    )


def _written(*parts: tuple[int, str]) -> str:
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _same_day_in(year: int, moment: datetime) -> datetime:
    try:
        return moment.replace(year=year)
    except ValueError:  # 29 February, and no such day in that year
        return moment.replace(year=year, day=28)
