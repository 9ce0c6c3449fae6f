"""
What is said when our own code fails on an event, though it should fail on none.

Its sender is told that it failed, and the operator where in our code; neither is told
what the event holds.
"""

from collections.abc import Mapping
from traceback import extract_tb

from coordinator.events import Problem, Rejected, decode

__all__ = ["id_of", "internal", "whereabouts"]


def id_of(raw: bytes) -> str | None:
    """Name the event that we failed on; None where no id can be read."""
    try:
        return decode(raw).id
    except Rejected as rejected:
        return rejected.problem.event_id
    except Exception:  # noqa: BLE001 - decoding may be the very thing that fails
        return None


def internal(event_id: str | None) -> Problem:
    """Say that our own code failed on an event; None where no id could be read."""
    return Problem(
        type="urn:nz:item23:problem:internal",
        title="The bus failed on it",
        status=500,
        detail=(
            "The event was not decided, through no fault of its sender. It is kept;"
            " tell whoever runs the bus."
        ),
        rule="internal",
        event_id=event_id,
    )


def whereabouts(error: Exception) -> Mapping[str, str]:
    """Say where it arose; without the message, which may quote the event."""
    frames = extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "at": " < ".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in reversed(frames[-3:])
        ),
    }
