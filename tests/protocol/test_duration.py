"""What `P1D` and its like mean, and what is no duration here."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.protocol.duration import Duration, parse_duration

DURATIONS = st.builds(
    Duration,
    years=st.integers(0, 99),
    days=st.integers(0, 99_999),
    seconds=st.integers(0, 99_999 * 3600),
)
MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("2009-01-01"),
    max_value=datetime.fromisoformat("2040-12-31"),
    timezones=st.just(UTC),
)


def utc(text: str) -> datetime:
    """Read a time as the tests write it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT0S", Duration()),
        ("PT30M", Duration(seconds=1_800)),
        ("PT4H", Duration(seconds=14_400)),
        ("PT1H30M15S", Duration(seconds=5_415)),
        ("P1D", Duration(days=1)),
        ("P1DT2H", Duration(days=1, seconds=7_200)),
        ("P20D", Duration(days=20)),
        ("P1Y", Duration(years=1)),
        ("P1Y2DT3S", Duration(years=1, days=2, seconds=3)),
        ("P99Y99999DT99999H", Duration(99, 99_999, 359_996_400)),
    ],
)
def test_reads_what_a_profile_writes(text: str, duration: Duration) -> None:
    """Years, days and the time part are read apart, in ISO 8601's order."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("P1M", id="a month has no fixed length"),
        pytest.param("P1Y2M", id="a month among other parts"),
        pytest.param("P1W", id="a week of business time is ambiguous"),
        pytest.param("P1W2D", id="weeks mixed with days"),
        pytest.param("PT1.5H", id="a fraction"),
        pytest.param("PT1,5H", id="a fraction with a comma"),
        pytest.param("4", id="a bare number"),
        pytest.param("4H", id="no P"),
        pytest.param("P4H", id="hours without T"),
        pytest.param("PT1D", id="days after T"),
        pytest.param("PT30M4H", id="the wrong order"),
        pytest.param("P", id="no part"),
        pytest.param("PT", id="no part after T"),
        pytest.param("P1DT", id="T and nothing after it"),
        pytest.param("-P1D", id="negative"),
        pytest.param("P-1D", id="a negative part"),
        pytest.param("p1d", id="lower case"),
        pytest.param(" P1D", id="a space before"),
        pytest.param("P1D\n", id="a line feed after"),
        pytest.param("P\N{ARABIC-INDIC DIGIT ONE}D", id="a digit of another script"),
        pytest.param("P100Y", id="more years than a deadline can need"),
        pytest.param("P100000D", id="more days than a deadline can need"),
        pytest.param("", id="nothing"),
    ],
)
def test_refuses_any_other_form_and_says_what_is_valid(text: str) -> None:
    """A person who mistypes a duration reads it back beside what would be valid."""
    with pytest.raises(ValueError, match="is no duration: valid are") as refusal:
        parse_duration(text)

    assert repr(text) in str(refusal.value)
    assert "PT4H" in str(refusal.value)


@pytest.mark.parametrize("part", ["years", "days", "seconds"])
def test_no_part_runs_backwards(part: str) -> None:
    """A negative part is refused, however the duration is made."""
    with pytest.raises(ValueError, match="negative"):
        Duration(**{part: -1})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("PT90M", "PT1H30M"),
        ("PT24H", "PT24H"),
        ("PT3600S", "PT1H"),
        ("P0Y1DT0H", "P1D"),
        ("P0D", "PT0S"),
        ("P1Y2DT3M4S", "P1Y2DT3M4S"),
    ],
)
def test_is_written_the_shortest_way(text: str, written: str) -> None:
    """Zeros go, minutes become hours, and 24 hours never become a day."""
    assert str(parse_duration(text)) == written


@given(DURATIONS)
def test_what_is_written_is_read_back(duration: Duration) -> None:
    """Writing a duration and reading it again gives the same value."""
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("start", "text", "due"),
    [
        ("2026-03-02T20:15:00", "PT4H", "2026-03-03T00:15:00"),
        ("2026-03-02T20:15:00.123", "PT0S", "2026-03-02T20:15:00.123"),
        ("2026-03-02T20:15:00", "P1Y", "2027-03-02T20:15:00"),
        ("2026-03-02T20:15:00", "P1Y1DT1H", "2027-03-03T21:15:00"),
        ("2028-02-29T09:00:00", "P1Y", "2029-02-28T09:00:00"),
        ("2028-02-29T09:00:00", "P4Y", "2032-02-29T09:00:00"),
        ("2028-02-29T09:00:00", "P1Y1D", "2029-03-01T09:00:00"),
        ("2027-02-28T09:00:00", "P1Y", "2028-02-28T09:00:00"),
    ],
)
def test_elapsed_time_boundaries(start: str, text: str, due: str) -> None:
    """A year keeps the calendar's day; 29 February falls back to the 28th."""
    assert parse_duration(text).elapsed_from(utc(start)) == utc(due)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("2026-04-04T06:00:00", id="over the 25-hour day of 5 April"),
        pytest.param("2026-09-26T06:00:00", id="over the 23-hour day of 27 September"),
    ],
)
def test_an_elapsed_day_is_24_hours_when_the_clocks_change(start: str) -> None:
    """Daylight saving moves no deadline that is counted in elapsed time."""
    opened = utc(start)

    assert Duration(days=1).elapsed_from(opened) - opened == timedelta(hours=24)


@given(DURATIONS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=800)))
def test_a_later_start_is_never_due_earlier(
    duration: Duration, start: datetime, later: timedelta
) -> None:
    """Elapsed time keeps the order of starts, leap years included."""
    first = duration.elapsed_from(start)

    assert first >= start
    assert duration.elapsed_from(start + later) >= first
