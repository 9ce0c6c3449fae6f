"""
Who learns of an event, who owes what by when, what opens and closes it: in words.

Each function puts one part of a profile's rows into a phrase.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from coordinator.protocol.duration import Duration
from coordinator.protocol.profile import LadderSpec, ProfileSpec, RungSpec
from coordinator.protocol.spec_events import (
    RECEIVER_EXTRAS,
    AcknowledgesSpec,
    AssignsSpec,
    EffectSpec,
    FiresSpec,
    NoticeSpec,
    ReceiverSpec,
    References,
)
from coordinator.protocol.spec_obligations import (
    AfterSpec,
    AlsoSpec,
    ClosingSpec,
    DueSpec,
    OpeningSpec,
    OwnerSpec,
    PerSpec,
)
from coordinator.protocol.words.conditions import only_when
from coordinator.protocol.words.text import agencies, agency, amount, fields, listed

__all__ = [
    "EFFECTS",
    "WAYS",
    "also",
    "closing",
    "due",
    "effect",
    "ladder",
    "notice",
    "opening",
    "owner",
    "receiver",
    "scope",
    "view",
]

_Way = Callable[[Any, ProfileSpec], str]

# --- who -------------------------------------------------------------------------


def receiver(spec: ReceiverSpec, profile: ProfileSpec) -> str:
    """Name the receivers of one entry of an event's `to`, and when it applies."""
    (way,) = spec.model_fields_set - RECEIVER_EXTRAS
    who = WAYS[way](getattr(spec, way), profile)
    if spec.among is not None:
        who += f", if it is {agencies(spec.among, profile, 'or')}"
    return who + only_when(spec.when, profile)


def owner(spec: OwnerSpec, profile: ProfileSpec) -> str:
    """Name who owes; several owe one obligation each."""
    (way,) = spec.model_fields_set
    return WAYS[way](getattr(spec, way), profile)


def view(which: str, shown: Sequence[str]) -> str:
    """Say what a receiver with that view learns; `shown` are the fields of a stub."""
    if which == "full":
        return "all of it"
    seen = f", with {fields(shown)}" if shown else ""
    return f"only that it happened{seen}"


def _references(references: References) -> str:
    return listed(
        (f"the {one.event} that `{one.by}` names" for one in references), "or"
    )


def _subject(names: tuple[str, ...], profile: ProfileSpec) -> str:
    return f"the agency in whose own scope it is ({agencies(names, profile, 'or')})"


def _sent_or_got(names: tuple[str, ...], _: ProfileSpec) -> str:
    return f"every agency that sent or was sent {listed(names, 'or')}"


WAYS: Final[dict[str, _Way]] = {
    "agencies": agencies,
    "emitter": lambda _, __: "the sender of what opens it",
    "field": lambda name, _: f"whoever `{name}` names",
    "emitter_of": lambda those, _: f"the sender of {_references(those)}",
    "other_of": lambda names, profile: (
        f"those of {agencies(names, profile)} that did not send it"
    ),
    "subject": _subject,
    "sent_or_got": _sent_or_got,
    "told": lambda _, __: "every agency that was told of the certificate",
    "owner_of": lambda name, _: f"the owner of the obligation that `{name}` names",
    "owners_ended": lambda _, __: "the owners of what it ends",
    "receivers_of": lambda name, _: f"all who were sent the event that `{name}` names",
}


def also(spec: AlsoSpec, profile: ProfileSpec) -> str:
    """Name who is paged beside the owner."""
    if spec.agency is not None:
        return agency(spec.agency, profile)
    return "the sender of the event that opened it"


# --- what for, and by when ----------------------------------------------------------


def scope(parts: Sequence[PerSpec]) -> str:
    """Say for what an obligation is owed once."""
    return listed(_part(one) for one in parts)


def _part(part: PerSpec) -> str:
    if part.value is not None:
        return f"the {part.kind} {part.value}"
    if part.programme is not None:
        return f"each of the owner's {part.programme} {part.kind}s of the programme"
    if part.field is not None:
        return f"each {part.kind} that `{part.field}` names"
    if part.known is not None:
        return f"each {part.kind}: {_references(part.known)}"
    return "the case" if part.kind == "case" else f"each {part.kind}"


def due(spec: DueSpec) -> str:
    """Say when an obligation falls due."""
    if spec.after is not None:
        return _after(spec.after)
    if spec.at is not None:
        return f"by the time that `{spec.at}` gives"
    if spec.before is not None:
        before = amount(spec.before)
        return f"{before} before `{spec.day}` begins ({spec.zone}), at once if past"
    cases = (f"{_after(one)} when {name}" for name, one in spec.cases.items())
    return f"by its `{spec.choose}`: {listed(cases)}"


def _after(after: AfterSpec) -> str:
    if after.length == Duration():
        return "at once"
    kind = "working" if after.clock == "business" else ""
    return f"within {amount(after.length, kind)}"


# --- what opens and closes it --------------------------------------------------------


def opening(spec: OpeningSpec, profile: ProfileSpec) -> str:
    """Say which event opens an obligation, when, and what it says of its own."""
    own = []
    if spec.owner is not None:
        own.append(f"owed by {owner(spec.owner, profile)}")
    if spec.due is not None:
        own.append(f"due {due(spec.due)}")
    if spec.per is not None:
        own.append(f"once for {scope(spec.per)}")
    if spec.unless_open is not None:
        own.append(f"unless one is open for a {spec.unless_open}")
    if spec.supersedes is not None:
        own.append(f"in place of one that is open for the {spec.supersedes}")
    different = f" ({'; '.join(own)})" if own else ""
    return f"{spec.event}{only_when(spec.when, profile)}{different}"


def closing(spec: ClosingSpec, profile: ProfileSpec) -> str:
    """Say which event closes an obligation, when, whose, and how."""
    own = []
    if spec.by_owner:
        own.append("sent by the owner itself")
    if spec.of is not None:
        own.append(f"for {scope(spec.of)}")
    if spec.all:
        own.append("every one of the case")
    if spec.spares is not None:
        own.append(f"save that of whoever `{spec.spares}` names")
    if spec.closed_as == "superseded":
        own.append("as superseded, not as met")
    how = f" ({'; '.join(own)})" if own else ""
    return f"{spec.event}{only_when(spec.when, profile)}{how}"


# --- who hears of it -----------------------------------------------------------------


def ladder(spec: LadderSpec, profile: ProfileSpec, *, whose: str = "the owner") -> str:
    """Say who is paged when an obligation is missed, rung by rung."""
    return listed(_rung(one, profile, whose) for one in spec.rungs)


def _rung(rung: RungSpec, profile: ProfileSpec, whose: str) -> str:
    _, owned, role = rung.page.partition("owner.")
    who = f"{whose}'s {role.replace('_', ' ')}" if owned else agency(rung.page, profile)
    after = "at once" if rung.after == Duration() else f"after {amount(rung.after)}"
    aside = " (for information)" if rung.for_information else ""
    return f"{who} {after}{aside}"


def notice(spec: NoticeSpec, profile: ProfileSpec) -> str:
    """Say whom an event gives notice, of which kind, and when."""
    article = "an" if spec.kind[0] in "aeiou" else "a"
    to = agency(spec.to, profile)
    return f"{article} {spec.kind} notice to {to}{only_when(spec.when, profile)}"


# --- what else an event does ---------------------------------------------------------


def effect(spec: EffectSpec) -> str:
    """Say what an accepted event does beside opening and closing."""
    (word,) = spec.model_fields_set
    return EFFECTS[word](getattr(spec, word))


def _assigns(given: AssignsSpec) -> str:
    role = given.role.replace("_", " ")
    return (
        f"in this case, whoever `{given.contact}` names is the sender's {role} from"
        f" `{given.valid_from}` to `{given.valid_to}`"
    )


def _acknowledges(given: AcknowledgesSpec) -> str:
    return (
        f"nobody is paged about the obligation that `{given.obligation}` names until"
        f" `{given.until}`, or for as long as the profile allows if it is not given"
    )


def _fires(given: FiresSpec) -> str:
    return (
        f"whoever `{given.rung}` stands for is paged about the obligation that"
        f" `{given.obligation}` names, unless it is closed by then"
    )


EFFECTS: Final[dict[str, Callable[[Any], str]]] = {
    "assigns": _assigns,
    "acknowledges": _acknowledges,
    "fires": _fires,
    "unreachable": lambda name: (
        f"the page that `{name}` names reached nobody: the next rung is paged at once"
    ),
    "delivered": lambda name: (
        f"what became of the page that `{name}` names is on record"
    ),
    "activates": lambda _: "the version of the protocol that it names is in force",
    "migrates": lambda _: (
        "from the next record on, the case is decided by the version that it names"
    ),
    "retracts": lambda name: (
        f"the case is from then on as if the event that `{name}` names had not been"
        " accepted"
    ),
}
