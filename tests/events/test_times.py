"""Times on the wire: what is read, what is not, and how they are written."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events.times import TIME_SAYS, format_time, parse_time

MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone itself
    max_value=datetime(2999, 12, 31, 23, 59, 59, 999_999),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2026-03-02T20:15:00Z", 0),
        ("2026-03-02T20:15:00+00:00", 0),
        ("2026-03-02T20:15:00.1Z", 100_000),
        ("2026-03-02T20:15:00.123Z", 123_000),
        ("2026-03-02T20:15:00.1239Z", 123_000),
        ("2026-03-02T20:15:00.999999999Z", 999_000),
    ],
)
def test_a_utc_time_is_read_and_cut_to_the_millisecond(
    text: str, microsecond: int
) -> None:
    """Up to nine digits of a second are read; beyond the third they are cut."""
    assert parse_time(text) == datetime(2026, 3, 2, 20, 15, 0, microsecond, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-02",
        "2026-03-02T20:15Z",
        "2026-03-02T20:15:00",
        "2026-03-02 20:15:00Z",
        "2026-03-02t20:15:00z",
        "2026-03-02T20:15:00+13:00",
        "2026-03-02T20:15:00-00:00",
        "2026-03-02T20:15:00.Z",
        "2026-03-02T20:15:00.1234567890Z",
        "2026-03-02T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "20260302T201500Z",
        "2026-W10-1T20:15:00Z",
        "٢٠٢٦-03-02T20:15:00Z",
        "2026-03-02T20:15:00Z\n",
        "1772482500",
    ],
)
def test_anything_but_an_rfc_3339_time_in_utc_is_refused(text: str) -> None:
    """Other offsets, other forms of ISO 8601 and days that never were are errors."""
    with pytest.raises(ValueError, match="an RFC 3339 time in UTC") as refused:
        parse_time(text)

    assert str(refused.value) == TIME_SAYS


@given(MOMENTS)
def test_a_written_time_reads_back(at: datetime) -> None:
    """Writing and reading loses nothing but what is finer than a millisecond."""
    read = parse_time(format_time(at))

    assert timedelta() <= at - read < timedelta(milliseconds=1)
    assert format_time(read) == format_time(at)


@given(MOMENTS, MOMENTS)
def test_written_times_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    """Text order is time order, so an index of texts is an index of times."""
    assert (one <= other) <= (format_time(one) <= format_time(other))


@pytest.mark.parametrize(
    "zone", [ZoneInfo("Pacific/Auckland"), timezone(timedelta(hours=-3))]
)
def test_a_time_of_another_zone_is_written_in_utc(zone: ZoneInfo | timezone) -> None:
    """The same instant has one spelling, wherever it was meant."""
    at = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)

    assert format_time(at.astimezone(zone)) == "2026-03-02T20:15:00.000Z"


def test_a_naive_time_is_never_written() -> None:
    """A time without a zone is a mistake of ours, not a guess at one."""
    with pytest.raises(ValueError, match="zone"):
        format_time(datetime(2026, 3, 2))  # noqa: DTZ001 - what is tested


def test_milliseconds_are_always_written() -> None:
    """Three digits of a second stand there even where they are zeros."""
    at = datetime(2026, 3, 2, 20, 15, 0, 4_999, UTC)

    assert format_time(at) == "2026-03-02T20:15:00.004Z"
    assert format_time(at.replace(microsecond=0)) == "2026-03-02T20:15:00.000Z"
    assert format_time(at.replace(microsecond=999)) == "2026-03-02T20:15:00.000Z"
