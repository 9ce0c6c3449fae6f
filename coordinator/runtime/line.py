"""
An agency's line to the bus: what it says goes one way, what it is sent comes the other.

    send(event) ─▶ outbox ─▶ decided ─▶ receipt, back to whoever sent
    receive(keep) ◀─ inbox ◀─ deliveries

Rule 1: `send` comes back once the decision is durable, and whatever happens before, the
same bytes may be sent again. Rule 2: a delivery counts as received once `keep` has come
back, and not before; until then it will come again, with the same id. Rule 3: receiving
goes on while somebody waits for a receipt.

Source: docs/rules.md, Events and Decisions.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

import structlog

from coordinator.events import TransientError
from coordinator.runtime.port import StoreFault
from coordinator.topics.records import Receipt

__all__ = [
    "Arrival",
    "Keep",
    "Line",
    "LineBrokenError",
    "NotYetDecidedError",
    "keep_surely",
]

_log = structlog.get_logger(__name__)

# Before what could not be kept is tried again.
_AGAIN_S: Final = 5.0


class LineBrokenError(TransientError):
    """It is not known whether the event got into the outbox: send it again."""


class NotYetDecidedError(TransientError):
    """
    The event is in the outbox and will be decided, but no answer came in time.

    `event_id` is its id: sent again with the same bytes, it is answered.
    """

    def __init__(self, event_id: str, waited_s: float) -> None:
        super().__init__(
            f"{event_id}: sent, and not answered within {waited_s:g} s; it will be"
            " decided, and sending it again is harmless"
        )
        self.event_id = event_id


class Arrival(NamedTuple):
    """
    What came through an inbox, as it came.

    Attributes:
        id: The delivery's, the same whenever it comes again.
        case: The case or scope; deliveries of one are kept in order.
        view: `full` or `stub`; whatever stands there of what cannot be read.
        event: The event in that view, as bytes; unchecked.
        place: Where in the inbox; only grows.
    """

    id: str
    case: str
    view: str
    event: bytes
    place: int


Keep = Callable[[Sequence[Arrival]], None]
"""
Keeps arrivals for good, once each; durable when it returns.

Raises StoreFault where nothing was kept and another try may help, StoreError where it
cannot.
"""


class Line(Protocol):
    """One agency's connection to the bus, on either runtime."""

    @property
    def is_reading(self) -> bool:
        """Whether what arrives is being read, as far as the line can tell."""

    async def send(self, event: bytes) -> Receipt:
        """
        Say something, and wait for what becomes of it.

        Raises:
            NotYetDecidedError: It will be decided; nothing is lost.
            TransientError: It may not have been sent; send it again. Where whoever
                runs the bus must mend something first, the text says what.
        """

    async def receive(self, keep: Keep, kept_to: int | None) -> None:
        """
        Give everything that arrives to `keep`, in order, until cancelled.

        After a StoreFault `keep` is tried again, and nothing behind it is read.

        Args:
            keep: Takes what arrived.
            kept_to: The last place kept so far; None where nothing was. What is
                behind it comes, whatever the line itself thinks was received; what
                is before it may come again.

        Raises:
            TransientError, OperatorError: The line is of no more use.
        """


async def keep_surely(keep: Keep, arrivals: Sequence[Arrival]) -> None:
    """Keep arrivals, however often that takes; a StoreError is raised."""
    while True:
        try:
            keep(arrivals)
        except StoreFault as error:
            _log.error("line.not_kept", arrivals=len(arrivals), error=str(error))
            await asyncio.sleep(_AGAIN_S)
        else:
            return
