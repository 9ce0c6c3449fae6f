"""
The types of the catalogue's fields: what a field can hold, and so what it cannot.

Every rule of form stands here once; the error a sender reads and the published JSON
Schema both come from it. None of these types can hold a place or a name save the free
texts, which the Plan's rows ask for. Nothing is coerced: "true" is no boolean.

Source: docs/adr/0007-need-to-know.md ("no field can hold a place or a name").
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, cast

from pydantic import AfterValidator, Field, GetPydanticSchema
from pydantic_core import CoreSchema, core_schema

from coordinator.events.ids import ULID_PATTERN
from coordinator.events.times import DATE_PATTERN, TIME_PATTERN, TIME_SAYS, moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler


class Holds(Enum):
    """What a string names, for those who must look it up or hide it."""

    EVENT = "the id of an event"
    AGENCY = "the id of an agency"


T = TypeVar("T")

AGENCY_PATTERN: Final = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SOURCE_PREFIX: Final = "urn:nz:agency:"
CODE_PATTERN: Final = "^[A-Za-z0-9._:-]{1,64}$"
# RFC 5646 without extensions and private use, which could hold anything; in its
# section 2.1.1's case, so that a rule can compare two tags.
LANGUAGE_PATTERN: Final = (
    "^[a-z]{2,3}(-[a-z]{3})?(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?"
    "(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*$"
)
# No control character but tab, line feed and return: an archive in XML could not hold
# it, and a terminal might obey it.
_PRINTABLE: Final = "[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*"
_is_printable = re.compile(_PRINTABLE).fullmatch
MAX_TEXT: Final = 2_000
# RFC 8785 needs numbers that a double holds exactly (RFC 7493, section 2.2).
_MAX_INTEGER: Final = 2**53 - 1
# Deep enough for a table in a table, shallow enough for any reader's stack.
_MAX_DEPTH: Final = 8

Code = Annotated[
    str,
    Field(
        pattern=CODE_PATTERN,
        description="a code of 1 to 64 letters, digits, dots, underscores, colons or "
        "hyphens",
    ),
]
PersonRef = Annotated[
    str,
    Field(
        pattern=CODE_PATTERN,
        description="a pseudonym of 1 to 64 letters, digits, dots, underscores, colons "
        "or hyphens",
    ),
]
AgencyId = Annotated[
    str,
    Field(
        pattern=AGENCY_PATTERN,
        max_length=64,
        description="an agency's id, lower-case letters, digits and single hyphens, "
        "such as police or ngo-refuge",
    ),
    Holds.AGENCY,
]
NgoId = Annotated[
    str,
    Field(
        pattern="^ngo-[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=64,
        description="the id of a non-government organisation, such as ngo-refuge",
    ),
    Holds.AGENCY,
]
EventId = Annotated[
    str,
    Field(
        pattern=ULID_PATTERN,
        description="the id of an event, a ULID of 26 upper-case characters",
    ),
    Holds.EVENT,
]
# What correlationid, causationid and duplicate_of hold: ours, or another system's.
EventIdOrCode = Annotated[Code, Holds.EVENT]
MadeId = Annotated[
    str,
    Field(
        pattern=ULID_PATTERN,
        description="an id made by the bus, 26 upper-case characters as in a ULID",
    ),
]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TEXT,
        pattern=f"^{_PRINTABLE}$",
        description="a text of 1 to 2,000 characters without control characters",
    ),
]
Language = Annotated[
    str,
    Field(
        pattern=LANGUAGE_PATTERN,
        max_length=35,  # RFC 5646, section 4.4.1
        description="a BCP 47 language tag in its recommended case, such as en, mi, th "
        "or zh-Hant",
    ),
]
Amount = Annotated[
    str,
    Field(
        pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$",
        description="an amount of New Zealand dollars as a decimal string, such as "
        '"350.00"',
    ),
]
Channel = Annotated[
    str,
    Field(
        # No digits and no @: it cannot be a number or an address.
        pattern="^[a-z][a-z_-]{0,31}$",
        description="a kind of channel in lower-case letters, such as email",
    ),
]
Offence = Literal["s98C", "s98D", "s98AA", "other"]
Need = Literal[
    "social",
    "financial",
    "health",
    "employment",
    "housing",
    "safety",
    "interpreter",
    "other",
]
Risk = Literal["none", "low", "high"]
Urgency = Literal["urgent", "routine"]
Item = Annotated[int, Field(ge=1, le=28, description="an item's number from 1 to 28")]
Rating = Annotated[int, Field(ge=1, le=5, description="a whole number from 1 to 5")]
Rung = Annotated[
    int, Field(ge=0, le=99, description="a rung's number from 1, 0 for the reminder")
]
Version = Annotated[
    Annotated[int, Field(ge=0, le=_MAX_INTEGER)] | Text,
    Field(description="a version, a whole number or a text"),
]


def _string_then(
    read: Callable[[str], date], pattern: str, kind: Literal["datetime", "date"]
) -> GetPydanticSchema:
    """Check the text's form before `read`, which is quick since it may rely on it."""
    schema = core_schema.no_info_after_validator_function(
        read,
        core_schema.str_schema(pattern=pattern, strict=True),
        serialization=core_schema.simple_ser_schema(kind),
    )
    return GetPydanticSchema(lambda _source, _handler: schema)


_DATE_SAYS: Final = "a full date, years 1900 to 2999, such as 2026-03-02"


def _full_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_DATE_SAYS) from None


Moment = Annotated[
    datetime,
    _string_then(moment, TIME_PATTERN, "datetime"),
    Field(description=TIME_SAYS, json_schema_extra={"format": "date-time"}),
]
FullDate = Annotated[
    date,
    _string_then(_full_date, DATE_PATTERN, "date"),
    Field(description=_DATE_SAYS, json_schema_extra={"format": "date"}),
]


_FIGURES_SAYS: Final = (
    "an object at most 8 deep, of texts up to 2,000 characters, true, false, null and "
    "numbers from -(2^53-1) to 2^53-1"
)


def _plain_figures(figures: dict[str, Any]) -> dict[str, Any]:
    """Keep to what RFC 8785 can write and any reader can hold."""
    waiting: list[tuple[Any, int]] = [(figures, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            inner = [*value, *value.values()]
        elif isinstance(value, list):
            inner = value
        elif (isinstance(value, str) and not _is_plain(value)) or (
            isinstance(value, int | float) and not abs(value) <= _MAX_INTEGER
        ):
            raise ValueError(_FIGURES_SAYS)
        else:
            continue
        if depth > _MAX_DEPTH:
            raise ValueError(_FIGURES_SAYS)
        waiting += [(each, depth + 1) for each in inner]
    return figures


def _is_plain(text: str) -> bool:
    return len(text) <= MAX_TEXT and _is_printable(text) is not None


Figures = Annotated[
    dict[str, Any],
    AfterValidator(_plain_figures),
    Field(description=_FIGURES_SAYS),
]


class _NotNull:
    """Lets a field be absent, which reads as None, but not be sent as null."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        nullable = cast("core_schema.NullableSchema", handler(source))
        return nullable["schema"]


Maybe = Annotated[T | None, _NotNull()]
# A list of at least one, and one that may be empty; tuples once read, to be frozen.
Some = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]
AnyNumber = Annotated[tuple[T, ...], Field(strict=False)]
