"""Ids that senders make, and ids that the bus works out."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from coordinator.events.ids import is_ulid, made_id

PARTS = st.lists(
    st.integers() | st.text(st.characters(codec="utf-8", exclude_characters="\n")),
    min_size=1,
    max_size=15,
)


@given(PARTS)
def test_a_made_id_is_the_hash_of_its_parts_in_ulids_alphabet(
    parts: list[str | int],
) -> None:
    """Anyone with the parts can work the id out: SHA-256, cut to 128 bits."""
    joined = "\n".join(str(part) for part in parts).encode()

    assert made_id(*parts) == str(ULID.from_bytes(sha256(joined).digest()[:16]))


@given(PARTS)
def test_a_made_id_is_a_ulid(parts: list[str | int]) -> None:
    """A made id can stand wherever the id of an event can."""
    assert is_ulid(made_id(*parts))


@given(PARTS, PARTS)
def test_different_parts_have_different_ids(
    one: list[str | int], other: list[str | int]
) -> None:
    """Two lists share an id only where they read the same."""
    same = [str(part) for part in one] == [str(part) for part in other]

    assert (made_id(*one) == made_id(*other)) is same


def test_a_made_id_never_changes() -> None:
    """The ids in logs already written stay what they are."""
    assert made_id("TP-XXXXX-XXXXX-C", 17, "pages", 3) == "1SEKH4QYTS1J6H3CSQYRD4S457"


@given(st.binary(min_size=16, max_size=16))
def test_every_ulid_is_known_as_one(value: bytes) -> None:
    """Whatever 128 bits a sender's library chose, the text is accepted."""
    assert is_ulid(str(ULID.from_bytes(value)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01KJ7S8Q8F000000000000000",
        "01KJ7S8Q8F00000000000000001",
        "81KJ7S8Q8F0000000000000001",
        "01kj7s8q8f0000000000000001",
        "01KJ7S8Q8F000000000000000I",
        "01KJ7S8Q8F000000000000000U",
        "01KJ7S8Q8F0000000000000001\n",
    ],
)
def test_what_is_no_ulid_is_not_taken_for_one(text: str) -> None:
    """Wrong lengths, letters and cases, and more than 128 bits, are not ULIDs."""
    assert not is_ulid(text)
