"""
Business time at its edges: closings, weekends, holidays and clock changes.

Times of the examples are local, as a duty officer reads them off the wall.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.protocol.calendar import (
    Calendar,
    CalendarError,
    Closure,
    MonthDay,
    parse_month_day,
)
from coordinator.protocol.duration import Duration, parse_duration

ZONE = ZoneInfo("Pacific/Auckland")
OPENS = time(8)
CLOSES = time(17)
MICROSECOND = timedelta(microseconds=1)
SUMMER = Closure("summer_closure", MonthDay(12, 25), MonthDay(1, 15))

# The holidays that both regions keep, from January 2026 to January 2027. Anzac Day,
# Boxing Day and the day after New Year's Day (2027) are Saturdays, and so moved.
NATIONAL = frozenset(
    date.fromisoformat(text)
    for text in (
        "2026-01-01",
        "2026-01-02",
        "2026-02-06",
        "2026-04-03",
        "2026-04-06",
        "2026-04-27",
        "2026-06-01",
        "2026-07-10",
        "2026-10-26",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
        "2027-01-04",
    )
)
AUCKLAND_ANNIVERSARY = date(2026, 1, 26)
WELLINGTON_ANNIVERSARY = date(2026, 1, 19)


def calendar(
    name: str, *anniversaries: date, closures: tuple[Closure, ...] = ()
) -> Calendar:
    """Make a calendar of 2026 and 2027, with the holidays that both regions keep."""
    return Calendar(
        name=name,
        zone=ZONE,
        opens=OPENS,
        closes=CLOSES,
        holidays=NATIONAL.union(anniversaries),
        first_year=2026,
        last_year=2027,
        closures=closures,
    )


AUCKLAND = calendar("auckland", AUCKLAND_ANNIVERSARY)
WELLINGTON = calendar("wellington", WELLINGTON_ANNIVERSARY)
CLOSED_IN_SUMMER = calendar(
    "closed in summer", AUCKLAND_ANNIVERSARY, closures=(SUMMER,)
)
CALENDARS = st.sampled_from([AUCKLAND, WELLINGTON, CLOSED_IN_SUMMER])


def local(text: str) -> datetime:
    """Read a time on the wall in New Zealand, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def due(found: Calendar, start: str, amount: str) -> str:
    """Add a business duration to a time on the wall, and read the wall again."""
    worked = found.business(parse_duration(amount))
    at = found.add(local(start), worked)
    assert at.tzinfo is UTC
    return at.astimezone(ZONE).replace(tzinfo=None).isoformat(" ", "minutes")


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param(
            "2026-03-03 07:00", "PT2H", "2026-03-03 10:00", id="before opening"
        ),
        pytest.param("2026-03-03 08:00", "PT2H", "2026-03-03 10:00", id="at opening"),
        pytest.param("2026-03-03 11:30", "PT2H", "2026-03-03 13:30", id="in hours"),
        pytest.param(
            "2026-03-03 16:00", "PT2H", "2026-03-04 09:00", id="over a closing"
        ),
        pytest.param("2026-03-03 17:00", "PT2H", "2026-03-04 10:00", id="at closing"),
        pytest.param(
            "2026-03-03 17:01", "PT2H", "2026-03-04 10:00", id="after closing"
        ),
        pytest.param("2026-03-03 23:59", "PT2H", "2026-03-04 10:00", id="at night"),
        pytest.param("2026-03-07 12:00", "PT2H", "2026-03-09 10:00", id="on Saturday"),
        pytest.param("2026-03-08 12:00", "PT2H", "2026-03-09 10:00", id="on Sunday"),
        pytest.param(
            "2026-03-06 16:00", "PT2H", "2026-03-09 09:00", id="over a weekend"
        ),
    ],
)
def test_business_time_runs_in_business_hours_only(
    start: str, amount: str, expected: str
) -> None:
    """A start outside hours begins at the next opening."""
    assert due(AUCKLAND, start, amount) == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param("2026-03-03 08:00", "P1D", "2026-03-03 17:00", id="a whole day"),
        pytest.param("2026-03-03 12:00", "PT5H", "2026-03-03 17:00", id="the rest"),
        pytest.param(
            "2026-03-02 20:15", "P1D", "2026-03-03 17:00", id="from the evening"
        ),
        pytest.param("2026-03-02 08:00", "P5D", "2026-03-06 17:00", id="a week"),
        pytest.param("2026-03-06 17:00", "P1D", "2026-03-09 17:00", id="from closing"),
    ],
)
def test_a_due_reached_at_closing_is_that_closing(
    start: str, amount: str, expected: str
) -> None:
    """It is 17:00 of that day, not 08:00 of the next."""
    assert due(AUCKLAND, start, amount) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2026-03-06 07:59", "2026-03-06 08:00", id="before opening"),
        pytest.param("2026-03-06 08:00", "2026-03-06 08:00", id="at opening"),
        pytest.param("2026-03-06 12:00", "2026-03-06 12:00", id="in hours"),
        pytest.param("2026-03-06 17:00", "2026-03-06 17:00", id="at closing"),
        pytest.param("2026-03-06 17:01", "2026-03-09 08:00", id="after closing"),
    ],
)
def test_no_time_at_all_is_due_at_once_or_at_the_next_opening(
    start: str, expected: str
) -> None:
    """Both ends of a working day are within business hours."""
    assert due(AUCKLAND, start, "PT0S") == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param(
            "2026-04-02 12:00", "P1D", "2026-04-07 12:00", id="Easter, and its clocks"
        ),
        pytest.param(
            "2026-04-24 12:00", "P1D", "2026-04-28 12:00", id="Anzac Day, Mondayised"
        ),
        pytest.param("2026-07-09 12:00", "P1D", "2026-07-13 12:00", id="Matariki"),
        pytest.param(
            "2026-12-24 12:00", "P1D", "2026-12-29 12:00", id="25 and 26 December"
        ),
        pytest.param("2026-12-31 12:00", "P1D", "2027-01-05 12:00", id="the New Year"),
        pytest.param(
            "2026-12-24 12:00", "P5D", "2027-01-06 12:00", id="Christmas to New Year"
        ),
        pytest.param("2026-12-25 09:00", "PT1H", "2026-12-29 09:00", id="on Christmas"),
    ],
)
def test_nobody_works_on_a_public_holiday(
    start: str, amount: str, expected: str
) -> None:
    """A holiday counts no time, and a start on it begins at the next opening."""
    assert due(AUCKLAND, start, amount) == expected
    assert due(WELLINGTON, start, amount) == expected


def test_a_region_keeps_its_own_anniversary_day() -> None:
    """Auckland Anniversary Day puts off an Auckland agency's due, and no other's."""
    assert due(AUCKLAND, "2026-01-23 12:00", "P1D") == "2026-01-27 12:00"
    assert due(WELLINGTON, "2026-01-23 12:00", "P1D") == "2026-01-26 12:00"

    assert due(AUCKLAND, "2026-01-16 12:00", "P1D") == "2026-01-19 12:00"
    assert due(WELLINGTON, "2026-01-16 12:00", "P1D") == "2026-01-20 12:00"


@pytest.mark.parametrize(
    ("start", "expected", "hours_apart"),
    [
        pytest.param("2026-04-02 16:00", "2026-04-07 16:00", 121, id="clocks go back"),
        pytest.param("2026-09-25 16:00", "2026-09-28 16:00", 71, id="clocks go on"),
    ],
)
def test_hours_stay_local_when_the_clocks_change(
    start: str, expected: str, hours_apart: int
) -> None:
    """The wall shows the same hour; the instants are an hour more or less apart."""
    opened = local(start)

    assert due(AUCKLAND, start, "P1D") == expected
    assert AUCKLAND.add(opened, timedelta(hours=9)) - opened == timedelta(
        hours=hours_apart
    )


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param("2026-04-02T19:00", "2026-04-03T04:00", id="summer"),
        pytest.param("2026-04-06T20:00", "2026-04-07T05:00", id="winter"),
        pytest.param("2026-09-24T20:00", "2026-09-25T05:00", id="last of winter"),
        pytest.param("2026-09-27T19:00", "2026-09-28T04:00", id="summer again"),
    ],
)
def test_a_day_is_placed_by_the_offset_of_its_own_date(
    opening: str, closing: str
) -> None:
    """08:00 and 17:00 are the UTC instants of that date's offset, +13 or +12."""
    no_holidays = Calendar(
        name="no holidays",
        zone=ZONE,
        opens=OPENS,
        closes=CLOSES,
        holidays=frozenset(),
        first_year=2026,
        last_year=2026,
    )
    opened = datetime.fromisoformat(opening).replace(tzinfo=UTC)
    closed = datetime.fromisoformat(closing).replace(tzinfo=UTC)

    assert no_holidays.add(opened - timedelta(hours=2), timedelta()) == opened
    assert no_holidays.add(opened, timedelta(hours=9)) == closed
    assert no_holidays.between(opened, closed) == timedelta(hours=9)


@pytest.mark.parametrize(
    ("text", "hours"), [("PT2H", 2), ("P1D", 9), ("P1DT2H", 11), ("P20D", 180)]
)
def test_a_business_day_is_nine_hours(text: str, hours: int) -> None:
    """P1D is the time from opening to closing; an hour is an hour."""
    assert AUCKLAND.business(parse_duration(text)) == timedelta(hours=hours)


def test_business_time_has_no_years() -> None:
    """Nobody can say how many business hours a year has, so a profile may not."""
    with pytest.raises(ValueError, match="P1Y is no business time: valid are days"):
        AUCKLAND.business(Duration(years=1))


def test_business_time_cannot_be_taken_away() -> None:
    """There is no due before the start."""
    with pytest.raises(ValueError, match="cannot be taken away"):
        AUCKLAND.add(local("2026-03-03 12:00"), -MICROSECOND)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        pytest.param("2026-03-03 09:00", "2026-03-03 11:00", 2, id="one day"),
        pytest.param("2026-03-03 16:00", "2026-03-04 09:00", 2, id="over a night"),
        pytest.param("2026-03-03 17:00", "2026-03-04 08:00", 0, id="a night"),
        pytest.param("2026-03-06 17:30", "2026-03-08 12:00", 0, id="a weekend"),
        pytest.param("2026-04-02 16:00", "2026-04-07 09:00", 2, id="over Easter"),
        pytest.param("2026-03-04 09:00", "2026-03-03 16:00", -2, id="backwards"),
        pytest.param("2027-12-31 16:00", "2027-12-31 23:59", 1, id="the last evening"),
    ],
)
def test_between_counts_business_hours(start: str, end: str, hours: int) -> None:
    """Nights, weekends and holidays count nothing; backwards counts below zero."""
    assert AUCKLAND.between(local(start), local(end)) == timedelta(hours=hours)


def test_a_summer_closure_stops_the_clock_over_new_year() -> None:
    """With the closure chosen, nothing runs from 25 December to 15 January."""
    assert due(AUCKLAND, "2026-12-24 16:00", "PT2H") == "2026-12-29 09:00"
    assert due(CLOSED_IN_SUMMER, "2026-12-24 16:00", "PT2H") == "2027-01-18 09:00"
    assert due(CLOSED_IN_SUMMER, "2026-01-15 12:00", "PT2H") == "2026-01-16 10:00"


@pytest.mark.parametrize(
    ("closure", "day", "closed"),
    [
        (SUMMER, "2026-12-24", False),
        (SUMMER, "2026-12-25", True),
        (SUMMER, "2027-01-15", True),
        (SUMMER, "2027-01-16", False),
        (Closure("july", MonthDay(7, 6), MonthDay(7, 10)), "2026-07-05", False),
        (Closure("july", MonthDay(7, 6), MonthDay(7, 10)), "2026-07-06", True),
        (Closure("july", MonthDay(7, 6), MonthDay(7, 10)), "2026-07-10", True),
        (Closure("july", MonthDay(7, 6), MonthDay(7, 10)), "2026-07-11", False),
    ],
)
def test_a_closure_includes_both_its_ends(
    closure: Closure, day: str, *, closed: bool
) -> None:
    """A closure within a year and one over New Year read the same way."""
    assert closure.covers(date.fromisoformat(day)) is closed


def test_reads_a_day_of_the_year() -> None:
    """Month before day, and 29 February is one."""
    assert parse_month_day("12-25") == MonthDay(12, 25)
    assert parse_month_day("02-29") == MonthDay(2, 29)


@pytest.mark.parametrize(
    "text",
    ["12-32", "13-01", "00-10", "01-00", "02-30", "1-15", "12/25", "2026-12-25", ""],
)
def test_refuses_what_is_no_day_of_the_year(text: str) -> None:
    """A person who mistypes a closure reads what would be valid."""
    with pytest.raises(ValueError, match="valid is MM-DD") as refusal:
        parse_month_day(text)

    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("start", "amount"),
    [
        pytest.param("2025-12-31 23:59", "PT1H", id="a start before"),
        pytest.param("2028-01-01 00:00", "PT1H", id="a start after"),
        pytest.param("2027-12-31 17:01", "PT0S", id="no opening is left"),
        pytest.param("2027-12-31 16:00", "PT2H", id="a due after"),
        pytest.param("2027-12-01 08:00", "P9999D", id="a due long after"),
    ],
)
def test_a_day_outside_the_covered_years_is_an_error(start: str, amount: str) -> None:
    """The error names the calendar and its years: no unknown holiday is guessed."""
    with pytest.raises(CalendarError, match="auckland covers 2026 to 2027") as error:
        due(AUCKLAND, start, amount)

    assert error.value.calendar == "auckland"
    assert error.value.first_year == 2026
    assert error.value.last_year == 2027


def test_the_covered_years_are_used_to_their_last_hour() -> None:
    """What is due at the very last closing is still known."""
    assert due(AUCKLAND, "2027-12-31 16:00", "PT1H") == "2027-12-31 17:00"
    assert due(AUCKLAND, "2026-01-01 00:00", "PT0S") == "2026-01-05 08:00"


def test_between_needs_both_ends_within_the_covered_years() -> None:
    """Business time that runs out of the calendar is not counted half."""
    with pytest.raises(CalendarError):
        AUCKLAND.between(local("2027-12-31 16:00"), local("2028-01-01 00:00"))
    with pytest.raises(CalendarError):
        AUCKLAND.between(local("2025-12-31 16:00"), local("2026-01-05 09:00"))


def test_a_calendar_that_is_never_open_has_no_due() -> None:
    """Closed all year, even a due of no time at all has nowhere to fall."""
    closed = calendar(
        "closed", closures=(Closure("all year", MonthDay(1, 1), MonthDay(12, 31)),)
    )

    with pytest.raises(CalendarError):
        closed.add(local("2026-03-03 12:00"), timedelta())
    assert not closed.between(local("2026-03-03 12:00"), local("2026-04-03 12:00"))


def test_any_zone_may_be_given_and_utc_comes_back() -> None:
    """A moment is a moment; only a time without a zone is refused."""
    expected = local("2026-03-03 11:00")
    start = local("2026-03-03 10:00")

    for zone in (ZONE, timezone(timedelta(hours=-5)), ZoneInfo("Etc/UTC")):
        found = AUCKLAND.add(start.astimezone(zone), timedelta(hours=1))
        assert found == expected
        assert found.tzinfo is UTC
    with pytest.raises(TypeError):
        AUCKLAND.add(start.replace(tzinfo=None), timedelta(hours=1))


@pytest.mark.parametrize(
    ("opens", "closes", "first_year", "last_year", "message"),
    [
        (time(17), time(8), 2026, 2027, "opens must be before closes"),
        (time(8), time(8), 2026, 2027, "opens must be before closes"),
        (time(8), time(17), 2027, 2026, "first year is after its last"),
    ],
)
def test_refuses_hours_or_years_that_are_upside_down(
    opens: time, closes: time, first_year: int, last_year: int, message: str
) -> None:
    """A calendar that could never be open is an error when it is made."""
    with pytest.raises(ValueError, match=f"calendar odd: .*{message}"):
        Calendar(
            name="odd",
            zone=ZONE,
            opens=opens,
            closes=closes,
            holidays=frozenset(),
            first_year=first_year,
            last_year=last_year,
        )


# --- what holds for every start and amount ------------------------------------

# Every minute boundary is a candidate, and the microseconds around it.
STARTS = st.builds(
    lambda minutes, aside: (
        local("2026-01-01 00:00") + timedelta(minutes=minutes) + aside * MICROSECOND
    ),
    st.integers(1, 540 * 24 * 60),
    st.sampled_from([-1, 0, 1]),
)
AMOUNTS = st.one_of(
    st.integers(0, 40 * 9).map(lambda hours: timedelta(hours=hours)),
    st.timedeltas(timedelta(), timedelta(hours=40 * 9)),
)


def walk(found: Calendar, start: datetime, amount: timedelta) -> datetime:
    """Go from day to day with the clock on the wall, as a person would."""
    day = start.astimezone(ZONE).date()
    while True:
        closed = any(closure.covers(day) for closure in found.closures)
        if day.weekday() < 5 and day not in found.holidays and not closed:
            opening = datetime.combine(day, OPENS, ZONE).astimezone(UTC)
            closing = datetime.combine(day, CLOSES, ZONE).astimezone(UTC)
            begin = max(opening, start)
            if begin <= closing and amount <= closing - begin:
                return begin + amount
            amount -= max(closing - begin, timedelta())
        day += timedelta(days=1)


@given(CALENDARS, STARTS, AMOUNTS)
def test_agrees_with_a_walk_through_the_days(
    found: Calendar, start: datetime, amount: timedelta
) -> None:
    """The quick way gives what going through the days one by one gives."""
    assert found.add(start, amount) == walk(found, start, amount)


@given(CALENDARS, STARTS, AMOUNTS)
def test_between_undoes_add(
    found: Calendar, start: datetime, amount: timedelta
) -> None:
    """From a start to its due there is exactly the time that was allowed."""
    assert found.between(start, found.add(start, amount)) == amount


@given(CALENDARS, STARTS, STARTS, AMOUNTS)
def test_an_earlier_start_is_never_due_later(
    found: Calendar, one: datetime, other: datetime, amount: timedelta
) -> None:
    """Dues keep the order of their starts."""
    early, late = sorted((one, other))

    assert found.add(early, amount) <= found.add(late, amount)


@given(CALENDARS, STARTS, AMOUNTS, AMOUNTS)
def test_more_time_is_never_due_earlier(
    found: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    """More time puts the due later, by at least what it is more."""
    less, more = sorted((one, other))

    assert found.add(start, less) + (more - less) <= found.add(start, more)


@given(CALENDARS, STARTS, AMOUNTS, AMOUNTS)
def test_time_may_be_added_in_parts(
    found: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    """Two parts, one after the other, are due when their sum is."""
    assert found.add(found.add(start, one), other) == found.add(start, one + other)


@given(CALENDARS, STARTS, AMOUNTS)
def test_a_due_is_always_within_business_hours(
    found: Calendar, start: datetime, amount: timedelta
) -> None:
    """It falls on a working day from 08:00 to 17:00, never before its start."""
    at = found.add(start, amount)
    wall = at.astimezone(ZONE)

    assert at >= start
    assert wall.weekday() < 5
    assert wall.date() not in found.holidays
    assert not any(closure.covers(wall.date()) for closure in found.closures)
    assert OPENS <= wall.time() <= CLOSES
    assert wall.time() > OPENS or not found.between(start, at)


@given(CALENDARS, STARTS, STARTS, STARTS)
def test_business_time_adds_up(
    found: Calendar, one: datetime, other: datetime, third: datetime
) -> None:
    """Counting over a stop between gives the same as counting straight."""
    straight = found.between(one, third)

    assert found.between(one, other) + found.between(other, third) == straight
    assert found.between(third, one) == -straight
