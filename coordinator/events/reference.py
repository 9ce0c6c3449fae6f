"""
Case references that survive a telephone: `TP-XXXXX-XXXXX-C`.

Ten characters of Crockford's base 32 are 50 bits, too many to guess; the eleventh, by
Luhn mod 32, catches one wrong character anywhere, and two neighbours swapped save for
0 and Z (the weakness Luhn has for 0 and 9).
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from coordinator.events.ids import ALPHABET, CHARACTER

_BITS: Final = 50
# What a character adds to the Luhn sum: its value, or the two digits (base 32) of twice
# its value. Tables over bytes, since every event's subject is checked.
_SINGLE: Final = bytes.maketrans(ALPHABET.encode(), bytes(range(32)))
_DOUBLED: Final = bytes.maketrans(
    ALPHABET.encode(), bytes(2 * v // 32 + 2 * v % 32 for v in range(32))
)
CASE_PATTERN: Final = f"TP-{CHARACTER}{{5}}-{CHARACTER}{{5}}-{CHARACTER}"
_is_written = re.compile(CASE_PATTERN, re.ASCII).fullmatch
# Crockford: "When decoding, upper and lower case letters are accepted, and i and l
# will be treated as 1 and o will be treated as 0." The hyphens only help the eye.
_HEARD: Final = str.maketrans("OIL", "011", " \t-")
_heard = re.compile(f"TP({CHARACTER}{{11}})", re.ASCII).fullmatch


def _check_character(ten: str) -> str:
    """
    Work out the Luhn mod 32 check character of ten characters of `ALPHABET`.

    Every other one, from the last leftwards, counts double; the check makes the sum a
    multiple of 32.
    """
    digits = ten.encode()
    total = sum(digits[::2].translate(_SINGLE)) + sum(digits[1::2].translate(_DOUBLED))
    return ALPHABET[-total % 32]


def _written(ten: str, check: str) -> str:
    return f"TP-{ten[:5]}-{ten[5:]}-{check}"


def mint_case_reference(source: str, event_id: str) -> str:
    """
    Give the reference of the case that this event starts.

    It is the first 50 bits of the SHA-256 of the source, a line feed and the id, so
    the sender can work it out as well, and the same event always starts the same case.
    """
    digest = sha256(f"{source}\n{event_id}".encode()).digest()
    bits = int.from_bytes(digest[:7]) >> (7 * 8 - _BITS)
    ten = "".join(ALPHABET[bits >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return _written(ten, _check_character(ten))


def is_case_reference(text: str) -> bool:
    """
    Tell whether the text is a case reference exactly as minted, check included.

    Lower case and missing hyphens are for `read_case_reference`: one case must have
    one spelling on the wire, since the text is the key of its partition.
    """
    return (
        _is_written(text) is not None
        and _check_character(text[3:8] + text[9:14]) == text[15]
    )


def read_case_reference(text: str) -> str | None:
    """
    Read a reference as a person typed it; None if it cannot be one.

    Takes lower case, O for 0, I and L for 1, and spaces or hyphens anywhere. None also
    where the check character does not fit: the text was misheard, and no guess is made.
    """
    found = _heard(text.upper().translate(_HEARD))
    if found is None:
        return None
    ten, check = found[1][:10], found[1][10]
    return _written(ten, check) if _check_character(ten) == check else None
