"""
Errors, by who must act.

CoordinatorError
├── SenderError     what was sent breaks the protocol: reject it, never retry
│   └── Rejected    turned away before it was decided; carries the problem
├── OperatorError   our profile, directory or settings are wrong: mend them
└── TransientError  nothing was committed: try again
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coordinator.events.problem import Problem


class CoordinatorError(Exception):
    """Anything this package raises on purpose."""


class SenderError(CoordinatorError):
    """The sender must mend it: the same bytes will fail again."""


class OperatorError(CoordinatorError):
    """Whoever runs the bus must mend it: the sender did nothing wrong."""


class TransientError(CoordinatorError):
    """Nothing was committed, and the same call may succeed later."""


class Rejected(SenderError):  # noqa: N818 - the verdict's own name
    """
    What was sent is turned away before it is decided; its id stays free to use.

    `problem` says which rule, where and what would be valid. The text of the error is
    the problem's detail, which holds nothing that was sent.
    """

    def __init__(self, problem: Problem) -> None:
        """Keep the problem to be shown or stored."""
        super().__init__(problem.detail)
        self.problem = problem
