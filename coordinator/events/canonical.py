"""
The one form of an event that is signed and compared: RFC 8785, without its signature.

Two texts that differ in spacing, in the order of members or in how a character is
escaped say the same, and have one canonical form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(event: bytes | Mapping[str, Any]) -> bytes:
    """
    Write an event, given as JSON text or as its values, in canonical form.

    Raises:
        ValueError: it is not a JSON object, holds a number that a double cannot hold
            exactly, or is nested deeper than any event may be. The message quotes
            nothing. An event that was decoded never raises it.

    Source: RFC 8785

    """
    try:
        values = orjson.loads(event) if isinstance(event, bytes) else event
        unsigned = {
            name: value for name, value in values.items() if name != "signature"
        }
        return rfc8785.dumps(unsigned)
    except (AttributeError, RecursionError, ValueError):
        message = "only a JSON object has a canonical form (RFC 8785, RFC 7493)"
        raise ValueError(message) from None


def same_content(one: bytes, other: bytes) -> bool:
    """
    Tell whether two texts are one event: equal in canonical form, signatures apart.

    False where either has none.
    """
    if one == other:
        return True
    try:
        return canonical(one) == canonical(other)
    except ValueError:
        return False
