"""An obligation's section: who owes what by when, and who hears if it is missed."""

from collections.abc import Callable

from coordinator.protocol import words
from coordinator.protocol.conditions import expand
from coordinator.protocol.document.sheet import Block, Facts, Section, Text
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_obligations import ObligationSpec, OpeningSpec

__all__ = ["obligation_section"]


def obligation_section(name: str, profile: ProfileSpec) -> Section:
    """Tell everything that a profile says of an obligation."""
    owed = profile.obligations[name]

    def owner(opening: OpeningSpec) -> str:
        return words.owner(opening.owner or owed.owner, profile)

    def due(opening: OpeningSpec) -> str:
        return words.due(opening.due or owed.due)

    opened = [words.opening(one, profile) for one in owed.opens_on]
    closed = [words.closing(one, profile) for one in owed.closed_by]
    blocks: list[Block] = [
        Text(words.sentence(owed.says)),
        Facts("Who owes it", _by_opening(owed, owner)),
        Facts("When it is due", _by_opening(owed, due)),
        Facts("Owed once for", [words.sentence(words.scope(owed.per))]),
        Facts("What opens it", [words.sentence(one) for one in opened]),
        Facts("What closes it", [words.sentence(one) for one in closed]),
        Facts("If it is missed", [_missed(owed, profile)]),
    ]
    special = _special(owed, profile)
    if special:
        blocks.append(Facts("What is special", special))
    blocks.append(Facts("Source", [owed.cite]))
    known = words.obligation(name, profile)
    return Section(known, blocks, kind="obligation", name=name, refers=[known])


def _missed(owed: ObligationSpec, profile: ProfileSpec) -> str:
    hears = words.ladder(profile.ladders[owed.ladder], profile)
    beside = ""
    if owed.also is not None:
        who = words.also(owed.also, profile)
        beside = f" Wherever the owner is paged, so is {who}."
    return f"Ladder {owed.ladder}: {hears}.{beside}"


def _by_opening(owed: ObligationSpec, say: Callable[[OpeningSpec], str]) -> list[str]:
    """Say what is the same however it opened, or for each event that opens it."""
    said = {(one.event, say(one)): None for one in owed.opens_on}
    if len({what for _, what in said}) == 1:
        return [words.sentence(next(iter(said))[1])]
    return [words.sentence(f"Opened by {event}: {what}") for event, what in said]


def _special(owed: ObligationSpec, profile: ProfileSpec) -> list[str]:
    found = []
    several = owed.owner.agencies and len(expand(owed.owner.agencies, profile)) > 1
    if several and not any(one.by_owner for one in owed.closed_by):
        found.append("Each owner owes it; whoever of them meets it meets it for all.")
    if owed.not_after_closing:
        found.append("It does not open where an event that closes it came before.")
    if owed.reopening == "supersedes":
        found.append("Opened again while it is open, the new one takes its place.")
    if not owed.in_exercise:
        found.append("It does not open in an exercise.")
    return found
