"""The canonical form, by which events are signed and compared."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events import CATALOGUE, canonical, example, same_content

NAMES = st.sampled_from(list(CATALOGUE))


def test_members_are_sorted_and_spaces_gone() -> None:
    """The form is RFC 8785's, with the signature left out at the top level only."""
    raw = b'{ "b" : [ 1.0, 1e3 ], "signature" : "x", "a" : {"signature": "\\u20ac"} }'

    assert canonical(raw) == '{"a":{"signature":"€"},"b":[1,1000]}'.encode()


@given(NAMES, st.randoms(use_true_random=False), st.integers(0, 4))
def test_how_an_event_is_written_does_not_matter(
    name: str, chance: random.Random, indent: int
) -> None:
    """Order, spacing, escapes and a signature change nothing of what is said."""
    event = example(name)
    members = [*event.items(), ("signature", "a..b")]
    chance.shuffle(members)
    other = json.dumps(dict(members), indent=indent, ensure_ascii=True).encode()

    assert canonical(other) == canonical(event)
    assert same_content(json.dumps(event).encode(), other)


@given(NAMES, NAMES)
def test_two_events_are_the_same_only_when_they_say_the_same(
    one: str, other: str
) -> None:
    """Two examples differ in id and data, and so in content."""
    raw, another = (json.dumps(example(name)).encode() for name in (one, other))

    assert same_content(raw, another) is (one == other)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"1", b'{"a":9007199254740993}', b'{"a":' * 1_000]
)
def test_what_has_no_canonical_form_is_the_same_as_nothing(raw: bytes) -> None:
    """It equals itself, byte for byte, and no event."""
    with pytest.raises(ValueError, match="canonical form"):
        canonical(raw)

    assert same_content(raw, raw)
    assert not same_content(raw, json.dumps(example("suspicion.reported")).encode())


def test_values_nested_too_deep_have_no_canonical_form() -> None:
    """Values made here are held to the same limit as text."""
    deep: Any = {}
    for _ in range(5_000):
        deep = {"a": deep}

    with pytest.raises(ValueError, match="canonical form"):
        canonical(deep)
