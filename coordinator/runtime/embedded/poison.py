"""
Poison: a submission on which our own code fails, though it was foreseen to fail on none.

Its bytes are kept, so that whoever mends the code can try it again; its sender and the
operator's log are told that it failed and where in our code, never what it holds.
"""

from collections.abc import Mapping
from datetime import datetime
from traceback import extract_tb
from typing import Final

import orjson

from coordinator.events import Problem, Rejected, decode
from coordinator.runtime.port import NewRejection
from coordinator.runtime.step import Submission

__all__ = ["internal_problem", "rejection_of", "whereabouts"]

_TYPE: Final = "urn:nz:item23:problem:internal"


def internal_problem(submission: Submission) -> Problem:
    """Say that it is our fault, to whoever sent it."""
    return Problem(
        type=_TYPE,
        title="The bus failed on it",
        status=500,
        detail=(
            "The event was not decided, through no fault of its sender. It is kept;"
            " tell whoever runs the bus."
        ),
        rule="internal",
        event_id=_id_of(submission),
    )


def _id_of(submission: Submission) -> str | None:
    if submission.event is not None:
        return submission.event.id
    try:
        return decode(submission.raw).id
    except Rejected as rejected:
        return rejected.problem.event_id
    except Exception:  # noqa: BLE001 - decoding may be the very thing that fails
        return None


def rejection_of(
    submission: Submission, problem: Problem, at: datetime
) -> NewRejection:
    """Make the row of the rejection stream that holds its bytes."""
    event = submission.event
    return NewRejection(
        received_at=at,
        sender=submission.sender,
        event=submission.raw if event is None else event.raw,
        problem=orjson.dumps(problem.as_record()),
    )


def whereabouts(error: Exception) -> Mapping[str, str]:
    """Say where an error arose, without its message, which may quote an event."""
    frames = extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "at": " < ".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in reversed(frames[-3:])
        ),
    }
