"""
The closed vocabulary of conditions: each word, and what it means.

Rule 1: every word that a profile may use in `require` or `when` has its meaning
here, in one function named after it. There is no expression language.

A word is compiled once, with the profile; what comes back is a function of a
`Situation` that reads and never writes. What an event does not say breaks no gate:
`known`, `not_known`, `registered`, `accepted`, `none_of`, `differs` and `within` hold
where their field is left out; the other words about a field do not.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from coordinator.events import parse_time
from coordinator.protocol.certificates import asked, in_force, kind_issued
from coordinator.protocol.duration import Duration
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.situation import Situation, Test
from coordinator.protocol.spec_conditions import (
    Condition,
    DiffersSpec,
    KnownSpec,
    LatestIsSpec,
    LatestSpec,
    NamesEventSpec,
    ReferenceSpec,
    WithinSpec,
)

__all__ = [
    "compile_all",
    "compile_when",
    "expand",
    "matches",
    "values",
]


def expand(names: Iterable[str], spec: ProfileSpec) -> tuple[str, ...]:
    """Replace each group's name by its members, keeping order, without repeats."""
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(spec.groups.get(name, (name,))))
    return tuple(found)


def matches(agency: str, names: Sequence[str]) -> bool:
    """Whether an agency is among names, where `x-*` stands for every `x-…`."""
    return any(
        agency == name or (name.endswith("*") and agency.startswith(name[:-1]))
        for name in names
    )


def compile_all(conditions: Sequence[Condition], spec: ProfileSpec) -> Test:
    """Compile conditions, one or more, that must all hold."""
    tests = [_compile(one, spec) for one in conditions]
    return tests[0] if len(tests) == 1 else lambda s: all(test(s) for test in tests)


def compile_when(
    conditions: Sequence[Condition] | None, spec: ProfileSpec
) -> Test | None:
    """Compile what an entry waits for; None where it always applies."""
    return None if conditions is None else compile_all(conditions, spec)


def _compile(condition: Condition, spec: ProfileSpec) -> Test:
    (word,) = condition.model_fields_set
    return _MEANING[word](getattr(condition, word), spec)


# --- what came before -----------------------------------------------------------


def _after(names: tuple[str, ...], _: ProfileSpec) -> Test:
    """One of these events was accepted before."""
    return lambda s: any(s.latest(name) is not None for name in names)


def _not_after(names: tuple[str, ...], _: ProfileSpec) -> Test:
    """None of these events was accepted before."""
    return lambda s: all(s.latest(name) is None for name in names)


def _known(known: KnownSpec, _: ProfileSpec) -> Test:
    """The reference is that of an earlier event, with what is asked of it."""

    def test(s: Situation) -> bool:
        if s.data.get(known.by) is None:
            return True
        fact = s.known(known.event, known.by)
        if fact is None:
            return False
        if known.since is not None:
            start = s.known(known.since.event, known.since.by)
            if start is None or fact.seq < start.seq:
                return False
        emitter = s.event.agency
        return (
            all(fact.data.get(k) == value for k, value in known.where.items())
            and all(fact.data.get(k) == s.data.get(v) for k, v in known.same.items())
            and (
                known.addressed_to_emitter is None
                or fact.data.get(known.addressed_to_emitter) == emitter
            )
            and (not known.reached_emitter or emitter in fact.sent_to)
        )

    return test


def _not_known(reference: ReferenceSpec, _: ProfileSpec) -> Test:
    """No earlier event of that name has this reference."""
    return lambda s: s.known(reference.event, reference.by) is None


def _latest(latest: LatestSpec, _: ProfileSpec) -> Test:
    """The reference is that of the latest such event, not of an older one."""

    def test(s: Situation) -> bool:
        fact = s.latest(latest.event)
        return fact is not None and fact.data.get(latest.by) == s.data.get(latest.by)

    return test


def _latest_is(latest: LatestIsSpec, _: ProfileSpec) -> Test:
    """The latest such event exists and says one of the values."""

    def test(s: Situation) -> bool:
        fact = s.latest(latest.event)
        return fact is not None and fact.data.get(latest.field) in latest.values

    return test


def _latest_is_not(latest: LatestIsSpec, spec: ProfileSpec) -> Test:
    """No such event, or the latest says none of the values."""
    is_so = _latest_is(latest, spec)
    return lambda s: not is_so(s)


def _accepted(fields: tuple[str, ...], _: ProfileSpec) -> Test:
    """Every event id in these fields is that of an event accepted in this case."""

    def test(s: Situation) -> bool:
        facts = s.state.facts
        return all(one in facts for name in fields for one in values(s.data, name))

    return test


def _own_event(field: str, _: ProfileSpec) -> Test:
    """The event named is accepted in this case, and this emitter's."""

    def test(s: Situation) -> bool:
        fact = s.state.facts.get(s.data.get(field, ""))
        return fact is not None and fact.agency == s.event.agency

    return test


def _names_event(named: NamesEventSpec, _: ProfileSpec) -> Test:
    """The event named is accepted in this case, and one of these."""

    def test(s: Situation) -> bool:
        fact = s.state.facts.get(s.data.get(named.field, ""))
        return fact is not None and fact.name in named.of

    return test


def _dispensable(_: str, __: ProfileSpec) -> Test:
    """Without the event named, all others of this case would still be accepted."""
    return lambda s: not s.fallen


def _noticed(name: str, _: ProfileSpec) -> Test:
    """The notice is one that this case made."""
    return lambda s: s.data.get(name) in s.state.notices


# --- what is owed ---------------------------------------------------------------


def _lists_open(field: str, _: ProfileSpec) -> Test:
    """The list names exactly the obligations open in this case, in any order."""
    return lambda s: set(values(s.data, field)) == set(s.state.open)


# --- certificates ---------------------------------------------------------------


def _in_force(wanted: bool | str, _: ProfileSpec) -> Test:  # noqa: FBT001 - the word's value
    """
    This person has a certificate in force, or (`false`) none of the event's kind.

    `true` asks for one of the usual kind, that which the event numbers if it does; a
    kind's name for one of that kind; `any` for the one numbered, whatever its kind.
    """
    if wanted is False:
        return lambda s: in_force(s, kind_issued(s)) is None
    return lambda s: asked(s, wanted) is not None


# --- what the event says ----------------------------------------------------------


def values(data: dict[str, Any], name: str) -> Sequence[Any]:
    """Read a field as a list: its entries, the one value, or nothing."""
    value = data.get(name)
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _equals(pairs: dict[str, str | bool], _: ProfileSpec) -> Test:
    """Each field is there and has exactly this value."""
    if len(pairs) == 1:
        ((name, value),) = pairs.items()
        return lambda s: bool(s.data.get(name) == value)
    return lambda s: all(s.data.get(name) == value for name, value in pairs.items())


def _one_of(choices: dict[str, tuple[str, ...]], _: ProfileSpec) -> Test:
    """Each field is there and has one of its values."""
    return lambda s: all(s.data.get(name) in some for name, some in choices.items())


def _none_of(choices: dict[str, tuple[str, ...]], _: ProfileSpec) -> Test:
    """No field has one of its values."""
    return lambda s: all(s.data.get(name) not in some for name, some in choices.items())


def _contains(pairs: dict[str, str], _: ProfileSpec) -> Test:
    """Each list has this entry."""
    return lambda s: all(value in values(s.data, name) for name, value in pairs.items())


def _present(names: tuple[str, ...], _: ProfileSpec) -> Test:
    """Each field is given."""
    return lambda s: all(name in s.data for name in names)


def _absent(names: tuple[str, ...], _: ProfileSpec) -> Test:
    """No field is given."""
    return lambda s: not any(name in s.data for name in names)


def _exactly_one_of(names: tuple[str, ...], _: ProfileSpec) -> Test:
    """One of the fields is given, and only one."""
    return lambda s: sum(name in s.data for name in names) == 1


def _differs(differs: DiffersSpec, _: ProfileSpec) -> Test:
    """This field is not that field of the known event."""

    def test(s: Situation) -> bool:
        fact = s.known(differs.event, differs.by)
        return fact is None or fact.data.get(differs.other) != s.data.get(differs.field)

    return test


def _registered(pairs: dict[str, str], spec: ProfileSpec) -> Test:
    """Each field's value stands in the named register."""
    tables = [
        (name, frozenset(spec.registers[reg].values)) for name, reg in pairs.items()
    ]
    return lambda s: all(
        one in table for name, table in tables for one in values(s.data, name)
    )


def _within(within: WithinSpec, spec: ProfileSpec) -> Test:
    """The time is ahead of receipt, by at most the limit."""
    limit: Duration = getattr(spec.limits, within.limit)

    def test(s: Situation) -> bool:
        text = s.data.get(within.field)
        if text is None:
            return True
        return s.at < parse_time(text) <= limit.elapsed_from(s.at)

    return test


# --- who says it ------------------------------------------------------------------


def _emitter_in(names: tuple[str, ...], spec: ProfileSpec) -> Test:
    """The emitter is one of these agencies."""
    agencies = expand(names, spec)
    return lambda s: matches(s.event.agency, agencies)


def _emitter_not_in(names: tuple[str, ...], spec: ProfileSpec) -> Test:
    """The emitter is none of these agencies."""
    is_one = _emitter_in(names, spec)
    return lambda s: not is_one(s)


def _responsible(field: str, _: ProfileSpec) -> Test:
    """The emitter is responsible for the item of the programme that the field gives."""
    return lambda s: s.data.get(field) in s.rules.items_of(s.event.agency)


def _under(prefix: str, _: ProfileSpec) -> Test:
    """The event is under a scope of that kind."""
    start = f"{prefix}:"
    return lambda s: s.state.key.startswith(start)


def _own_subject(_: bool, __: ProfileSpec) -> Test:  # noqa: FBT001 - the word's value
    """The scope that the event is under is the emitter's own."""
    return lambda s: s.state.key == f"agency:{s.event.agency}"


def _contact_known(_: tuple[str, ...], __: ProfileSpec) -> Test:
    """Ingress found the contacts in the directory."""
    return lambda s: s.contact_known is True


def _paged(name: str, spec: ProfileSpec) -> Test:
    """
    A page about the obligation went to the emitter, or to an office it belongs to.

    A reminder is no page. Source: docs/rules.md, Ladders.
    """
    members = {
        office: expand(one.members, spec) for office, one in spec.offices.items()
    }

    def test(s: Situation) -> bool:
        obligation = s.state.owed(s.data.get(name, ""))
        if obligation is None:
            return False
        emitter = s.event.agency
        return any(
            emitter == paged or matches(emitter, members.get(paged, ()))
            for paged in obligation.paged
        )

    return test


_MEANING: dict[str, Callable[[Any, ProfileSpec], Test]] = {
    "after": _after,
    "not_after": _not_after,
    "known": _known,
    "not_known": _not_known,
    "latest": _latest,
    "latest_is": _latest_is,
    "latest_is_not": _latest_is_not,
    "in_force": _in_force,
    "equals": _equals,
    "one_of": _one_of,
    "none_of": _none_of,
    "contains": _contains,
    "present": _present,
    "absent": _absent,
    "exactly_one_of": _exactly_one_of,
    "differs": _differs,
    "registered": _registered,
    "accepted": _accepted,
    "own_event": _own_event,
    "names_event": _names_event,
    "dispensable": _dispensable,
    "lists_open": _lists_open,
    "responsible": _responsible,
    "under": _under,
    "own_subject": _own_subject,
    "contact_known": _contact_known,
    "paged": _paged,
    "within": _within,
    "noticed": _noticed,
    "emitter_in": _emitter_in,
    "emitter_not_in": _emitter_not_in,
}
