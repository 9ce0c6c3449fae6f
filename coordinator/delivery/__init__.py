"""
Effects on the outside world: what is handed to systems that are not the bus's own.

    signing   Standard Webhooks: how a receiver knows who sent it, and when
    webhook   to an address, by HTTP
    command   to a program on this machine

Each hands a delivery over once, and says whether it was taken; to try again is for
whoever called. The id is the same at each try, so that a receiver can tell.
"""

from coordinator.delivery.errors import GoneError, NotTakenError

__all__ = ["GoneError", "NotTakenError"]
