"""
Times on the wire: RFC 3339 in UTC, kept to the millisecond.

Zones appear only in calendars and on screens. RFC 3339 leaves the year open from 0000
to 9999; here it runs from 1900 to 2999, so that no sum of a time and a duration can
leave the range of a datetime.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import orjson

_YEAR: Final = "(19|2[0-9])[0-9]{2}"
_DAY: Final = _YEAR + "-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

# RFC 3339, section 5.6: full-date, and date-time with seconds, at most nine digits of
# a second, and UTC. A leap second has no place in a datetime, so it is left out.
DATE_PATTERN: Final = f"^{_DAY}$"
TIME_PATTERN: Final = (
    f"^{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|\+00:00)$"
)
TIME_SAYS: Final = (
    "an RFC 3339 time in UTC with seconds, years 1900 to 2999, such as "
    "2026-03-02T20:15:00Z"
)

_matches = re.compile(TIME_PATTERN.removesuffix("$"), re.ASCII).fullmatch
_MS_IN_US: Final = 1000


def moment(text: str) -> datetime:
    """
    Read a time that already fits `TIME_PATTERN`, cutting it to the millisecond.

    Raises:
        ValueError: the day is not in the calendar (30 February). The message says
            what is valid and quotes nothing.

    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(TIME_SAYS) from None
    surplus_us = read.microsecond % _MS_IN_US
    if surplus_us:
        return read.replace(microsecond=read.microsecond - surplus_us)
    return read


def parse_time(text: str) -> datetime:
    """
    Read an RFC 3339 time in UTC (`Z` or `+00:00`) as an aware datetime.

    Seconds are required; up to nine digits of a second are read and cut (never
    rounded) to milliseconds.

    Raises:
        ValueError: anything else, other offsets too. The message says what is valid
            and quotes nothing.

    Source: RFC 3339, section 5.6

    """
    if _matches(text) is None:
        raise ValueError(TIME_SAYS)
    return moment(text)


def format_time(at: datetime) -> str:
    """
    Write an aware time in UTC with exactly three digits of a second and `Z`.

    Finer digits are cut. The text sorts as the times do.

    Raises:
        ValueError: the time is naive.

    """
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            message = "a time needs a zone"
            raise ValueError(message)
        at = at.astimezone(UTC)
    # datetime.isoformat takes a microsecond here, this under half of one.
    text = orjson.dumps(at).decode()
    return f"{text[1:24]}Z" if at.microsecond else f"{text[1:20]}.000Z"
