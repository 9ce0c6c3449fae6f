"""Case references: minted from an event, read over a telephone."""

from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coordinator.events.ids import ALPHABET
from coordinator.events.reference import (
    is_case_reference,
    mint_case_reference,
    read_case_reference,
)

SOURCE = "urn:nz:agency:customs"
REFERENCES = st.text(max_size=40).map(lambda text: mint_case_reference(SOURCE, text))
# The places of the eleven characters in TP-XXXXX-XXXXX-C, check included.
PLACES = (*range(3, 8), *range(9, 14), 15)


def test_a_reference_is_fifty_bits_of_the_hash_and_a_check() -> None:
    """A sender can work out the reference of the case that its event starts."""
    event_id = "01KJ7S8Q8F0000000000000001"
    bits = int.from_bytes(sha256(f"{SOURCE}\n{event_id}".encode()).digest()) >> 206

    reference = mint_case_reference(SOURCE, event_id)

    ten = reference[3:8] + reference[9:14]
    assert [ALPHABET.index(character) for character in ten] == [
        bits >> shift & 31 for shift in range(45, -1, -5)
    ]


def test_the_check_character_is_luhn_mod_32() -> None:
    """From the right every other value doubles, and the sum of digits is a multiple."""
    # 1, 2 ... 10: doubled from the right 10, 8, 6, 4, 2 give 20+16+12+8+4 = 60; the
    # others 9+7+5+3+1 = 25; 85 + 11 = 96 is a multiple of 32, and 11 is B.
    assert is_case_reference("TP-12345-6789A-B")


@given(REFERENCES)
def test_what_is_minted_is_a_reference(reference: str) -> None:
    """Strict and forgiving reading agree on every reference as minted."""
    assert is_case_reference(reference)
    assert read_case_reference(reference) == reference


@given(REFERENCES, st.sampled_from(PLACES), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(
    reference: str, place: int, character: str
) -> None:
    """Any one character misheard, the check among them, makes it no reference."""
    assume(reference[place] != character)
    wrong = reference[:place] + character + reference[place + 1 :]

    assert not is_case_reference(wrong)
    assert read_case_reference(wrong) is None


@given(REFERENCES, st.integers(0, len(PLACES) - 2))
def test_two_neighbours_swapped_are_noticed(reference: str, index: int) -> None:
    """Swapped neighbours are caught, save 0 with Z, as Luhn's own limit has it."""
    first, second = PLACES[index], PLACES[index + 1]
    characters = list(reference)
    characters[first], characters[second] = characters[second], characters[first]
    wrong = "".join(characters)
    unseen = {reference[first], reference[second]} in ({"0", "Z"}, {reference[first]})

    assert is_case_reference(wrong) is unseen


@given(st.text() | st.from_regex(r"TP-?[0-9A-Z]{5}-?[0-9A-Z]{5}-?[0-9A-Z]"))
def test_reading_gives_a_reference_or_nothing(text: str) -> None:
    """Whatever was typed, the answer is canonical or None."""
    read = read_case_reference(text)

    assert read is None or is_case_reference(read)


@given(REFERENCES, st.data())
def test_a_reference_survives_a_persons_hand(
    reference: str, data: st.DataObject
) -> None:
    """Lower case, look-alike letters and other spacing still give the same case."""
    looks = {"0": "0Oo", "1": "1IiLl", "-": ["-", "", " ", " - "]}
    written = "".join(
        data.draw(
            st.sampled_from(looks.get(character, [character, character.lower()])),
            label=character,
        )
        for character in reference
    )

    assert read_case_reference(written) == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tp-12345-6789a-b",
        "TP123456789AB",
        "TP-12345-6789A",
        "TP-12345-6789A-BB",
        "TP-12345-6789A-B\n",
        "TP-1234U-6789A-B",
        "XX-12345-6789A-B",
        "TP-12345_6789A-B",
    ],
)
def test_only_one_spelling_is_a_reference_on_the_wire(text: str) -> None:
    """The text is the key of a case, so what a person may type a system may not."""
    assert not is_case_reference(text)
