"""
What a protocol profile may say: the shape of the file policy officers keep.

A profile is data: agencies, events, gates, obligations, ladders, registers. A
misspelt key is an error. `conditions.py` gives the vocabulary its meaning, `rules.py`
turns a profile into the tables that `decide` reads, `load.py` reads the YAML.

Source: the Plan of Action; every entry carries the Plan's line in `cite`.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from coordinator.events import CODE_PATTERN
from coordinator.protocol.spec import (
    Cite,
    Length,
    Names,
    Spec,
    TimeOfDay,
    one_or_many,
)
from coordinator.protocol.spec_events import CertificateSpec, EventSpec, NoticeSpec
from coordinator.protocol.spec_obligations import ObligationSpec

__all__ = [
    "AgencySpec",
    "BreachSpec",
    "CalendarSpec",
    "ClosureSpec",
    "LadderSpec",
    "LimitsSpec",
    "OfficeSpec",
    "OnBehalfSpec",
    "ProfileSpec",
    "ProgrammeItemSpec",
    "RegisterSpec",
    "ReminderSpec",
    "RungSpec",
    "SystemRuleSpec",
    "SystemRulesSpec",
]


def _named(name: str) -> str:
    if re.fullmatch(CODE_PATTERN, name, re.ASCII) is None:
        message = "valid are 1 to 64 letters, digits and . _ : -, such as nz-2009"
        raise ValueError(message)
    return name


class RungSpec(Spec):
    """
    Who is paged, and how long after due (elapsed time).

    `page` is `owner.<role>`, or an office's id. `for_information` stands beside
    the ladder: paged once, never the highest, next or last.
    """

    page: str
    after: Length
    for_information: bool = False


class LadderSpec(Spec):
    """The rungs of an escalation, ascending."""

    rungs: Annotated[tuple[RungSpec, ...], Field(min_length=1)]
    cite: Cite


class CalendarSpec(Spec):
    """
    Business hours of a region and its holidays, dates written out.

    `opens` and `closes` are local times (08:00), `holidays` maps a date to its
    name, `first_year` and `last_year` (`from`, `until`) are the years covered.
    """

    zone: str
    opens: TimeOfDay
    closes: TimeOfDay
    first_year: Annotated[int, Field(alias="from")]
    last_year: Annotated[int, Field(alias="until")]
    holidays: dict[str, str]
    cite: Cite


class ClosureSpec(Spec):
    """Days of every year, `from` to `until` (MM-DD, both included), not worked."""

    first: Annotated[str, Field(alias="from")]
    last: Annotated[str, Field(alias="until")]
    cite: Cite


class AgencySpec(Spec):
    """An agency, its part in the Plan, its items and its business calendar."""

    name: str
    part: str
    items: tuple[int, ...] = ()
    calendar: str | None = None
    cite: Cite


class OfficeSpec(Spec):
    """
    Somebody who is paged as one body; `members` may acknowledge for it.

    The id stands as agency and as role in its pages.
    """

    members: tuple[str, ...] = ()
    cite: Cite


class RegisterSpec(Spec):
    """A list of values that a gate asks for."""

    values: Names
    cite: Cite


class LimitsSpec(Spec):
    """
    The numbers that hold for every row.

    `ahead`: how far an event's time may lie in the future. `acknowledgement`: the
    longest, and default, new due time. `repeat`: between pages of the last rung.
    `reminder`: the part of the time after which the owner is reminded.
    """

    ahead: Length
    acknowledgement: Length
    repeat: Length
    reminder: Annotated[float, Field(gt=0, lt=1)]
    cite: Cite


class SystemRuleSpec(Spec):
    """A rule of the bus itself, which no row carries."""

    says: str
    mend: str
    cite: Cite


class SystemRulesSpec(Spec):
    """The bus's own rules, each by the name that a refusal gives."""

    emitter: SystemRuleSpec
    not_a_party: SystemRuleSpec
    exercise: SystemRuleSpec


class BreachSpec(Spec):
    """Who is paged when a breach is recorded, and who if nobody there answers."""

    role: str
    otherwise: str
    cite: Cite


class ReminderSpec(Spec):
    """The owner's role that is reminded."""

    role: str
    cite: Cite


class OnBehalfSpec(Spec):
    """Who may send, and by which way, what another agency said."""

    recorders: Names
    via: Annotated[tuple[Literal["phone", "paper"], ...], BeforeValidator(one_or_many)]
    cite: Cite


class ProgrammeItemSpec(Spec):
    """
    One of the programme's items, and the phases that it is to be done in.

    Who is responsible for it stands with the agencies. Source: L325-336.
    """

    item: Annotated[int, Field(ge=1)]
    says: Annotated[str, Field(min_length=1)]
    phases: Names
    cite: Cite


class ProfileSpec(Spec):
    """A whole profile. Its reference is `<name>/<version>`."""

    profile: Annotated[str, AfterValidator(_named)]
    version: Annotated[int, Field(ge=1)]
    title: str
    source: str
    agencies: dict[str, AgencySpec]
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    offices: dict[str, OfficeSpec]
    coordinator: str
    registers: dict[str, RegisterSpec]
    limits: LimitsSpec
    system_rules: SystemRulesSpec
    breaches: BreachSpec
    reminders: ReminderSpec
    on_behalf: OnBehalfSpec
    certificate: CertificateSpec
    notices: tuple[NoticeSpec, ...]
    calendars: dict[str, CalendarSpec]
    closures: dict[str, ClosureSpec] = Field(default_factory=dict)
    closures_observed: tuple[str, ...] = ()
    ladders: dict[str, LadderSpec]
    events: dict[str, EventSpec]
    obligations: dict[str, ObligationSpec]
    programme: tuple[ProgrammeItemSpec, ...] = ()

    @property
    def reference(self) -> str:
        """The name and version, as stamped on records: `nz-2009/1`."""
        return f"{self.profile}/{self.version}"
