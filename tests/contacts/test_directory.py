"""What the directory answers."""

from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any

import pytest

from coordinator.contacts import (
    EMPTY,
    AgencyContacts,
    Directory,
    Method,
    Person,
    PublicKey,
)

X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # RFC 8037, appendix A.2
PERSON = Person(
    id="police.key_contact.1",
    agency="police",
    name="Iris Example",
    title="Inspector of Examples",
    languages=("en",),
    methods=(Method(kind="email", address="iris@example.org"),),
    valid_from=date(2026, 1, 1),
    valid_to=None,
)
POLICE = AgencyContacts(
    id="police",
    name="Police",
    roles={"key_contact": ("police.key_contact.2", "police.key_contact.1")},
    key=PublicKey(x=X),
)
CUSTOMS = AgencyContacts(id="customs", name="Customs", roles={})
DIRECTORY = Directory(
    agencies={"police": POLICE, "customs": CUSTOMS}, people={PERSON.id: PERSON}
)


def test_it_knows_the_agencies_it_has() -> None:
    """An agency is known when it is in the directory, whoever works there."""
    assert DIRECTORY.knows_agency("customs")
    assert not DIRECTORY.knows_agency("ngo-refuge")


def test_it_knows_the_contacts_it_has() -> None:
    """A contact id is known when it is a person's."""
    assert DIRECTORY.knows_contact("police.key_contact.1")
    assert not DIRECTORY.knows_contact("police.key_contact.9")


@pytest.mark.parametrize(
    ("agency", "role", "who"),
    [
        ("police", "key_contact", ("police.key_contact.2", "police.key_contact.1")),
        ("police", "senior_official", ()),
        ("ngo-refuge", "key_contact", ()),
    ],
)
def test_it_lists_who_holds_a_role(
    agency: str, role: str, who: tuple[str, ...]
) -> None:
    """The holders come in the order they are tried; nobody is an empty answer."""
    assert DIRECTORY.who(agency, role) == who


def test_it_gives_a_key_as_a_jwk() -> None:
    """A key has the members RFC 8037 requires, and no agency need have one."""
    assert DIRECTORY.public_key("police") == {"kty": "OKP", "crv": "Ed25519", "x": X}
    assert DIRECTORY.public_key("customs") is None
    assert DIRECTORY.public_key("ngo-refuge") is None


def test_changing_a_jwk_changes_no_key() -> None:
    """Each caller has a JWK of its own."""
    jwk = DIRECTORY.public_key("police")
    assert jwk is not None
    jwk.clear()

    assert DIRECTORY.public_key("police") == {"kty": "OKP", "crv": "Ed25519", "x": X}


@pytest.mark.parametrize(
    "mapping", [DIRECTORY.agencies, DIRECTORY.people, POLICE.roles]
)
def test_nothing_can_be_put_in_later(mapping: Any) -> None:  # noqa: ANN401 - any mapping
    """A directory that was built stays as it is."""
    with pytest.raises(TypeError):
        mapping["more"] = ()
    with pytest.raises(FrozenInstanceError):
        DIRECTORY.people = {}  # type: ignore[misc] # what mypy forbids is the point


def test_it_keeps_no_hold_on_what_it_was_built_from() -> None:
    """Changing the mapping given does not reach the directory."""
    given = {"police": POLICE}
    directory = Directory(agencies=given, people={})
    given.clear()

    assert directory.knows_agency("police")


def test_the_empty_one_knows_nobody() -> None:
    """Where no directory is set, every question has an answer."""
    assert not EMPTY.knows_agency("police")
    assert not EMPTY.knows_contact("police.key_contact.1")
    assert EMPTY.who("police", "key_contact") == ()
    assert EMPTY.public_key("police") is None


def test_printing_it_tells_no_personal_data() -> None:
    """A directory in a log line or a failed assertion shows ids and kinds only."""
    shown = repr(DIRECTORY)

    assert "police.key_contact.1" in shown
    assert "email" in shown
    for secret in ("Iris", "Inspector of Examples", "iris@example.org"):
        assert secret not in shown
