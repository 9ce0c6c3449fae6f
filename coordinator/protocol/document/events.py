"""An event's section: who says it, who learns what, what comes before and after."""

from collections.abc import Iterator

from coordinator.events import CATALOGUE, EventType, field_notes
from coordinator.events.event_type import CASE
from coordinator.protocol import words
from coordinator.protocol.document.sheet import Block, Facts, Section, Text
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_events import EventSpec, GateSpec
from coordinator.protocol.spec_obligations import ObligationSpec, OpeningSpec

__all__ = ["event_section", "says"]

_PERSON = {
    "always": "It is about one person.",
    "when_victim": "It is about a victim, or about nobody.",
    "never": "It is about no single person.",
}


def says(kind: EventType) -> str:
    """Give the first sentence of what the type's model says of itself."""
    return " ".join((kind.model.__doc__ or "").split("\n\n")[0].split())


def event_section(name: str, profile: ProfileSpec) -> Section:
    """Tell everything that a profile makes of an event."""
    spec = profile.events[name]
    kind = CATALOGUE[name]
    blocks: list[Block] = [
        Text(" ".join([says(kind), _PERSON[kind.person], *_subject(kind)])),
        Facts("Who may send it", [_senders(kind, profile)]),
        Facts("What it says", [*_fields(kind)]),
        Facts("Who learns of it", [*_receivers(spec, profile)]),
        Facts(
            "What must hold",
            [_gate(gate, profile) for gate in spec.gates]
            or ["Nothing: it is always accepted."],
            numbered=bool(spec.gates),
        ),
        Facts("What it starts", [*_starts(name, profile)] or ["Nothing."]),
        Facts("What it closes", [*_closes(name, profile)] or ["Nothing."]),
    ]
    more = [*_effects(name, profile)]
    if more:
        blocks.append(Facts("What else it does", more))
    blocks.append(Facts("Source", [spec.cite]))
    return Section(name, blocks, kind="event", name=name, refers=[name])


def _subject(kind: EventType) -> Iterator[str]:
    """Say what it stands under, where that is not simply its case."""
    if kind.mints:
        yield "It may come without a case reference, and then starts a case."
    elif kind.scope is not CASE:
        yield f"It stands under {kind.scope.says}."


def _senders(kind: EventType, profile: ProfileSpec) -> str:
    spec = profile.events[kind.name]
    who = words.sentence(words.agencies(spec.emitters, profile, "or"))
    anybody = spec.open_to_all or all(gate.breach == "record" for gate in spec.gates)
    if anybody and not kind.coordinator:
        return f"{who} The sender need not have taken part before."
    return who


def _fields(kind: EventType) -> Iterator[str]:
    for required, when in ((True, "Always"), (False, "Where it applies,")):
        notes = field_notes(kind.model)
        names = [note.name for note in notes if note.required is required]
        if names:
            yield words.sentence(f"{when} {words.fields(names)}")


def _receivers(spec: EventSpec, profile: ProfileSpec) -> Iterator[str]:
    if spec.no_receiver is not None:
        yield words.sentence(f"Nobody: {spec.no_receiver}")
    for one in spec.to:
        who = words.receiver(one, profile)
        yield words.sentence(f"{who}: {words.view(one.view, spec.stub)}")


def _gate(gate: GateSpec, profile: ProfileSpec) -> str:
    parts = [words.sentence(gate.says), _breach(gate, profile), gate.mend]
    checked = words.listed(words.condition(one, profile) for one in gate.require)
    when = words.only_when(gate.when, profile)
    if when or checked.replace("`", "") != gate.says:
        parts.append(f"(Checked{when}: {checked}.)")
    return " ".join(parts)


def _breach(gate: GateSpec, profile: ProfileSpec) -> str:
    if gate.breach == "refuse":
        return "Otherwise it is refused."
    role = profile.breaches.role.replace("_", " ")
    return (
        f"Otherwise it is accepted and recorded as a breach, and the sender's {role} is"
        " paged."
    )


def _starts(name: str, profile: ProfileSpec) -> Iterator[str]:
    for key, owed in profile.obligations.items():
        for opening in owed.opens_on:
            if opening.event == name:
                yield _start(key, owed, opening, profile)


def _start(
    key: str, owed: ObligationSpec, opening: OpeningSpec, profile: ProfileSpec
) -> str:
    when = words.only_when(opening.when, profile)
    who = words.owner(opening.owner or owed.owner, profile)
    due = words.due(opening.due or owed.due)
    once = "" if opening.per is None else f", once for {words.scope(opening.per)}"
    hears = words.ladder(profile.ladders[owed.ladder], profile)
    beside = ""
    if owed.also is not None:
        beside = (
            f"; wherever the owner is paged, so is {words.also(owed.also, profile)}"
        )
    return (
        f"{words.obligation(key, profile)}{when}: {owed.says}. Owed by {who},"
        f" {due}{once}. If missed: {hears}{beside}."
    )


def _closes(name: str, profile: ProfileSpec) -> Iterator[str]:
    for key, owed in profile.obligations.items():
        for closing in owed.closed_by:
            if closing.event == name:
                how = words.closing(closing, profile).removeprefix(name)
                what = f"{words.obligation(key, profile)}: {owed.says}"
                yield words.sentence(f"{what}{how}")
    if name == profile.certificate.withdrawn:
        resting = words.listed(words.obligation(one, profile) for one in _rest(profile))
        yield words.sentence(f"Whatever rests on that certificate: {resting}")
    ends = profile.events[name].ends
    if ends is not None:
        left = words.listed(words.obligation(one, profile) for one in ends.leaves)
        yield words.sentence(
            f"Whatever else is open in the case, as superseded, but not {left}"
        )


def _rest(profile: ProfileSpec) -> Iterator[str]:
    """Name what is opened by a certificate, or by an event that asks for one."""
    for key, owed in profile.obligations.items():
        if any(_asks(one.event, profile) for one in owed.opens_on):
            yield key


def _asks(name: str, profile: ProfileSpec) -> bool:
    held = profile.certificate
    asked = (
        one.in_force for gate in profile.events[name].gates for one in gate.require
    )
    return name == held.issued or (name != held.withdrawn and any(asked))


def _effects(name: str, profile: ProfileSpec) -> Iterator[str]:
    spec = profile.events[name]
    if spec.effect is not None:
        yield words.sentence(words.effect(spec.effect))
    for notice in profile.notices:
        if notice.event == name:
            yield words.sentence(f"It makes {words.notice(notice, profile)}")
    held = profile.certificate
    if name == held.issued:
        yield words.sentence(
            f"A certificate is in force from then on, until `{held.until}` if given"
        )
    if name == held.withdrawn:
        yield (
            "The certificate is no longer in force, and what rests on it is closed as"
            " withdrawn."
        )
