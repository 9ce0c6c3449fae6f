"""
Poison: a submission on which our own code fails, though it should fail on none.

It is the runtime's outermost handler. Its bytes are kept among the rejected, so that
whoever mends the code can try it again; its sender is told that it failed, and the
operator's log where in our code, never what it holds.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson
import structlog

from coordinator.events import Problem
from coordinator.runtime.failing import id_of, internal, whereabouts
from coordinator.runtime.port import NewRejection, Store, StoreError, StoreFault
from coordinator.runtime.step import Outcome, Step, Submission

__all__ = ["take_surely"]

_log = structlog.get_logger(__name__)


def take_surely(
    step: Step,
    store: Store,
    submissions: Sequence[Submission],
    now: datetime,
    *,
    keep: bool = True,
) -> list[Outcome]:
    """
    Do what `step.take` does, and take what it fails on for rejected.

    Where it fails, each submission is tried in a transaction of its own, so that one
    takes no other down.

    Args:
        step: What decides.
        store: The step's own store.
        submissions: In order.
        now: The instant of receipt; aware UTC.
        keep: False decides and keeps nothing.

    Returns:
        One outcome for each; a poisonous one's has the problem `internal`.

    Raises:
        StoreFault, StoreError: Nothing was kept; or, where each was tried by itself,
            not all: what is sent again and was kept is a duplicate.
    """
    try:
        return step.take(submissions, now, keep=keep)
    except (StoreFault, StoreError):
        raise
    except Exception as error:  # noqa: BLE001 - nothing stands above to take it
        if len(submissions) > 1:
            return [
                outcome
                for one in submissions
                for outcome in take_surely(step, store, [one], now, keep=keep)
            ]
        failed = error
    (submission,) = submissions
    event = submission.event
    problem = internal(id_of(submission.raw) if event is None else event.id)
    _log.error("submission.failed", event_id=problem.event_id, **whereabouts(failed))
    if keep:
        store.append([], [_rejection(submission, problem, now)])
    return [Outcome(problem.event_id, None, problem)]


def _rejection(submission: Submission, problem: Problem, at: datetime) -> NewRejection:
    event = submission.event
    return NewRejection(
        received_at=at,
        sender=submission.sender,
        event=submission.raw if event is None else event.raw,
        problem=orjson.dumps(problem.as_record()),
    )
