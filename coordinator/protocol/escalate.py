"""
Who is paged, and when the next rung comes.

Rule 1: after an outage only the highest rung reached is paged: one page, not a
burst. Rule 2: a rung that reaches nobody is skipped to the next at once. Rule 3:
the last rung repeats until the obligation is acknowledged or closed. Rule 4: an
acknowledgement moves what is left of the ladder to its new due time. Rule 5: a
reminder, or a rung for information, is no part of the ladder.

Source: docs/rules.md, Ladders.
"""

from datetime import datetime
from typing import Literal

from coordinator.events import format_time, parse_time
from coordinator.protocol.draft import Draft
from coordinator.protocol.ladder import REMINDER
from coordinator.protocol.state import Instant, Obligation, PageOut, Timer

__all__ = [
    "move_ladder",
    "next_repeat",
    "page_breach",
    "resume_ladder",
    "skip_rung",
    "take_due",
]


def take_due(draft: Draft) -> None:
    """Page for every rung of the key due by the record's instant and not yet taken."""
    s = draft.situation
    due = s.state.due_by(s.now)
    if not due:
        return
    by_obligation: dict[str, list[Timer]] = {}
    for timer in due:
        by_obligation.setdefault(timer.obligation.id, []).append(timer)
    taken = [timer for timers in by_obligation.values() for timer in _reached(timers)]
    for timer in sorted(taken):
        owed, rung = timer.obligation, timer.rung
        if rung == REMINDER:
            role = s.rules.spec.reminders.role
            draft.page(owed, agency=owed.owner, role=role, rung=rung, why="reminder")
            continue
        _page_rung(draft, owed, rung, "deadline")
        if owed.rules.ladder.counts(rung):
            draft.reached[owed.id] = rung
            _repeat(draft, owed, rung, parse_time(timer.at))


def _reached(timers: list[Timer]) -> list[Timer]:
    """Of one obligation's due rungs, keep the highest, and those for information."""
    ladder = timers[0].obligation.rules.ladder
    counting = [t for t in timers if t.rung == REMINDER or ladder.counts(t.rung)]
    beside = [t for t in timers if t not in counting]
    return [*beside, max(counting, key=lambda t: t.rung)] if counting else beside


def _page_rung(
    draft: Draft,
    owed: Obligation,
    number: int,
    why: Literal["deadline", "unreachable"],
) -> None:
    """Page a rung: the office, or the owner's role and whoever is paged beside."""
    rung = owed.rules.ladder.rung(number)
    if rung.office is not None:
        agencies = [rung.office]
    else:
        agencies = list(dict.fromkeys((owed.owner, owed.also or owed.owner)))
    for agency in agencies:
        draft.page(owed, agency=agency, role=rung.role, rung=number, why=why)


def _repeat(draft: Draft, owed: Obligation, rung: int, paged_at: datetime) -> None:
    """Set the last rung again, at whole steps from its instant, ahead of receipt."""
    if rung == owed.rules.ladder.last:
        draft.timers[owed.id, rung] = next_repeat(draft, paged_at)


def next_repeat(draft: Draft, paged_at: datetime) -> Instant:
    """Give the next of the whole steps from an instant that lies ahead of receipt."""
    step = draft.situation.rules.repeat
    missed = (draft.situation.at - paged_at) // step
    return format_time(paged_at + (missed + 1) * step)


def skip_rung(draft: Draft, out: PageOut, page_id: str) -> bool:
    """
    Take in that a page reached nobody.

    Returns:
        False where it changes nothing: the obligation is closed or acknowledged,
        the page was a reminder or for information, or a higher rung was paged since.
    """
    s = draft.situation
    owed = out.obligation
    if owed is None:
        return _skip_breach(draft, out)
    owed = s.state.owed(owed.id) or owed
    firing = owed.firing
    if (
        not owed.open
        or firing is None
        or page_id not in firing.pages
        or page_id in firing.unreachable
        or owed.id in draft.reached
        or (owed.acknowledged_until is not None and s.now < owed.acknowledged_until)
    ):
        return False
    if firing.unreachable | {page_id} != firing.pages:
        return True  # Somebody beside is still being reached.
    ladder = owed.rules.ladder
    if firing.rung == ladder.last:
        draft.alarm(owed, "unreachable")
        return True
    following = ladder.next_after(firing.rung)
    _page_rung(draft, owed, following, "unreachable")
    _repeat(draft, owed, following, s.at)
    return True


def _skip_breach(draft: Draft, out: PageOut) -> bool:
    """A breach's page falls through to the office, and from there to the operator."""
    office = draft.situation.rules.spec.breaches.otherwise
    if out.agency == office:
        draft.alarm(None, "unreachable")
    else:
        draft.page(None, agency=office, role=office, rung=None, why="breach")
    return True


def page_breach(draft: Draft) -> None:
    """Page the emitter's senior official at once: one page for the event."""
    s = draft.situation
    role = s.rules.spec.breaches.role
    draft.page(None, agency=s.event.agency, role=role, rung=None, why="breach")


def move_ladder(draft: Draft, owed: Obligation, until: datetime) -> None:
    """
    Stop an acknowledged obligation's ladder until its new due time.

    The next rung, or the last again, fires at `until`; what comes after it keeps
    its distance. A rung beside the ladder keeps its instant.
    """
    ladder = owed.rules.ladder
    now = draft.situation.now
    following = ladder.next_after(draft.reached.get(owed.id, owed.reached))
    start = ladder.rung(following).after
    draft.timers[owed.id, following] = format_time(until)
    for rung in ladder.rungs:
        waiting = owed.pending.get(rung.number, now) > now
        if waiting and rung.number != following and not rung.for_information:
            later = until + (rung.after - start)
            draft.timers[owed.id, rung.number] = format_time(later)


def resume_ladder(draft: Draft, owed: Obligation) -> None:
    """Set what is left of a ladder back to its own instants: nobody acknowledged it."""
    due = parse_time(owed.due)
    for rung in owed.rules.ladder.rungs:
        if rung.number not in owed.pending or rung.for_information:
            continue
        if rung.number > owed.reached:
            draft.timers[owed.id, rung.number] = format_time(due + rung.after)
        else:
            _repeat(draft, owed, rung.number, due + rung.after)
