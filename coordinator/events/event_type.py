"""
One row of the catalogue: what the bus knows of a type of event besides its fields.

Who may send it, who receives it and what must have come before are the profile's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from coordinator.events.envelope import SCHEMA_PREFIX, TYPE_PREFIX
from coordinator.events.fields import CODE_PATTERN
from coordinator.events.reference import CASE_PATTERN, is_case_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coordinator.events.fields import Holds
    from coordinator.events.payload import Payload

Person = Literal["always", "never", "when_victim"]

_CODE: Final = CODE_PATTERN.removeprefix("^").removesuffix("$")
_SCOPE: Final = f"[a-z]+:{_CODE}"
_is_scope = re.compile(_SCOPE, re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Scope:
    """
    How a type's subject is formed.

    Without `prefix` it is a case reference (`case`) or any scope at all (not `case`).
    With one it is the prefix, a colon and the value of the payload's `field`, or any
    code where no field repeats it; `case` then allows a case reference as well. `says`
    is that in words.
    """

    prefix: str | None
    field: str | None
    case: bool
    says: str

    @property
    def pattern(self) -> str:
        """The same as a regular expression, for the published schemas."""
        if self.prefix is None:
            return f"^{CASE_PATTERN}$" if self.case else f"^({CASE_PATTERN}|{_SCOPE})$"
        scope = f"{self.prefix}:{_CODE}"
        return f"^({CASE_PATTERN}|{scope})$" if self.case else f"^{scope}$"

    def named_by(self, data: Mapping[str, Any]) -> str | None:
        """Give the scope that (valid) data names; None where no field repeats it."""
        return None if self.field is None else f"{self.prefix}:{data[self.field]}"

    def admits(self, subject: str, data: Mapping[str, Any]) -> bool:
        """
        Tell whether an event with this (valid) data may have this subject.

        A case reference counts only with its check character right. Whether the case
        or scope exists is another question.
        """
        if self.case and is_case_reference(subject):
            return True
        if self.prefix is None:
            return not self.case and (
                is_case_reference(subject) or _is_scope(subject) is not None
            )
        if self.field is not None:
            return subject == self.named_by(data)
        return subject.startswith(f"{self.prefix}:") and _is_scope(subject) is not None


CASE = Scope(None, None, case=True, says="a case reference, TP-XXXXX-XXXXX-C")
ALERT = Scope("alert", "alert_ref", case=False, says="alert:<the data's alert_ref>")
INTEL = Scope(
    "intel",
    "intel_ref",
    case=True,
    says="a case reference, TP-XXXXX-XXXXX-C, or intel:<the data's intel_ref>",
)
AGENCY = Scope("agency", None, case=False, says="agency:<the sender's id>")
PLAN = Scope("plan", None, case=False, says="plan:<the profile's name>")
EXERCISE = Scope(
    "exercise", "exercise_ref", case=False, says="exercise:<the data's exercise_ref>"
)
ANY = Scope(
    None, None, case=False, says="a case reference, TP-XXXXX-XXXXX-C, or another scope"
)


@dataclass(frozen=True, slots=True)
class EventType:
    """
    A type of event.

    `name` is the CloudEvents type without its prefix, `version` the schema's current
    one, `area` the section of the catalogue, `cite` the row's place in the Plan.
    `person` says when a personref is there, `mints` whether the event may come without
    a subject and so start a case, `coordinator` whether only the bus itself says it.
    `event_id_fields` and `agency_fields` are the data's fields (or lists) that hold ids
    of events and of agencies; `example` is complete data of a fictional case.
    """

    name: str
    model: type[Payload]
    version: int
    area: str
    cite: str
    person: Person
    scope: Scope
    mints: bool
    coordinator: bool
    event_id_fields: tuple[str, ...]
    agency_fields: tuple[str, ...]
    example: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return TYPE_PREFIX + self.name

    @property
    def dataschema(self) -> str:
        """The URN of the current schema."""
        return self.schema_of(self.version)

    def schema_of(self, version: int) -> str:
        """Give the URN of a version's schema; versions count from 1."""
        return f"{SCHEMA_PREFIX}{self.name}:{version}"

    def version_named(self, dataschema: str) -> int | None:
        """Give the version that a URN names, if it is one of this type's."""
        versions = range(1, self.version + 1)
        return next((v for v in versions if self.schema_of(v) == dataschema), None)

    @property
    def may_lack_subject(self) -> bool:
        """
        Whether an event may come without a subject.

        It then starts a case (`mints`), or is under the scope that its data names.
        """
        return self.mints or self.scope == INTEL

    def is_about_person(self, data: Mapping[str, Any]) -> bool:
        """
        Tell whether an event with this data must carry a personref; if not, it may not.

        Only rights_information.provided depends on its data: on its recipient.
        """
        if self.person == "when_victim":
            return bool(data["recipient"] == "victim")
        return self.person == "always"


def fields_holding(model: type[Payload], what: Holds) -> tuple[str, ...]:
    """Name the fields, as on the wire and in order, that hold one such id or a list."""
    return tuple(
        field.alias or name
        for name, field in model.model_fields.items()
        if what in field.metadata or what in _within(field.annotation)
    )


def _within(annotation: object) -> Iterator[object]:
    """Walk through what is nested in a type: arguments, and their annotations."""
    for part in get_args(annotation):
        yield part
        yield from _within(part)
