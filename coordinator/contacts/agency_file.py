"""
The shape of one agency's file, checked strictly: plain values in, values out.

Every complaint names a line and says what would be valid; none repeats an address, a
title or a person's name. Pure: the caller reads the file.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from coordinator.contacts.addresses import is_address, valid_address
from coordinator.contacts.directory import (
    ROLES,
    AgencyContacts,
    Method,
    MethodKind,
    Person,
    PublicKey,
)
from coordinator.contacts.errors import DirectoryError
from coordinator.events.fields import Code, FullDate, Language, Maybe
from coordinator.events.located_yaml import Located, ValuePath, quoted

T = TypeVar("T")

_MAX_LINE_CHARS: Final = 100


def _or_else(says: str) -> WrapValidator:
    """Put whatever is wrong with a value in the words of its field."""

    def check(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValueError:
            raise ValueError(says) from None

    return WrapValidator(check)


def _wrong(says: str, *, field: str | None = None) -> PydanticCustomError:
    """Complain of an entry, or of one field of it, from the entry's own check."""
    return PydanticCustomError("entry", "{says}", {"says": says, "field": field})


def _one_line(text: str) -> str:
    # str.isprintable leaves out controls, line ends and what turns the direction of
    # writing round: an entry must look on a screen as it stands in the file.
    if not 0 < len(text) <= _MAX_LINE_CHARS or not text.isprintable():
        raise ValueError
    return text


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        message = "an empty list; give one entry or more"
        raise ValueError(message)
    if len(set(values)) < len(values):
        message = "an entry twice in one list; give it once"
        raise ValueError(message)
    return values


# Not by a minimum length: that would complain of a list whose one entry is wrong.
Listed = Annotated[tuple[T, ...], Field(strict=False), AfterValidator(_some)]
ContactId = Annotated[
    Code,
    _or_else(
        "not a contact's id; 1 to 64 letters, digits, '.', '_', ':' or '-', such as "
        "police.key_contact.1"
    ),
]
Line = Annotated[
    str,
    AfterValidator(_one_line),
    _or_else(f"not one line of text; 1 to {_MAX_LINE_CHARS} printable characters"),
]
Day = Annotated[FullDate, _or_else("not a date; year, month and day as in 2026-04-05")]
Tag = Annotated[
    Language,
    _or_else("not a language; a BCP 47 tag such as en, mi, th or zh-Hant"),
]
Kind = Annotated[
    MethodKind,
    _or_else("not a kind of method; one of email, sms, phone, chat, webhook"),
]


class _Entry(BaseModel):
    """A mapping of known fields, each with its own type and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_field(cls, value: object) -> object:
        known = ", ".join(cls.model_fields)
        if not isinstance(value, dict):
            says = f"not a mapping; the fields are {known}"
            raise _wrong(says)
        for name in value:
            if name not in cls.model_fields:
                says = f"unknown field {quoted(name)}; the fields are {known}"
                raise _wrong(says, field=name)
        for name, field in cls.model_fields.items():
            if field.is_required() and name not in value:
                says = f"no field {name}; the fields are {known}"
                raise _wrong(says)
        return value


class _MethodEntry(_Entry):
    kind: Kind
    address: Annotated[str, _or_else("not text; put the address in quotes")]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if not is_address(self.kind, self.address):
            says = f"address does not fit {self.kind}; {valid_address(self.kind)}"
            raise _wrong(says, field="address")
        return self


class _PersonEntry(_Entry):
    name: Line
    title: Line
    languages: Listed[Tag]
    methods: Listed[_MethodEntry]
    valid_from: Day
    valid_to: Maybe[Day] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            says = "valid_to is before valid_from; the same day or a later one"
            raise _wrong(says, field="valid_to")
        return self


class _KeyEntry(_Entry):
    kty: Annotated[Literal["OKP"], _or_else("not a key type; OKP")]
    crv: Annotated[Literal["Ed25519"], _or_else("not a curve; Ed25519")]
    x: Annotated[
        str,
        # 32 bytes are 43 characters, the last of which carries four bits and two
        # zeros (RFC 4648, section 3.5).
        Field(pattern="^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"),
        _or_else("not a public key; 32 bytes in base64url, 43 characters"),
    ]

    @model_validator(mode="before")
    @classmethod
    def _keeps_no_secret(cls, value: object) -> object:
        if isinstance(value, dict) and "d" in value:
            says = (
                "a private key; make a new pair, since this one has been seen, and "
                "give only kty, crv and x"
            )
            raise _wrong(says, field="d")
        return value


class _AgencyEntry(_Entry):
    name: Line
    public_key: Maybe[_KeyEntry] = None
    people: dict[ContactId, _PersonEntry] = {}
    roles: dict[str, Listed[ContactId]]


@dataclass(frozen=True, slots=True)
class AgencyFile:
    """
    One file's agency and its own people, in the order of the file.

    Whether the contacts its roles name are anybody's shows only beside the others.
    """

    located: Located
    contacts: AgencyContacts
    people: tuple[Person, ...]


def read_agency_file(located: Located, *, agency: str) -> AgencyFile:
    """
    Check one file's values.

    Args:
        located: The file's YAML.
        agency: The id the file is named by.

    Raises:
        DirectoryError: The first line found wrong.
    """
    try:
        entry = _AgencyEntry.model_validate(located.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise min(
            (_complaint(each, located) for each in details), key=lambda each: each.line
        ) from None
    for role in entry.roles:
        if role not in ROLES and role != agency:
            raise complaint(
                located,
                ("roles", role),
                f"unknown role {quoted(role)}; the roles are {', '.join(ROLES)} and, "
                f"for a body reached as a whole, {agency}",
            )
    key = entry.public_key
    return AgencyFile(
        located=located,
        contacts=AgencyContacts(
            id=agency,
            name=entry.name,
            roles=entry.roles,
            key=None if key is None else PublicKey(x=key.x),
        ),
        people=tuple(
            _person(contact_id, person, agency)
            for contact_id, person in entry.people.items()
        ),
    )


def complaint(located: Located, path: ValuePath, problem: str) -> DirectoryError:
    """Say what is wrong with the part of a file that a path leads to."""
    return DirectoryError(file=located.file, line=located.line(path), problem=problem)


def _person(contact_id: str, entry: _PersonEntry, agency: str) -> Person:
    return Person(
        id=contact_id,
        agency=agency,
        name=entry.name,
        title=entry.title,
        languages=entry.languages,
        methods=tuple(
            Method(kind=each.kind, address=each.address) for each in entry.methods
        ),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )


# What pydantic itself finds, apart from the fields' own words.
_SHAPES: Final = {
    "dict_type": "not a mapping; one 'id: …' for each",
    "tuple_type": "not a list; one '- …' for each",
}


def _complaint(error: ErrorDetails, located: Located) -> DirectoryError:
    path = tuple(step for step in error["loc"] if step != "[key]")
    context = error.get("ctx", {})
    if error["type"] == "entry":
        field = context["field"]
        whole = path if field is None else (*path, field)
        return complaint(located, whole, context["says"])
    says = _SHAPES.get(error["type"]) or context["error"]
    name = next(step for step in reversed(path) if isinstance(step, str))
    return complaint(located, path, f"{quoted(name)}: {says}")
