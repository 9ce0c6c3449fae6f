"""
Ids: the ULIDs that senders make, and the ids that the bus works out.

A made id is a hash of what it names, written in ULID's alphabet, so that every
runtime, and every replay, gives the same deadline, page or delivery the same id.
"""

from __future__ import annotations

import re
from hashlib import sha256
from struct import Struct
from typing import Final

# Crockford's base 32, as in the ULID specification: no I, L, O or U.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTER: Final = "[0-9A-HJKMNP-TV-Z]"
# 26 characters of five bits hold 130; a ULID has 128, so the first is at most 7.
ULID_PATTERN: Final = f"^[0-7]{CHARACTER}{{25}}$"

_is_ulid = re.compile(ULID_PATTERN.removesuffix("$"), re.ASCII).fullmatch

# Every id of the log is made here, so two characters or three are looked up at once:
# nine look-ups for 26 characters.
_TWO: Final = tuple(a + b for a in ALPHABET for b in ALPHABET)
_THREE: Final = tuple(pair + c for pair in _TWO for c in ALPHABET)
# The text hashed is the parts with line feeds between; a template is quicker than
# turning each part into text first.
_JOINED: Final = tuple("\n".join(["%s"] * count) for count in range(16))
_halves = Struct(">QQ").unpack_from


def made_id(*parts: str | int) -> str:
    """
    Hash one to fifteen parts to an id of 26 characters in ULID's alphabet.

    It is the first 128 bits, big-endian, of the SHA-256 of the parts joined by line
    feeds, an integer in decimal. A part must hold no line feed, or two lists could
    share an id.
    """
    high, low = _halves(sha256((_JOINED[len(parts)] % parts).encode()).digest())
    return (
        f"{_THREE[high >> 51]}{_THREE[high >> 36 & 32767]}{_THREE[high >> 21 & 32767]}"
        f"{_THREE[high >> 6 & 32767]}{_THREE[(high & 63) << 9 | low >> 55]}"
        f"{_THREE[low >> 40 & 32767]}{_THREE[low >> 25 & 32767]}"
        f"{_THREE[low >> 10 & 32767]}{_TWO[low & 1023]}"
    )


def is_ulid(text: str) -> bool:
    """
    Tell whether the text is a ULID in its canonical form: 26 upper-case characters.

    Source: the ULID specification, "Canonical String Representation".
    """
    return _is_ulid(text) is not None
