"""
What an accepted event does beside closing and opening, by its profile's `effect`.

Each effect says whether the event changes anything; where it does not, the record
is a recorded no-op.
"""

from coordinator.events import parse_time
from coordinator.protocol.draft import Draft
from coordinator.protocol.escalate import move_ladder, skip_rung
from coordinator.protocol.spec_events import EffectSpec

__all__ = ["take_effect"]


def take_effect(draft: Draft, effect: EffectSpec) -> bool:
    """Take an event's effect on ladders and pages; False makes it a no-op."""
    if effect.acknowledges is not None:
        return _acknowledge(draft, effect)
    if effect.fires is not None:
        return _fires(draft, effect)
    if effect.unreachable is not None:
        data, state = draft.situation.data, draft.situation.state
        page_id = data[effect.unreachable]
        out = state.pages.get(page_id)
        return out is not None and skip_rung(draft, out, page_id)
    if effect.delivered is not None:
        situation = draft.situation
        return situation.data[effect.delivered] in situation.state.pages
    return True


def _acknowledge(draft: Draft, effect: EffectSpec) -> bool:
    """Acknowledge; of a closed obligation it is on record and moves nothing."""
    s = draft.situation
    if (named := effect.acknowledges) is not None:
        owed = s.state.obligations[s.data[named.obligation]]
        until = s.data.get(named.until)
        if owed.open:
            move_ladder(
                draft,
                owed,
                s.rules.acknowledgement(s.at) if until is None else parse_time(until),
            )
    return True


def _fires(draft: Draft, effect: EffectSpec) -> bool:
    """Whether the rung was one of those that this very decision took."""
    s = draft.situation
    named = effect.fires
    if named is None:
        return False
    owed = s.state.obligations.get(s.data[named.obligation])
    rung = s.data[named.rung]
    return owed is not None and any(
        timer.obligation is owed and timer.rung == rung
        for timer in s.state.due_by(s.now)
    )
