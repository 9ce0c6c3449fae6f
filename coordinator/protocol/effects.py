"""
What an accepted event does beside closing and opening, by its profile's `effect`.

Each effect says whether the event changes anything; where it does not, the record
is a recorded no-op.
"""

from coordinator.protocol.draft import Draft
from coordinator.protocol.escalate import move_ladder, skip_rung
from coordinator.protocol.retraction import mend
from coordinator.protocol.spec_events import AcknowledgesSpec, EffectSpec, FiresSpec
from coordinator.protocol.state import Obligation

__all__ = ["take_effect"]


def take_effect(draft: Draft, effect: EffectSpec) -> bool:
    """Take an event's effect on ladders and pages; False makes it a no-op."""
    s = draft.situation
    if effect.acknowledges is not None:
        _acknowledge(draft, effect.acknowledges)
    elif effect.fires is not None:
        return _fires(draft, effect.fires)
    elif effect.unreachable is not None:
        page_id = s.data[effect.unreachable]
        out = s.state.pages.get(page_id)
        if out is not None:
            _as_opened(draft, out.obligation)
        return out is not None and skip_rung(draft, out, page_id)
    elif effect.delivered is not None:
        return s.data[effect.delivered] in s.state.pages
    elif effect.retracts is not None:
        mend(draft)
    return True


def _acknowledge(draft: Draft, named: AcknowledgesSpec) -> None:
    """Acknowledge; of a closed obligation it is on record and moves nothing."""
    s = draft.situation
    owed = s.state.owed(s.data[named.obligation])
    if owed is not None and owed.open:
        move_ladder(draft, owed, s.rules.rests_until(s.at, s.data.get(named.until)))


def _fires(draft: Draft, named: FiresSpec) -> bool:
    """Whether the rung was one of those that this very decision took."""
    s = draft.situation
    owed = s.state.obligations.get(s.data[named.obligation])
    _as_opened(draft, owed)
    rung = s.data[named.rung]
    return owed is not None and any(
        timer.obligation is owed and timer.rung == rung
        for timer in s.state.due_by(s.now)
    )


def _as_opened(draft: Draft, owed: Obligation | None) -> None:
    """Outside cases, pages of a drill's obligation say that it is one."""
    if owed is not None and not draft.situation.state.is_case:
        draft.exercise = owed.exercise
