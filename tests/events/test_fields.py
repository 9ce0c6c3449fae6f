"""What each type of field holds, and what it cannot."""

from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, ValidationError

from coordinator.events import fields

STRICT = ConfigDict(strict=True)
MaybeCode: TypeAlias = fields.Maybe[fields.Code]
SomeCodes: TypeAlias = fields.Some[fields.Code]
AnyCodes: TypeAlias = fields.AnyNumber[fields.Code]


def holds(
    kind: Any,  # noqa: ANN401 - a form of type, for which there is no type
    value: object,
) -> bool:
    """Tell whether a field of this kind takes the value."""
    try:
        TypeAdapter(kind, config=STRICT).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (fields.Code, "a"),
        (fields.Code, "A-1_b.c:d" * 7 + "x"),
        (fields.AgencyId, "police"),
        (fields.AgencyId, "ngo-migrant-services"),
        (fields.NgoId, "ngo-refuge"),
        (fields.NgoId, "ngo-2nd-home"),
        (fields.Text, "x" * 2_000),
        (fields.Text, "two\nlines, a\ttab, ā and \U0001d54f"),
        (fields.Language, "en"),
        (fields.Language, "mi"),
        (fields.Language, "zh-yue"),
        (fields.Language, "zh-Hant-TW"),
        (fields.Language, "es-419"),
        (fields.Language, "sl-rozaj-1994"),
        (fields.Amount, "0"),
        (fields.Amount, "350.00"),
        (fields.Amount, "999999999999.9"),
        (fields.Channel, "text_message"),
        (fields.Item, 1),
        (fields.Item, 28),
        (fields.Rating, 5),
        (fields.Rung, 0),
        (fields.Version, 2),
        (fields.Version, "nz-2009/1"),
        (fields.Figures, {}),
        (fields.Figures, {"a": [1, 2.5, None, True, "x", {"b": -(2**53 - 1)}]}),
    ],
)
def test_a_value_of_the_kind_is_taken(kind: object, value: object) -> None:
    """The longest, the smallest and the unusual are still values of the kind."""
    assert holds(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (fields.Code, ""),
        (fields.Code, "x" * 65),
        (fields.Code, "two words"),
        (fields.Code, "12 High St"),
        (fields.Code, "a\n"),
        (fields.Code, 7),
        (fields.AgencyId, "Police"),
        (fields.AgencyId, "ngo--x"),
        (fields.AgencyId, "a" * 65),
        (fields.NgoId, "police"),
        (fields.NgoId, "ngo-"),
        (fields.EventId, "1"),
        (fields.MadeId, "x" * 26),
        (fields.Text, ""),
        (fields.Text, "x" * 2_001),
        (fields.Text, "a\x00b"),
        (fields.Text, "\x1b[2J"),
        (fields.Text, "\x85"),
        (fields.Language, "EN"),
        (fields.Language, "english"),
        (fields.Language, "en-x-anything"),
        (fields.Language, "en_NZ"),
        (fields.Amount, "-1"),
        (fields.Amount, "1,000"),
        (fields.Amount, "007"),
        (fields.Amount, "1.005"),
        (fields.Amount, 350.0),
        (fields.Channel, "+64211234567"),
        (fields.Channel, "duty@example.org"),
        (fields.Item, 0),
        (fields.Item, 29),
        (fields.Item, 5.0),
        (fields.Item, True),
        (fields.Item, "5"),
        (fields.Rating, 6),
        (fields.Rung, -1),
        (fields.Version, 2**53),
        (fields.Version, True),
        (fields.Version, None),
        (fields.Moment, 1_772_482_500),
        (fields.Moment, "2026-02-29T00:00:00Z"),
        (fields.FullDate, "2026-02-29"),
        (fields.FullDate, "2026-3-2"),
        (fields.FullDate, "2026-03-02T00:00:00Z"),
        (fields.Figures, []),
        (fields.Figures, {"a": 2**53}),
        (fields.Figures, {"a": -1e300}),
        (fields.Figures, {"a": float("nan")}),
        (fields.Figures, {"a": "x" * 2_001}),
        (fields.Figures, {"x" * 2_001: 1}),
        (fields.Figures, {"a": ["\x00"]}),
    ],
)
def test_anything_else_is_not(kind: object, value: object) -> None:
    """Nothing is coerced, and no code or channel can hold an address."""
    assert not holds(kind, value)


def test_times_and_dates_are_read_as_values() -> None:
    """A time is an aware UTC datetime, a full date a date, and both are written."""
    time = TypeAdapter(fields.Moment)
    day = TypeAdapter(fields.FullDate)

    assert time.validate_python("2026-03-02T20:15:00.0019Z") == datetime(
        2026, 3, 2, 20, 15, 0, 1_000, UTC
    )
    assert day.validate_python("2026-03-02") == date(2026, 3, 2)
    assert day.dump_json(date(2026, 3, 2)) == b'"2026-03-02"'
    assert time.dump_json(datetime(2026, 3, 2, tzinfo=UTC)) == b'"2026-03-02T00:00:00Z"'


def test_a_maybe_is_a_value_but_never_null() -> None:
    """Absent is how a sender says that nothing is known."""
    assert holds(MaybeCode, "a")
    assert not holds(MaybeCode, None)


def test_a_list_that_must_not_be_empty_says_so() -> None:
    """A list is given as one, never as a text, and read as a tuple."""
    assert holds(SomeCodes, ["a"])
    assert not holds(SomeCodes, [])
    assert not holds(SomeCodes, "a")
    assert not holds(SomeCodes, {"a": 1})
    assert holds(AnyCodes, [])
    assert not holds(AnyCodes, ["a b"])


@given(st.integers(1, 12))
def test_figures_are_at_most_eight_deep(depth: int) -> None:
    """Objects and lists count; the figures themselves are the first."""
    figures: object = 1
    for level in range(depth):
        figures = {"a": figures} if level == depth - 1 or level % 2 else [figures]

    assert holds(fields.Figures, figures) is (depth <= 8)
