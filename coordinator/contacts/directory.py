"""
The directory's values: who holds which role in which agency, and how to reach them.

An event names a contact only by its id; names and addresses are here and nowhere
else, and are left out of what these values print as, since that ends in log lines.

Source: item 23 ("identify key contact people and methods of communication").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

MethodKind: TypeAlias = Literal["email", "sms", "phone", "chat", "webhook"]

# What an agency's people are paged as. A body that is reached as a whole has one role
# of its own name instead.
ROLES: Final = ("key_contact", "senior_official", "duty_officer")


@dataclass(frozen=True, slots=True)
class Method:
    """
    One way to reach a person.

    Attributes:
        kind: What carries it.
        address: In the form of its kind: an e-mail address, a telephone number with
            its country's code (sms, phone), a chat's own form, a URL (webhook).
    """

    kind: MethodKind
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """
    Someone who can be paged.

    Attributes:
        id: The contact_id that events carry; unique in the whole directory.
        agency: The agency whose file the person stands in.
        name: For screens only.
        title: The position held in the agency.
        languages: BCP 47 tags, the preferred one first.
        methods: The preferred one first; at least one.
        valid_from: The first day in the directory, a day in New Zealand.
        valid_to: The last day, itself included; None until further notice.
    """

    id: str
    agency: str
    name: str = field(repr=False)
    title: str = field(repr=False)
    languages: tuple[str, ...]
    methods: tuple[Method, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """
    The Ed25519 key an agency's signatures are checked with.

    Attributes:
        x: The 32 bytes of the key in base64url without padding (RFC 8037, section 2).
    """

    x: str

    def as_jwk(self) -> dict[str, str]:
        """Give the key as a JWK: the required members, in RFC 7638's order."""
        return {"crv": "Ed25519", "kty": "OKP", "x": self.x}


@dataclass(frozen=True, slots=True)
class AgencyContacts:
    """
    What the directory knows of one agency.

    Attributes:
        id: As in the agency's CloudEvents source.
        name: In full, for screens.
        roles: For each role held, contact ids in the order they are tried. They may
            be people of another agency.
        key: None when its signatures are not checked.
    """

    id: str
    name: str
    roles: Mapping[str, tuple[str, ...]]
    key: PublicKey | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", MappingProxyType(dict(self.roles)))


@dataclass(frozen=True, slots=True)
class Directory:
    """
    Every agency and person that can be reached, by id.

    Whoever builds one sees to it that each role's contacts are among the people.
    """

    agencies: Mapping[str, AgencyContacts]
    people: Mapping[str, Person]

    def __post_init__(self) -> None:
        object.__setattr__(self, "agencies", MappingProxyType(dict(self.agencies)))
        object.__setattr__(self, "people", MappingProxyType(dict(self.people)))

    def knows_agency(self, agency: str) -> bool:
        """Tell whether an agency id has a file here."""
        return agency in self.agencies

    def knows_contact(self, contact_id: str) -> bool:
        """Tell whether a contact id is someone's here, valid today or not."""
        return contact_id in self.people

    def public_key(self, agency: str) -> dict[str, str] | None:
        """Give an agency's key as a JWK; None: no key, or no such agency."""
        contacts = self.agencies.get(agency)
        if contacts is None or contacts.key is None:
            return None
        return contacts.key.as_jwk()

    def who(self, agency: str, role: str) -> tuple[str, ...]:
        """
        List who holds a role, as contact ids in the order they are tried.

        Their validity is not looked at. Empty for a role nobody holds, and for an
        agency that is not here.
        """
        contacts = self.agencies.get(agency)
        return () if contacts is None else contacts.roles.get(role, ())


EMPTY: Final = Directory(agencies={}, people={})
