"""Instants as the database keeps them: whole milliseconds since 1970, in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["FAR_AHEAD", "from_ms", "text_to_ms", "to_ms"]

FAR_AHEAD: Final = 2**62
"""Later than any instant; no timer is set to it."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Count the milliseconds up to an aware instant; finer digits are cut."""
    return (at - _EPOCH) // _MS


def from_ms(milliseconds: int) -> datetime:
    """Give the instant again; aware UTC, exact (a float of seconds would not be)."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def text_to_ms(text: str) -> int:
    """Read an instant as decisions write it (`format_time`); it is not checked."""
    return (datetime.fromisoformat(text) - _EPOCH) // _MS
