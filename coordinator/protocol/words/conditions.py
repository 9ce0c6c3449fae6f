"""
What must hold, and when an entry applies: one phrase for each word of the vocabulary.

A phrase is a statement that reads after "when" and after "it is checked that". What
each word means is in `conditions.py` of the package above.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from coordinator.protocol.certificates import ANY
from coordinator.protocol.profile import ProfileSpec
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
from coordinator.protocol.words.text import agencies, amount, fields, listed, value

__all__ = ["condition", "conditions", "only_when"]


def condition(one: Condition, spec: ProfileSpec) -> str:
    """Put one condition into words."""
    (word,) = one.model_fields_set
    return _PHRASE[word](getattr(one, word), spec)


def conditions(several: Sequence[Condition], spec: ProfileSpec) -> str:
    """Put conditions that must all hold into words."""
    return listed(condition(one, spec) for one in several)


def only_when(several: Sequence[Condition] | None, spec: ProfileSpec) -> str:
    """Say when an entry applies, as `, when …`; nothing where it always does."""
    return f", when {conditions(several, spec)}" if several else ""


# --- what came before -----------------------------------------------------------


def _after(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"{listed(names, 'or')} came before"


def _not_after(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"no {listed(names, 'or')} came before"


def _known(known: KnownSpec, _: ProfileSpec) -> str:
    of_it = [f"whose `{name}` is {value(one)}" for name, one in known.where.items()]
    of_it += [
        f"whose `{theirs}` is this event's `{ours}`"
        for theirs, ours in known.same.items()
    ]
    if known.addressed_to_emitter is not None:
        of_it.append(f"whose `{known.addressed_to_emitter}` names the sender")
    if known.reached_emitter:
        of_it.append("that reached the sender")
    if known.since is not None:
        since = known.since
        of_it.append(f"that came after the latest {since.event} of that `{since.by}`")
    asked = f", {listed(of_it)}" if of_it else ""
    return f"`{known.by}` is that of an earlier {known.event}{asked}"


def _not_known(reference: ReferenceSpec, _: ProfileSpec) -> str:
    return f"no earlier {reference.event} has the same `{reference.by}`"


def _latest(latest: LatestSpec, _: ProfileSpec) -> str:
    return f"`{latest.by}` is that of the latest {latest.event}"


def _latest_is(latest: LatestIsSpec, _: ProfileSpec) -> str:
    said = value(latest.values)
    return f"the latest {latest.event} says {said} as its `{latest.field}`"


def _latest_is_not(latest: LatestIsSpec, _: ProfileSpec) -> str:
    said = value(latest.values)
    return f"no {latest.event}, or not the latest, says {said} as its `{latest.field}`"


def _accepted(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"every event that {fields(names, 'or')} names was accepted in this case"


def _own_event(field: str, _: ProfileSpec) -> str:
    return f"the event that `{field}` names is the sender's own, accepted in this case"


def _names_event(named: NamesEventSpec, _: ProfileSpec) -> str:
    return f"the event that `{named.field}` names is {listed(named.of, 'or')}"


def _dispensable(field: str, _: ProfileSpec) -> str:
    return (
        f"without the event that `{field}` names, every other accepted event of the"
        " case would still be accepted"
    )


def _noticed(field: str, _: ProfileSpec) -> str:
    return f"`{field}` is the id of a notice that this case made"


def _lists_open(field: str, _: ProfileSpec) -> str:
    return f"`{field}` lists exactly the obligations that are open in the case"


def _in_force(wanted: bool | str, spec: ProfileSpec) -> str:  # noqa: FBT001 - the word's value
    kinds = spec.certificate.kind
    if wanted == ANY:
        return f"the certificate of this `{spec.certificate.number}` is in force"
    if isinstance(wanted, str):
        return f"a certificate of the kind {wanted} is in force for this person"
    if wanted:
        usual = "" if kinds is None else f" of the kind {kinds.default}"
        return f"this person's certificate{usual} is in force"
    which = "" if kinds is None else " of the same kind"
    return f"no certificate{which} is in force for this person"


# --- what the event says ----------------------------------------------------------


def _is(pairs: Mapping[str, object], _: ProfileSpec) -> str:
    return listed(f"`{name}` is {value(asked)}" for name, asked in pairs.items())


def _none_of(choices: Mapping[str, tuple[str, ...]], _: ProfileSpec) -> str:
    return listed(
        f"`{name}` is neither {listed(some, 'nor')}"
        if len(some) > 1
        else f"`{name}` is not {some[0]}"
        for name, some in choices.items()
    )


def _contains(pairs: Mapping[str, str], _: ProfileSpec) -> str:
    return listed(f"`{name}` has {entry}" for name, entry in pairs.items())


def _present(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"{fields(names)} {_be(names)} given"


def _absent(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"{fields(names)} {_be(names)} left out"


def _be(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"


def _exactly_one_of(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"exactly one of {fields(names)} is given"


def _differs(differs: DiffersSpec, _: ProfileSpec) -> str:
    return (
        f"`{differs.field}` is not the `{differs.other}` of the {differs.event} with"
        f" the same `{differs.by}`"
    )


def _registered(pairs: Mapping[str, str], _: ProfileSpec) -> str:
    return listed(
        f"`{name}` stands in the register {register}"
        for name, register in pairs.items()
    )


def _within(within: WithinSpec, spec: ProfileSpec) -> str:
    longest = amount(getattr(spec.limits, within.limit))
    return f"the time in `{within.field}` lies ahead, by at most {longest}"


# --- who says it ------------------------------------------------------------------


def _emitter_in(names: tuple[str, ...], spec: ProfileSpec) -> str:
    return f"the sender is {agencies(names, spec, 'or')}"


def _emitter_not_in(names: tuple[str, ...], spec: ProfileSpec) -> str:
    return f"the sender is not {agencies(names, spec, 'or')}"


def _responsible(field: str, _: ProfileSpec) -> str:
    return f"the sender is responsible for the programme's item that `{field}` gives"


def _under(prefix: str, _: ProfileSpec) -> str:
    return f"its subject begins with `{prefix}:`"


def _own_subject(_: bool, __: ProfileSpec) -> str:  # noqa: FBT001 - the word's value
    return "its subject is the sender's own agency"


def _contact_known(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"every contact that {fields(names, 'or')} names is in the directory"


def _paged(field: str, _: ProfileSpec) -> str:
    return (
        f"a page about the obligation that `{field}` names went to the sender, or to an"
        " office that it is a member of"
    )


_PHRASE: Final[dict[str, Callable[[Any, ProfileSpec], str]]] = {
    "after": _after,
    "not_after": _not_after,
    "known": _known,
    "not_known": _not_known,
    "latest": _latest,
    "latest_is": _latest_is,
    "latest_is_not": _latest_is_not,
    "in_force": _in_force,
    "equals": _is,
    "one_of": _is,
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
