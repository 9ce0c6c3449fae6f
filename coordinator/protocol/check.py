"""
Whether the names in a profile mean something.

The shape of a profile is checked by its model; here every name that points at
another entry, at an event of the catalogue or at one of its fields is followed.
Each finding says what would be valid.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coordinator.events import CATALOGUE
from coordinator.protocol.calendar import parse_month_day
from coordinator.protocol.certificates import ANY
from coordinator.protocol.conditions import expand
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec import Spec
from coordinator.protocol.spec_conditions import (
    Condition,
    DiffersSpec,
    KnownSpec,
    LatestIsSpec,
    LatestSpec,
    NamesEventSpec,
    ReferenceSpec,
    SinceSpec,
    WithinSpec,
)
from coordinator.protocol.spec_events import EventSpec, ReceiverSpec
from coordinator.protocol.spec_obligations import DueSpec, ObligationSpec, PerSpec

__all__ = ["Finding", "check"]

Path = tuple[str | int, ...]
_Compared = (
    WithinSpec
    | NamesEventSpec
    | LatestIsSpec
    | KnownSpec
    | ReferenceSpec
    | LatestSpec
    | DiffersSpec
)
_Reference = ReferenceSpec | KnownSpec | LatestSpec | DiffersSpec | SinceSpec


class Finding(NamedTuple):
    """A fault: where it stands in the profile, and what is wrong and valid."""

    path: Path
    problem: str


def check(spec: ProfileSpec) -> Iterator[Finding]:
    """Give every name that leads nowhere, in the order of the file's kinds."""
    yield from _agencies(spec)
    yield from _calendars(spec)
    yield from _ladders(spec)
    for name, event in spec.events.items():
        yield from _event(spec, name, event)
    for name, owed in spec.obligations.items():
        yield from _obligation(spec, name, owed)
    for place, notice in enumerate(spec.notices):
        path: Path = ("notices", place)
        yield from _known((*path, "event"), "event", [notice.event], spec.events)
        yield from _known((*path, "to"), "office", [notice.to], spec.offices)
        if notice.event in CATALOGUE:
            yield from _conditions(spec, (*path, "when"), notice.event, notice.when)
    yield from _certificate(spec)


def _certificate(spec: ProfileSpec) -> Iterator[Finding]:
    held = spec.certificate
    path: Path = ("certificate",)
    for name in (held.issued, held.withdrawn):
        yield from _known(path, "event", [name], spec.events)
    kind = () if held.kind is None else (held.kind.field,)
    if held.issued in CATALOGUE:
        yield from _known((*path, "kind"), "field", kind, _fields(held.issued))
        usual = () if held.kind is None else (held.kind.default,)
        yield from _known((*path, "kind"), "kind", usual, _kinds(spec))
        yield from _required(path, held.issued, [held.number])
        yield from _known(path, "field", [held.until], _fields(held.issued))


def _known(
    path: Path, kind: str, names: Iterable[str], valid: Iterable[str]
) -> Iterator[Finding]:
    """Complain of names that are not among the valid ones."""
    valid = list(valid)
    for name in names:
        if name not in valid:
            near = get_close_matches(name, valid, n=1)
            meant = f"did you mean {near[0]}?" if near else _listed(valid)
            yield Finding(path, f"no {kind} is called {name}; {meant}")


def _listed(valid: list[str]) -> str:
    return f"valid: {', '.join(sorted(valid)) or 'none'}"


def _names(spec: ProfileSpec) -> list[str]:
    return [*spec.agencies, *spec.groups]


def _each(spec: ProfileSpec, path: Path, names: Iterable[str]) -> Iterator[Finding]:
    """Follow names that must come to single agencies: who is sent, or owes."""
    yield from _known(path, "agency", names, _names(spec))
    for name in expand(names, spec):
        if name.endswith("*"):
            yield Finding(path, f"{name} is no one agency; name each that is meant")


def _agencies(spec: ProfileSpec) -> Iterator[Finding]:
    agencies = list(spec.agencies)
    for name, agency in spec.agencies.items():
        if agency.calendar is not None:
            path: Path = ("agencies", name, "calendar")
            yield from _known(path, "calendar", [agency.calendar], spec.calendars)
        known = [one.item for one in spec.programme]
        for item in agency.items:
            if known and item not in known:
                path = ("agencies", name, "items")
                yield Finding(path, f"the programme has no item {item}")
    for group, members in spec.groups.items():
        yield from _known(("groups", group), "agency", members, agencies)
    for name, body in spec.offices.items():
        yield from _known(("offices", name), "agency", [name], agencies)
        yield from _known(("offices", name), "agency", body.members, _names(spec))
    yield from _known(("coordinator",), "agency", [spec.coordinator], agencies)
    office = spec.breaches.otherwise
    yield from _known(("breaches", "otherwise"), "office", [office], spec.offices)
    recorders = spec.on_behalf.recorders
    yield from _known(("on_behalf", "recorders"), "agency", recorders, _names(spec))
    for limit in ("ahead", "acknowledgement", "repeat"):
        if getattr(spec.limits, limit).years:
            yield Finding(("limits", limit), "a limit has days or less, such as P1D")


def _calendars(spec: ProfileSpec) -> Iterator[Finding]:
    for name, calendar in spec.calendars.items():
        path: Path = ("calendars", name)
        if not _is_zone(calendar.zone):
            at = (*path, "zone")
            yield Finding(at, "no such zone; valid is such as Pacific/Auckland")
        if time.fromisoformat(calendar.opens) >= time.fromisoformat(calendar.closes):
            yield Finding((*path, "opens"), "opens is before closes, such as 08:00")
        if calendar.first_year > calendar.last_year:
            yield Finding((*path, "from"), "from is a year up to until's")
        for day in calendar.holidays:
            try:
                date.fromisoformat(day)
            except ValueError:
                at = (*path, "holidays", day)
                yield Finding(at, f"{day} is no date; valid is such as 2026-02-06")
    for name, closure in spec.closures.items():
        for text in (closure.first, closure.last):
            try:
                parse_month_day(text)
            except ValueError as error:
                yield Finding(("closures", name), str(error))
    path = ("closures_observed",)
    yield from _known(path, "closure", spec.closures_observed, spec.closures)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _ladders(spec: ProfileSpec) -> Iterator[Finding]:
    for name, ladder in spec.ladders.items():
        path: Path = ("ladders", name, "rungs")
        before = -1
        for place, rung in enumerate(ladder.rungs):
            office = rung.page in spec.offices
            if not office and not rung.page.startswith("owner."):
                valid = ["owner.<role>", *spec.offices]
                yield Finding(
                    (*path, place), f"{rung.page} is no rung's page; {_listed(valid)}"
                )
            after = rung.after.days * 86_400 + rung.after.seconds
            if rung.after.years or after < before:
                yield Finding((*path, place), "rungs ascend by after, in days or less")
            before = after
        if all(rung.for_information for rung in ladder.rungs):
            yield Finding(path, "a ladder has a rung that is not for information")


def _fields(name: str) -> list[str]:
    """List an event's payload fields by their names on the wire."""
    model = CATALOGUE[name].model
    return [field.alias or key for key, field in model.model_fields.items()]


def _required(path: Path, name: str, fields: Iterable[str]) -> Iterator[Finding]:
    """Ask for fields that an event always carries."""
    model = CATALOGUE[name].model
    always = [
        field.alias or key
        for key, field in model.model_fields.items()
        if field.is_required()
    ]
    yield from _known(path, "required field", fields, always)


def _event(spec: ProfileSpec, name: str, event: EventSpec) -> Iterator[Finding]:
    path: Path = ("events", name)
    if name not in CATALOGUE:
        yield from _known(path, "event", [name], CATALOGUE)
        return
    yield from _known((*path, "emitters"), "agency", event.emitters, _names(spec))
    yield from _known((*path, "stub"), "field", event.stub, _fields(name))
    for place, receiver in enumerate(event.to):
        yield from _receiver(spec, (*path, "to", place), name, receiver)
    for place, gate in enumerate(event.gates):
        at = (*path, "gates", place)
        yield from _conditions(spec, (*at, "require"), name, gate.require)
        yield from _conditions(spec, (*at, "when"), name, gate.when)
    leaves = event.ends.leaves if event.ends is not None else ()
    yield from _known((*path, "ends"), "obligation", leaves, spec.obligations)
    if event.effect is not None:
        (word,) = event.effect.model_fields_set
        meant = getattr(event.effect, word)
        if word in ("activates", "migrates"):
            fields = []
        elif word == "assigns":
            at = (*path, "effect")
            yield from _required(at, name, [meant.contact, meant.valid_from])
            fields = [meant.valid_to]
        else:
            fields = [meant] if isinstance(meant, str) else meant.model_dump().values()
        yield from _known((*path, "effect"), "field", fields, _fields(name))


def _receiver(
    spec: ProfileSpec, path: Path, name: str, to: ReceiverSpec
) -> Iterator[Finding]:
    yield from _each(spec, path, to.agencies or ())
    yield from _known(path, "event", to.sent_or_got or (), spec.events)
    yield from _known((*path, "among"), "agency", to.among or (), _names(spec))
    named = (to.field, to.owner_of, to.receivers_of)
    fields = [one for one in named if one is not None]
    yield from _known(path, "field", fields, _fields(name))
    yield from _references(spec, path, name, to.emitter_of)
    yield from _conditions(spec, (*path, "when"), name, to.when)


def _references(
    spec: ProfileSpec,
    path: Path,
    name: str,
    references: Iterable[_Reference] | None,
) -> Iterator[Finding]:
    """Follow references: the other event, and the field that both of them have."""
    for one in references or ():
        yield from _known(path, "event", [one.event], spec.events)
        if one.event in CATALOGUE:
            theirs = [
                field for field in _fields(one.event) if not _is_list(one.event, field)
            ]
            yield from _known(path, "reference", [one.by], theirs)
        yield from _known(path, "field", [one.by], _fields(name))


def _is_list(name: str, wire_name: str) -> bool:
    """Whether a payload field holds several values: no event is found by those."""
    value = CATALOGUE[name].example.get(wire_name)
    return isinstance(value, (list, dict))


def _conditions(
    spec: ProfileSpec,
    path: Path,
    name: str,
    conditions: tuple[Condition, ...] | None,
) -> Iterator[Finding]:
    for condition in conditions or ():
        (word,) = condition.model_fields_set
        meant = getattr(condition, word)
        if word in ("after", "not_after"):
            yield from _known(path, "event", meant, spec.events)
        elif word in ("emitter_in", "emitter_not_in"):
            yield from _known(path, "agency", meant, _names(spec))
        elif word == "in_force":
            yield from _kind(spec, path, meant)
        elif word == "under":
            continue
        elif isinstance(meant, Spec):
            yield from _compared(spec, path, name, cast("_Compared", meant))
        else:
            yield from _known(path, "field", _fields_of(meant), _fields(name))
            if word == "registered":
                registers = meant.values()
                yield from _known(path, "register", registers, spec.registers)


def _kind(spec: ProfileSpec, path: Path, wanted: bool | str) -> Iterator[Finding]:  # noqa: FBT001 - the word's value
    """Follow the kind of certificate that a gate names."""
    if isinstance(wanted, str):
        yield from _known(path, "kind", [wanted], [ANY, *_kinds(spec)])


def _kinds(spec: ProfileSpec) -> list[str]:
    """List the kinds that a certificate can be of: its field's values."""
    held = spec.certificate
    if held.kind is None or held.issued not in CATALOGUE:
        return []
    schema = CATALOGUE[held.issued].model.model_json_schema(by_alias=True)
    said = schema["properties"].get(held.kind.field, {})
    return list(said.get("enum", ()))


def _fields_of(meant: object) -> Iterable[str]:
    """Read which fields a condition's value is about."""
    if isinstance(meant, bool):
        return ()
    if isinstance(meant, str):
        return (meant,)
    if isinstance(meant, Mapping):
        return [str(key) for key in meant]
    return [str(one) for one in meant] if isinstance(meant, tuple) else ()


def _compared(
    spec: ProfileSpec, path: Path, name: str, meant: _Compared
) -> Iterator[Finding]:
    """Follow a condition about an earlier event, or about a field and a limit."""
    if isinstance(meant, WithinSpec):
        yield from _known(path, "field", [meant.field], _fields(name))
        return
    if isinstance(meant, NamesEventSpec):
        yield from _known(path, "field", [meant.field], _fields(name))
        yield from _known(path, "event", meant.of, spec.events)
        return
    if isinstance(meant, LatestIsSpec):
        yield from _known(path, "event", [meant.event], spec.events)
        if meant.event in CATALOGUE:
            yield from _known(path, "field", [meant.field], _fields(meant.event))
        return
    yield from _references(spec, path, name, [meant])
    if meant.event not in CATALOGUE:
        return
    theirs, ours = _fields(meant.event), _fields(name)
    if isinstance(meant, DiffersSpec):
        yield from _known(path, "field", [meant.other], theirs)
        yield from _known(path, "field", [meant.field], ours)
    if isinstance(meant, KnownSpec):
        asked = [*meant.where, *meant.same]
        if meant.addressed_to_emitter is not None:
            asked.append(meant.addressed_to_emitter)
        yield from _known(path, "field", asked, theirs)
        yield from _known(path, "field", meant.same.values(), ours)
        since = [] if meant.since is None else [meant.since]
        yield from _references(spec, path, name, since)


def _obligation(
    spec: ProfileSpec, name: str, owed: ObligationSpec
) -> Iterator[Finding]:
    path: Path = ("obligations", name)
    yield from _known((*path, "ladder"), "ladder", [owed.ladder], spec.ladders)
    if owed.also is not None and owed.also.agency is not None:
        yield from _known((*path, "also"), "agency", [owed.also.agency], spec.agencies)
    for place, opening in enumerate(owed.opens_on):
        at = (*path, "opens_on", place)
        yield from _known(at, "event", [opening.event], spec.events)
        if opening.event not in CATALOGUE:
            continue
        yield from _conditions(spec, at, opening.event, opening.when)
        yield from _per(spec, at, opening.event, opening.per or owed.per)
        owner = opening.owner or owed.owner
        for agencies in (owner.agencies, owner.other_of, owner.subject):
            yield from _each(spec, at, agencies or ())
        yield from _references(spec, at, opening.event, owner.emitter_of)
        due = opening.due or owed.due
        yield from _business(at, due)
        named = (owner.field, due.at, due.day, due.choose)
        fields = [one for one in named if one is not None]
        yield from _known(at, "field", fields, _fields(opening.event))
    for place, closing in enumerate(owed.closed_by):
        at = (*path, "closed_by", place)
        yield from _known(at, "event", [closing.event], spec.events)
        if closing.event in CATALOGUE:
            yield from _conditions(spec, at, closing.event, closing.when)
            yield from _per(spec, at, closing.event, closing.of or ())
            spares = () if closing.spares is None else (closing.spares,)
            yield from _known(at, "field", spares, _fields(closing.event))


def _business(path: Path, due: DueSpec) -> Iterator[Finding]:
    """Business time has no years, and a day begins somewhere."""
    if due.zone is not None and not _is_zone(due.zone):
        yield Finding(path, "no such zone; valid is such as Pacific/Auckland")
    if due.before is not None and due.before.years:
        yield Finding(path, "before is a length in days or less, such as PT24H")
    for after in (due.after, *due.cases.values()):
        if after is not None and after.clock == "business" and after.length.years:
            yield Finding(path, "business time has days or less, such as P5D business")


def _per(
    spec: ProfileSpec, path: Path, name: str, per: tuple[PerSpec, ...]
) -> Iterator[Finding]:
    own = ("case", "person", "event", "agency", "year")
    for part in per:
        if part.programme is not None:
            phases = [phase for item in spec.programme for phase in item.phases]
            yield from _known(path, "phase", [part.programme], phases)
        elif part.field is not None:
            yield from _known(path, "field", [part.field], _fields(name))
        elif part.known is not None:
            yield from _references(spec, path, name, part.known)
        elif part.value is None:
            yield from _known(path, "scope", [part.kind], own)
