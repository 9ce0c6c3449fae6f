"""
Migration: an open case goes over to another version of the protocol.

It is an event of its own under the case, decided by the old version; the new one holds
from the next record on. Its text says first what becomes of each open obligation, and
then what the two versions differ in.

Rule 1: the text is worked out by whoever decides, from the state that the event is then
decided on, so that it says what happens. Rule 2: it holds names of the protocol,
agencies' ids and codes, and nothing else of a case. Rule 3: a case that is on the
version already is left alone, so that moving cases twice does no harm.

Source: docs/adr/0010-moving-a-case-to-another-version.md.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from coordinator.events import OperatorError, is_case_reference, own
from coordinator.events.fields import MAX_TEXT
from coordinator.protocol import Decision, Rules, State
from coordinator.protocol.compare import differences
from coordinator.protocol.scopes import spelt
from coordinator.protocol.state import Fact, Obligation
from coordinator.runtime.step import Listener, Outcome, Step, Submission, nobody

__all__ = [
    "Migration",
    "NoSuchCaseError",
    "decided",
    "foreseen",
    "is_open",
    "migrate",
    "submissions_of",
]

_SEE_DIFF: Final = "`coordinator protocol diff`"
_SEE_BOTH: Final = f"`coordinator obligations` and {_SEE_DIFF}"


class NoSuchCaseError(OperatorError):
    """Nothing was accepted under this reference, or it is no case's."""


class Migration(NamedTuple):
    """
    A case's change of version, by references, with the difference in words.

    `decision` is None where nothing was decided: foreseen only, or before is after.
    """

    case: str
    before: str
    after: str
    difference: str
    decision: Decision | None


def migrate(
    step: Step,
    cases: Sequence[str],
    to: str,
    now: datetime,
    told: Listener = nobody,
) -> list[Migration]:
    """
    Move cases to a kept version, in one transaction.

    Args:
        step: The only writer of the store.
        cases: References, in order; one given twice counts once.
        to: The version's reference.
        now: The instant of receipt; aware UTC.
        told: Told of the decisions once they are durable.

    Raises:
        NoSuchCaseError: One of them is no case; none was moved.
        OperatorError: The version is not kept; none was moved.
        StoreFault, StoreError: None was moved.
    """
    if not step.knows(to):
        message = f"{to}: no version that is kept here; activate it first"
        raise OperatorError(message)
    after = step.rules(to)
    moves = [foreseen(step.state(case), after) for case in dict.fromkeys(cases)]
    submissions = submissions_of(moves, now)
    outcomes = step.take(submissions, now)
    told(submissions, outcomes)
    return decided(moves, outcomes)


def submissions_of(moves: Sequence[Migration], now: datetime) -> list[Submission]:
    """Write what moves cases; one that is on the version already is left alone."""
    return [_submission(move, now) for move in moves if move.before != move.after]


def decided(moves: Sequence[Migration], outcomes: Sequence[Outcome]) -> list[Migration]:
    """Put what was decided on `submissions_of(moves)` beside the moves."""
    following = iter(outcomes)
    return [
        move
        if move.before == move.after
        else move._replace(decision=next(following).decision)
        for move in moves
    ]


def foreseen(state: State, after: Rules) -> Migration:
    """
    Say what moving a case to a version does; nothing is decided.

    Raises:
        NoSuchCaseError: The state is no case's.
    """
    before = state.rules
    if before is None or not state.exists or not is_case_reference(state.key):
        message = f"{state.key}: no such case; `coordinator cases` lists them"
        raise NoSuchCaseError(message)
    moves = before.reference != after.reference
    difference = _difference(state, before, after) if moves else ""
    return Migration(state.key, before.reference, after.reference, difference, None)


def is_open(state: State) -> bool:
    """Whether a case goes on: nothing has ended it, or something is owed in it."""
    return bool(state.open) or not any(_ends(fact) for fact in state.facts.values())


def _ends(fact: Fact) -> bool:
    return fact.rules.events[fact.name].leaves is not None


def _submission(move: Migration, now: datetime) -> Submission:
    event = own.protocol_migrated(
        key=move.case,
        before=move.before,
        after=move.after,
        difference=move.difference,
        at=now,
    )
    return Submission(event=event, version=move.after)


# --- in words -----------------------------------------------------------------------


def _difference(state: State, before: Rules, after: Rules) -> str:
    """Say what becomes of what is owed, what ends first; then what differs."""
    owed = [one for one in state.obligations.values() if one.open]
    owed.sort(key=lambda one: one.due)
    stays = [one for one in owed if one.rules.name in after.obligations]
    ends = [_fate(one, after) for one in owed if one not in stays]
    fates = [*ends, *(_fate(one, after) for one in stays)]
    words = _words(before, after)
    if len("\n".join((*fates, *words))) > MAX_TEXT and len(stays) > 1:
        # What differs is why the case moves: it is not to be cut for a long list.
        fates = [*ends, _stay(stays)]
    return _cut(fates or ["Nothing is owed in the case."], words)


def _stay(owed: Sequence[Obligation]) -> str:
    counts = Counter(one.rules.name for one in owed)
    names = (name if n == 1 else f"{name} ({n})" for name, n in counts.items())
    return f"{len(owed)} stay, each with its due time and ladder: {', '.join(names)}"


def _fate(owed: Obligation, after: Rules) -> str:
    what = f"{owed.rules.name} of {owed.owner} for {spelt(owed.scope)}"
    if owed.rules.name in after.obligations:
        return f"{what}: stays, due {owed.due}; its ladder stays"
    return f"{what}: ends, {after.reference} has no such obligation"


@lru_cache(maxsize=16)  # many cases go the same way
def _words(before: Rules, after: Rules) -> tuple[str, ...]:
    return tuple(one.words for one in differences(before.spec, after.spec))


def _cut(fates: Sequence[str], words: Sequence[str]) -> str:
    """Keep as many lines as an event's text can hold, and count the others."""
    lines = [*fates, *words]
    whole = "\n".join(lines)
    if len(whole) <= MAX_TEXT:
        return whole
    kept: list[str] = []
    for line in lines:
        more = [*kept, line]
        if len("\n".join([*more, _rest(len(lines) - len(more), _SEE_BOTH)])) > MAX_TEXT:
            break
        kept = more
    see = _SEE_DIFF if len(kept) >= len(fates) else _SEE_BOTH
    return "\n".join([*kept, _rest(len(lines) - len(kept), see)])


def _rest(count: int, see: str) -> str:
    return f"… and {count} more; see {see}"
