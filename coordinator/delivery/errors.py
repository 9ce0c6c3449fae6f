"""
Why something was not taken.

NotTakenError   TransientError: hand it over again later
GoneError       OperatorError: the receiver wants no more; somebody must see to it
"""

from coordinator.events import OperatorError, TransientError

__all__ = ["GoneError", "NotTakenError"]


class NotTakenError(TransientError):
    """The receiver did not take it, this time."""


class GoneError(OperatorError):
    """The receiver is gone for good, and said so."""
