"""
Who reads and writes topics: each role is a principal of its own on the broker.

An agency's role is as many principals as there are agencies, each with its own two
topics. The other roles are the bus's processes, the operator, and an office that is
only told.
"""

from enum import StrEnum

__all__ = ["Role", "group_of"]


class Role(StrEnum):
    """A role; all but `agency`, `office` and `operator` are the bus's own processes."""

    AGENCY = "agency"
    OFFICE = "office"
    OPERATOR = "operator"
    INGRESS = "ingress"
    CASE = "case"
    ROUTER = "router"
    MINISTER = "minister"
    TIMERS = "timers"
    NOTIFIER = "notifier"
    WATCHDOG = "watchdog"


def group_of(role: Role, agency: str | None = None) -> str:
    """
    Name a role's consumer group, or what its groups' names begin with.

    Args:
        role: Any role.
        agency: Which one, for the role `agency`; else not given.
    """
    return role.value if agency is None else f"{role}.{agency}"
