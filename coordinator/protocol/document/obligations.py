"""An obligation's section: who owes what by when, and who hears if it is missed."""

from coordinator.protocol import words
from coordinator.protocol.document.sheet import Block, Facts, Section, Text
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_obligations import ObligationSpec

__all__ = ["obligation_section"]


def obligation_section(name: str, profile: ProfileSpec) -> Section:
    """Tell everything that a profile says of an obligation."""
    owed = profile.obligations[name]
    opened = [words.opening(one, profile) for one in owed.opens_on]
    closed = [words.closing(one, profile) for one in owed.closed_by]
    blocks: list[Block] = [
        Text(words.sentence(owed.says)),
        Facts("Who owes it", [words.sentence(words.owner(owed.owner, profile))]),
        Facts("When it is due", [words.sentence(words.due(owed.due))]),
        Facts("Owed once for", [words.sentence(words.scope(owed.per))]),
        Facts("What opens it", [words.sentence(one) for one in opened]),
        Facts("What closes it", [words.sentence(one) for one in closed]),
        Facts("If it is missed", [_missed(owed, profile)]),
    ]
    special = _special(owed)
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


def _special(owed: ObligationSpec) -> list[str]:
    found = []
    if owed.not_after_closing:
        found.append("It does not open where an event that closes it came before.")
    if owed.reopening == "supersedes":
        found.append("Opened again while it is open, the new one takes its place.")
    if not owed.in_exercise:
        found.append("It does not open in an exercise.")
    return found
