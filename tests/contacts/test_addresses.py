"""The form of an address, by kind."""

from typing import get_args

import pytest

from coordinator.contacts.addresses import is_address, valid_address
from coordinator.contacts.directory import MethodKind

KINDS: tuple[MethodKind, ...] = get_args(MethodKind)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "duty@example.org"),
        ("email", "first.last+pages@mail.police.example.org"),
        ("email", "a@1.invalid"),
        ("email", "x" * 64 + "@" + ("y" * 63 + ".") * 2 + "z" * 61),  # 254 characters
        ("sms", "+64 0 0000 0000"),
        ("phone", "+64000000000"),
        ("phone", "+000000000000000"),  # fifteen digits
        ("chat", "@duty:chat.example.org"),
        ("chat", "x" * 200),
        ("webhook", "https://hooks.example.org"),
        ("webhook", "https://hooks.example.org:8443/duty?team=1"),
        ("webhook", "http://localhost:8000/duty"),
        ("webhook", "http://127.0.0.1:8000"),
    ],
)
def test_what_fits(kind: MethodKind, address: str) -> None:
    """The usual forms of each kind are taken."""
    assert is_address(kind, address)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "duty"),
        ("email", "duty@localhost"),
        ("email", "duty@-example.org"),
        ("email", "two words@example.org"),
        ("email", "duty@example.org\n"),
        ("email", "a@example.org, b@example.org"),
        ("email", "x" * 65 + "@example.org"),
        ("email", "x" * 64 + "@" + ("y" * 63 + ".") * 2 + "z" * 62),  # 255 characters
        ("sms", "0000 0000"),
        ("sms", "+64 0  0000 0000"),
        ("phone", "+64 0 0000 0000 "),
        ("phone", "+64 0 0000-0000"),
        ("phone", "+000 000"),
        ("phone", "+0000000000000000"),  # sixteen digits
        ("phone", "+६४ ६ ६६६६ ६६६६"),
        ("chat", ""),
        ("chat", "two words"),
        ("chat", "x" * 201),
        ("webhook", "hooks.example.org"),
        ("webhook", "ftp://hooks.example.org"),
        ("webhook", "http://hooks.example.org/duty"),
        ("webhook", "http://localhost.example.org/duty"),
        ("webhook", "https://user:password@hooks.example.org/duty"),
        ("webhook", "https://hooks.example.org/two words"),
        ("webhook", "https:///duty"),
    ],
)
def test_what_does_not(kind: MethodKind, address: str) -> None:
    """What no channel of the kind could use is not taken."""
    assert not is_address(kind, address)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_is_valid_by_a_valid_example(kind: MethodKind) -> None:
    """The example in an error can be followed to the letter."""
    _, example = valid_address(kind).split("such as ")

    assert is_address(kind, example)
