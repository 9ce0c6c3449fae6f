"""
A profile compiled: the tables that `decide` reads.

`compile_rules` turns a `ProfileSpec` into `Rules`; every name in it has been
checked by then (`check.py`), so compiling cannot fail on a checked profile.
Nothing here knows an event, an agency or an obligation by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from coordinator.events import CATALOGUE, parse_time
from coordinator.protocol.calendar import Calendar, Closure, parse_month_day
from coordinator.protocol.conditions import (
    compile_all,
    compile_when,
    expand,
    matches,
)
from coordinator.protocol.dues import Due, compile_due
from coordinator.protocol.explanations import Explanation, compile_explanation
from coordinator.protocol.ladder import Ladder, compile_ladder, length_of
from coordinator.protocol.profile import CalendarSpec, ProfileSpec
from coordinator.protocol.receivers import (
    Receiver,
    compile_owner,
    compile_receiver,
    fixed_views,
)
from coordinator.protocol.scopes import Scope, compile_scope
from coordinator.protocol.situation import Find, Situation, Test
from coordinator.protocol.spec_events import EffectSpec, EventSpec
from coordinator.protocol.spec_obligations import (
    ClosingSpec,
    ObligationSpec,
    OpeningSpec,
)

__all__ = [
    "Closing",
    "EventRules",
    "Gate",
    "Notice",
    "Obliged",
    "Opening",
    "Rules",
    "compile_rules",
    "meant_by",
]


class Gate(NamedTuple):
    """A gate: applies when `when` holds, if given; breached when `holds` does not."""

    rule: str
    refuses: bool
    when: Test | None
    holds: Test
    cite: str
    detail: str
    explain: Explanation | None

    def told(self, s: Situation) -> str:
        """Say what is wrong and would mend it, in this situation."""
        if self.explain is None:
            return self.detail
        return f"{self.detail} {self.explain(s)}"


class Notice(NamedTuple):
    """A notice that an accepted event makes."""

    to: str
    kind: Literal["initial", "update"]
    when: Test | None


@dataclass(frozen=True, slots=True, eq=False)
class Obliged:
    """An obligation's rules: ladder, clock and what it rests on."""

    name: str
    number: str
    says: str
    ladder: Ladder
    also: Callable[[Situation], str | None]
    in_exercise: bool
    not_after_closing: bool
    supersedes_itself: bool
    cite: str


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """One event's way of opening an obligation."""

    obliged: Obliged
    when: Test | None
    owners: Find
    scope: Scope
    due: Due
    unless_open: str | None
    supersedes: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Closing:
    """
    One event's way of closing an obligation.

    An event that gives a payload reference of `by_field` closes only those scopes,
    any other those of `by_kind`; `all` closes every open one of that name; `spares` is
    the field that names an owner whose own stays open.
    """

    obliged: Obliged
    when: Test | None
    all: bool
    by_field: tuple[Scope, ...]
    by_kind: tuple[Scope, ...]
    by_owner: bool
    spares: str | None
    how: Literal["satisfied", "superseded"]


@dataclass(frozen=True, slots=True, eq=False)
class EventRules:
    """
    One event's rules, in the order they are asked.

    `leaves`: of an event that ends what is open, the obligations it leaves open;
    `certificates_asked`: what its gates ask for to be in force, and when.
    """

    name: str
    emitters: tuple[str, ...]
    exempt_from_party: bool
    gates: tuple[Gate, ...]
    receivers: tuple[Receiver, ...]
    fixed_views: dict[str, Literal["full", "stub"]] | None
    stub: tuple[str, ...]
    effect: EffectSpec | None
    leaves: frozenset[str] | None
    notices: tuple[Notice, ...]
    opens: tuple[Opening, ...]
    closes: tuple[Closing, ...]
    references: tuple[str, ...]
    certificates_asked: tuple[tuple[Test | None, bool | str], ...]
    event_id_fields: tuple[str, ...]
    contact_fields: tuple[str, ...]
    cite: str

    def admits(self, agency: str) -> bool:
        """Whether an agency may send this event."""
        return agency in self.emitters or matches(agency, self.emitters)

    @property
    def emitter_detail(self) -> str:
        """Say who may send it."""
        return f"Only {', '.join(self.emitters)} may send {self.name}."


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """
    A protocol version.

    `reference` is `<name>/<version>`; `personal` are the events about one person;
    `patterns` are the rows for any agency of a kind (`x-*`), `own_calendars` each
    row's business calendar; `acknowledgement` gives the longest new due time from a
    receipt; `repeat` the time between pages of the last rung.
    """

    spec: ProfileSpec
    reference: str
    events: dict[str, EventRules]
    obligations: dict[str, Obliged]
    personal: frozenset[str]
    acknowledgement: Callable[[datetime], datetime]
    repeat: timedelta
    own_calendars: dict[str, Calendar | None]
    patterns: tuple[str, ...]

    def rests_until(self, at: datetime, until: str | None) -> datetime:
        """Give when an acknowledged ladder goes on: as was said, or at the longest."""
        return self.acknowledgement(at) if until is None else parse_time(until)

    def calendar_of(self, agency: str) -> Calendar | None:
        """Give the business calendar of an agency's region, if it has one."""
        if agency in self.own_calendars:
            return self.own_calendars[agency]
        row = self._row_of(agency)
        return None if row is None else self.own_calendars[row]

    def knows_agency(self, agency: str) -> bool:
        """Whether the profile itself lists an agency."""
        return agency in self.spec.agencies

    def items_of(self, agency: str) -> tuple[int, ...]:
        """Give the programme's items that an agency is responsible for."""
        row = self._row_of(agency)
        return () if row is None else self.spec.agencies[row].items

    def admits_agency(self, agency: str) -> bool:
        """Whether an agency is listed, or of a kind whose members a directory knows."""
        return self._row_of(agency) is not None

    def _row_of(self, agency: str) -> str | None:
        """Find the row an agency stands under: its own, or `x-*`."""
        if agency in self.spec.agencies:
            return agency
        return next((row for row in self.patterns if matches(agency, (row,))), None)

    def may_be_named(self, agency: str) -> bool:
        """Whether events may name an agency: neither the bus nor an office."""
        return (
            self.admits_agency(agency)
            and agency != self.spec.coordinator
            and agency not in self.spec.offices
        )

    def is_member(self, agency: str, office: str) -> bool:
        """Whether an agency is a member of an office that is paged as one body."""
        spec = self.spec.offices.get(office)
        return spec is not None and matches(agency, expand(spec.members, self.spec))


def meant_by(s: Situation, closing: Closing) -> list[str]:
    """Give the scopes that a closing event means."""
    emitter = s.event.agency
    meant: list[str] = []
    for scope in closing.by_field:
        meant += scope.values(s, emitter)
    if not meant:
        for scope in closing.by_kind:
            meant += scope.values(s, emitter)
    return meant


def compile_rules(spec: ProfileSpec) -> Rules:
    """Compile a checked profile."""
    obligations = {
        name: _obliged(name, one, spec) for name, one in spec.obligations.items()
    }
    references = _references(spec)
    calendars = {
        name: _calendar(name, one, spec) for name, one in spec.calendars.items()
    }
    events = {
        name: EventRules(
            name=name,
            emitters=expand(one.emitters, spec),
            exempt_from_party=one.open_to_all
            or all(gate.breach == "record" for gate in one.gates),
            gates=_gates(name, one, spec),
            receivers=tuple(compile_receiver(to, one, spec) for to in one.to),
            fixed_views=fixed_views(one.to, spec),
            stub=one.stub,
            effect=one.effect,
            leaves=None if one.ends is None else frozenset(one.ends.leaves),
            notices=tuple(
                Notice(made.to, made.kind, compile_when(made.when, spec))
                for made in spec.notices
                if made.event == name
            ),
            opens=tuple(
                _opening(obligations[owed], rules, opening, spec)
                for owed, rules in spec.obligations.items()
                for opening in rules.opens_on
                if opening.event == name
            ),
            closes=tuple(
                _closing(obligations[owed], rules, closing, spec)
                for owed, rules in spec.obligations.items()
                for closing in rules.closed_by
                if closing.event == name
            ),
            references=tuple(sorted(references.get(name, ()))),
            certificates_asked=tuple(
                (compile_when(gate.when, spec), condition.in_force)
                for gate in one.gates
                for condition in gate.require
                if condition.in_force and name != spec.certificate.withdrawn
            ),
            event_id_fields=CATALOGUE[name].event_id_fields,
            contact_fields=tuple(
                field
                for gate in one.gates
                for condition in gate.require
                for field in condition.contact_known or ()
            ),
            cite=one.cite,
        )
        for name, one in spec.events.items()
    }
    return Rules(
        spec=spec,
        reference=spec.reference,
        events=events,
        obligations=obligations,
        personal=frozenset(
            name for name in spec.events if CATALOGUE[name].person != "never"
        ),
        acknowledgement=spec.limits.acknowledgement.elapsed_from,
        repeat=length_of(spec.limits.repeat),
        patterns=tuple(name for name in spec.agencies if name.endswith("*")),
        own_calendars={
            name: None if one.calendar is None else calendars[one.calendar]
            for name, one in spec.agencies.items()
        },
    )


def _gates(name: str, spec: EventSpec, profile: ProfileSpec) -> tuple[Gate, ...]:
    """Number the gates by their place in the row."""
    return tuple(
        Gate(
            rule=f"{name}.{place}",
            refuses=gate.breach == "refuse",
            when=compile_when(gate.when, profile),
            holds=compile_all(gate.require, profile),
            cite=spec.cite,
            detail=f"Required: {gate.says}. {gate.mend}",
            explain=compile_explanation(gate.require),
        )
        for place, gate in enumerate(spec.gates, 1)
    )


def _obliged(name: str, spec: ObligationSpec, profile: ProfileSpec) -> Obliged:
    also = spec.also
    return Obliged(
        name=name,
        number=spec.number,
        says=spec.says,
        ladder=compile_ladder(profile.ladders[spec.ladder], profile),
        also=lambda s: (
            None if also is None else s.event.agency if also.emitter else also.agency
        ),
        in_exercise=spec.in_exercise,
        not_after_closing=spec.not_after_closing,
        supersedes_itself=spec.reopening == "supersedes",
        cite=spec.cite,
    )


def _opening(
    obliged: Obliged, spec: ObligationSpec, opening: OpeningSpec, profile: ProfileSpec
) -> Opening:
    return Opening(
        obliged=obliged,
        when=compile_when(opening.when, profile),
        owners=compile_owner(opening.owner or spec.owner, profile),
        scope=compile_scope(opening.per or spec.per, profile),
        due=compile_due(opening.due or spec.due, profile),
        unless_open=opening.unless_open,
        supersedes=opening.supersedes,
    )


def _closing(
    obliged: Obliged, spec: ObligationSpec, closing: ClosingSpec, profile: ProfileSpec
) -> Closing:
    pers = [opening.per or spec.per for opening in spec.opens_on]
    if closing.of is not None:
        pers = [closing.of]
    scopes = [compile_scope(per, profile) for per in dict.fromkeys(pers)]
    return Closing(
        obliged=obliged,
        when=compile_when(closing.when, profile),
        all=closing.all,
        by_field=tuple(scope for scope in scopes if scope.by_field),
        by_kind=tuple(scope for scope in scopes if not scope.by_field),
        by_owner=closing.by_owner,
        spares=closing.spares,
        how=closing.closed_as,
    )


def _calendar(name: str, spec: CalendarSpec, profile: ProfileSpec) -> Calendar:
    return Calendar(
        name=name,
        zone=ZoneInfo(spec.zone),
        opens=time.fromisoformat(spec.opens),
        closes=time.fromisoformat(spec.closes),
        holidays=frozenset(date.fromisoformat(day) for day in spec.holidays),
        first_year=spec.first_year,
        last_year=spec.last_year,
        closures=tuple(
            Closure(closed, parse_month_day(one.first), parse_month_day(one.last))
            for closed, one in profile.closures.items()
            if closed in profile.closures_observed
        ),
    )


def _references(spec: ProfileSpec) -> dict[str, set[str]]:
    """Collect, for each event, the reference fields by which others find it."""
    found: dict[str, set[str]] = {}

    def visit(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("event"), str) and isinstance(node.get("by"), str):
                found.setdefault(node["event"], set()).add(node["by"])
            for child in node.values():
                visit(child)
        elif isinstance(node, (list, tuple)):
            for child in node:
                visit(child)

    visit(spec.model_dump(include={"events", "obligations", "notices"}))
    return found
