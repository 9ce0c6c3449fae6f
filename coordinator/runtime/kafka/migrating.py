"""
Migration on a cluster: open cases go over to another version of the protocol.

What a case's move does is foreseen from a mirror that was brought up to date, and then
decided like anything else.

Source: `coordinator.runtime.migration`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from coordinator.events import OperatorError
from coordinator.protocol import Rules
from coordinator.runtime.desk import Desk
from coordinator.runtime.migration import (
    Migration,
    decided,
    foreseen,
    submissions_of,
)
from coordinator.runtime.port import Store
from coordinator.runtime.step import state_of

__all__ = ["migrate"]


async def migrate(  # noqa: PLR0913 - three of a cluster, three of the operator
    desk: Desk,
    store: Store,
    versions: Mapping[str, Rules],
    *,
    cases: Sequence[str],
    to: str,
    now: datetime,
) -> list[Migration]:
    """
    Move cases to a kept version.

    Args:
        desk: Has the moves decided.
        store: A mirror's, up to date.
        versions: Every kept version, by reference.
        cases: References, in order; one given twice counts once.
        to: The version's reference.
        now: When; aware UTC.

    Raises:
        NoSuchCaseError: One of them is no case; none was moved.
        OperatorError: The version is not kept; none was moved.
        StoreFault: Not all is known to be moved; done again, it is.
    """
    if to not in versions:
        message = f"{to}: no version that is kept here; activate it first"
        raise OperatorError(message)
    moves = [
        foreseen(state_of(store, case, versions), versions[to])
        for case in dict.fromkeys(cases)
    ]
    return decided(moves, await desk.submit_all(submissions_of(moves, now)))
