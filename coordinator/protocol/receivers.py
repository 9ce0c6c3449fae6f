"""
Who learns of an event, and who owes: from the profile's words to agency ids.

Source: docs/rules.md, Views and Obligations.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from coordinator.protocol.certificates import meant
from coordinator.protocol.conditions import compile_when, expand, matches, values
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.situation import Find, Situation, Test
from coordinator.protocol.spec_events import (
    RECEIVER_EXTRAS,
    EventSpec,
    ReceiverSpec,
    References,
)
from coordinator.protocol.spec_obligations import OwnerSpec

__all__ = ["Receiver", "compile_owner", "compile_receiver", "fixed_views"]


class Receiver(NamedTuple):
    """Some agencies and the view they get, when a condition holds."""

    find: Find
    view: Literal["full", "stub"]
    when: Test | None


def fixed_views(
    to: tuple[ReceiverSpec, ...], profile: ProfileSpec
) -> dict[str, Literal["full", "stub"]] | None:
    """Give each agency's view where it depends on nothing; None where it does."""
    views: dict[str, Literal["full", "stub"]] = {}
    for one in to:
        if one.agencies is None or one.when is not None or one.among is not None:
            return None
        for agency in expand(one.agencies, profile):
            if views.get(agency) != "full":
                views[agency] = one.view
    return views


def compile_receiver(
    spec: ReceiverSpec, event: EventSpec, profile: ProfileSpec
) -> Receiver:
    """Compile one entry of an event's `to`."""
    (word,) = spec.model_fields_set - RECEIVER_EXTRAS
    if word == "owners_ended":
        find = _owners_ended(event)
    else:
        find = _WAYS[word](getattr(spec, word), profile)
    if spec.among is not None:
        find = _among(find, expand(spec.among, profile))
    return Receiver(find, spec.view, compile_when(spec.when, profile))


def _among(find: Find, names: tuple[str, ...]) -> Find:
    """Those found that are of these."""
    return lambda s: tuple(one for one in find(s) if matches(one, names))


def compile_owner(spec: OwnerSpec, profile: ProfileSpec) -> Find:
    """Compile who owes; several owners owe one obligation each."""
    (word,) = spec.model_fields_set
    return _WAYS[word](getattr(spec, word), profile)


def _agencies(names: tuple[str, ...], profile: ProfileSpec) -> Find:
    """These agencies."""
    agencies = expand(names, profile)
    return lambda _: agencies


def _emitter(_: bool, __: ProfileSpec) -> Find:  # noqa: FBT001 - the word's value
    """The event's sender."""
    return lambda s: (s.event.agency,)


def _field(name: str, _: ProfileSpec) -> Find:
    """The agencies that a payload field names; a code or an office's id is none."""
    return lambda s: tuple(
        one for one in values(s.data, name) if s.rules.may_be_named(one)
    )


def _emitter_of(references: References, _: ProfileSpec) -> Find:
    """The senders of the earlier events that the event refers to."""

    def emitters(s: Situation) -> tuple[str, ...]:
        facts = (s.known(one.event, one.by) for one in references)
        return tuple(fact.agency for fact in facts if fact is not None)

    return emitters


def _other_of(names: tuple[str, ...], profile: ProfileSpec) -> Find:
    """Those of these that did not send the event."""
    agencies = expand(names, profile)
    return lambda s: tuple(one for one in agencies if one != s.event.agency)


def _subject(names: tuple[str, ...], profile: ProfileSpec) -> Find:
    """The agency whose own scope the event is under, if it is one of these."""
    owners = {f"agency:{one}": (one,) for one in expand(names, profile)}
    return lambda s: owners.get(s.state.key, ())


def _told(_: bool, __: ProfileSpec) -> Find:  # noqa: FBT001 - the word's value
    """Every agency told of the certificate that the event is about."""

    def told(s: Situation) -> tuple[str, ...]:
        held = meant(s)
        return () if held is None else tuple(held.told)

    return told


def _owner_of(name: str, _: ProfileSpec) -> Find:
    """The owner of the obligation that a field names."""

    def owner(s: Situation) -> tuple[str, ...]:
        obligation = s.state.owed(s.data.get(name, ""))
        return () if obligation is None else (obligation.owner,)

    return owner


def _owners_ended(event: EventSpec) -> Find:
    """The owners of what is open and does not survive this event."""
    leaves = () if event.ends is None else event.ends.leaves

    def owners(s: Situation) -> tuple[str, ...]:
        standing = s.state.all_open()
        ended = (one.owner for one in standing if one.rules.name not in leaves)
        return tuple(dict.fromkeys(ended))

    return owners


def _receivers_of(name: str, _: ProfileSpec) -> Find:
    """All who were sent the event that a field names."""

    def receivers(s: Situation) -> tuple[str, ...]:
        fact = s.state.facts.get(s.data.get(name, ""))
        return () if fact is None else fact.sent_to

    return receivers


def _sent_or_got(names: tuple[str, ...], _: ProfileSpec) -> Find:
    """Every agency that sent or was sent one of these events in this case."""

    def find(s: Situation) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for fact in s.state.facts.values():
            if fact.name in names:
                found[fact.agency] = None
                found.update(dict.fromkeys(fact.sent_to))
        return tuple(found)

    return find


_WAYS: dict[str, Callable[[Any, ProfileSpec], Find]] = {
    "agencies": _agencies,
    "emitter": _emitter,
    "field": _field,
    "told": _told,
    "emitter_of": _emitter_of,
    "other_of": _other_of,
    "subject": _subject,
    "sent_or_got": _sent_or_got,
    "owner_of": _owner_of,
    "receivers_of": _receivers_of,
}
