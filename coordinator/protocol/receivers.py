"""
Who learns of an event, and who owes: from the profile's words to agency ids.

Source: docs/rules.md, Views and Obligations.
"""

from typing import Literal, NamedTuple

from coordinator.protocol.conditions import compile_when, expand, values
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.situation import Find, Situation, Test
from coordinator.protocol.spec_events import ReceiverSpec
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
        if one.agencies is None or one.when is not None:
            return None
        for agency in expand(one.agencies, profile):
            if views.get(agency) != "full":
                views[agency] = one.view
    return views


def compile_receiver(spec: ReceiverSpec, profile: ProfileSpec) -> Receiver:
    """Compile one entry of an event's `to`."""
    return Receiver(
        find=_find(spec, profile),
        view=spec.view,
        when=compile_when(spec.when, profile),
    )


def compile_owner(spec: OwnerSpec, profile: ProfileSpec) -> Find:
    """Compile who owes; several owners owe one obligation each."""
    if spec.agencies is not None:
        agencies = expand(spec.agencies, profile)
        return lambda _: agencies
    if spec.field is not None:
        return _field(spec.field)
    if spec.told is not None:
        return _told
    return lambda s: (s.event.agency,)


def _find(spec: ReceiverSpec, profile: ProfileSpec) -> Find:
    if spec.agencies is not None:
        agencies = expand(spec.agencies, profile)
        return lambda _: agencies
    if spec.field is not None:
        return _field(spec.field)
    if spec.told is not None:
        return _told
    if spec.owner_of is not None:
        return _owner_of(spec.owner_of)
    if spec.emitter_of is not None:
        references = spec.emitter_of

        def emitters(s: Situation) -> tuple[str, ...]:
            facts = (s.known(one.event, one.by) for one in references)
            return tuple(fact.agency for fact in facts if fact is not None)

        return emitters
    return _sent_or_got(frozenset(spec.sent_or_got or ()))


def _field(name: str) -> Find:
    """The agencies that a payload field names; a code that is no agency's is none."""
    return lambda s: tuple(
        one for one in values(s.data, name) if s.rules.admits_agency(one)
    )


def _told(s: Situation) -> tuple[str, ...]:
    """Every agency told of this person's certificate; see `state.Certificate`."""
    held = s.certificate()
    return () if held is None else tuple(held.told)


def _owner_of(name: str) -> Find:
    """The owner of the obligation that a field names."""

    def owner(s: Situation) -> tuple[str, ...]:
        obligation = s.state.obligations.get(s.data.get(name, ""))
        return () if obligation is None else (obligation.owner,)

    return owner


def _sent_or_got(names: frozenset[str]) -> Find:
    """Every agency that sent or was sent one of these events in this case."""

    def find(s: Situation) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for fact in s.state.facts.values():
            if fact.name in names:
                found[fact.agency] = None
                found.update(dict.fromkeys(fact.sent_to))
        return tuple(found)

    return find
