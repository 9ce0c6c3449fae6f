"""What handles which event."""

from collections.abc import Awaitable, Callable
from typing import Final

from coordinator.agents.agency.received import Received
from coordinator.agents.agency.saying import known
from coordinator.agents.agency.turn import Turn

__all__ = ["Handler", "Handlers"]

Handler = Callable[[Received, Turn], Awaitable[None]]
"""
Handles one event, and may publish through the agent that it is given.

The event is done with once it returns. An error has it tried again later, an
OperatorError parks it at once.
"""

_ANY: Final = "*"


class Handlers:
    """Handlers by the name of an event."""

    def __init__(self) -> None:
        self._by_name: dict[str, Handler] = {}

    def on(self, name: str) -> Callable[[Handler], Handler]:
        """
        Have a function handle an event, or with `*` every one that no other handles.

        Raises:
            ValueError: There is no such event, or it is handled already.
        """
        if name != _ANY:
            known(name)
        if name in self._by_name:
            message = f"{name}: handled already, by {self._by_name[name].__name__}"
            raise ValueError(message)

        def take(handler: Handler) -> Handler:
            self._by_name[name] = handler
            return handler

        return take

    def handler_of(self, name: str) -> Handler | None:
        """Give what handles an event; None where it is passed over."""
        return self._by_name.get(name, self._by_name.get(_ANY))
