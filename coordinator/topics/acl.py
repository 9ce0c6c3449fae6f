"""
Rights on the broker: what each principal may do, worked out from the table.

A principal is a role (`User:case`), or an agency in its role (`User:agency.<id>`). It
may write the topics that its role writes, and read those that its role reads, with
consumer groups of its own. Nothing else is given, and what is not given is denied.

Rule 1: a topic is named whole, so that none that is made later comes with it. Rule 2:
an agency's groups are the one of its name and those that go on after a dot:
`agency.<id>-2` would be another agency's.

Kafka gives, with a right to read or write a topic, that to see it, and with one to
write any topic that to write without repeats (IDEMPOTENT_WRITE).

Source: Apache Kafka 4.1, Authorization and ACLs; KIP-679.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from coordinator.events import AGENCY_PATTERN
from coordinator.topics.names import Names
from coordinator.topics.role import Role, group_of
from coordinator.topics.table import TOPICS

__all__ = ["Operation", "Resource", "Right", "principal_of", "rights", "surplus"]

_USER: Final = "User:"
_ANY: Final = "*"
_OF_AGENCY: Final = re.compile(
    re.escape(_USER + group_of(Role.AGENCY, "")) + f"({AGENCY_PATTERN.strip('^$')})"
)


class Operation(StrEnum):
    """What is done with a resource; the table gives the first two and no other."""

    READ = "read"
    WRITE = "write"
    ALL = "all"
    CREATE = "create"
    DELETE = "delete"
    ALTER = "alter"
    DESCRIBE = "describe"
    DESCRIBE_CONFIGS = "describe_configs"
    ALTER_CONFIGS = "alter_configs"


class Resource(StrEnum):
    """What it is done with."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """
    One right, from any host.

    Attributes:
        principal: Whose, as Kafka names it.
        operation: To do what.
        resource: With what kind of resource.
        name: Its name; the beginning of names where `prefixed`.
        prefixed: Whether it is for all names that begin so.
    """

    principal: str
    operation: Operation
    resource: Resource
    name: str
    prefixed: bool = False

    def covers(self, other: "Right") -> bool:
        """Tell whether it is for the resource that another is for."""
        if self.resource is not other.resource:
            return False
        if self.prefixed:
            return other.name.startswith(self.name)
        return self.name in (_ANY, other.name)


def principal_of(role: Role, agency: str | None = None) -> str:
    """
    Name a principal, whatever the prefix of names is.

    Args:
        role: Any.
        agency: Which one, for the role `agency`; else not given.
    """
    return _USER + group_of(role, agency)


def rights(names: Names, agencies: Iterable[str]) -> tuple[Right, ...]:
    """
    Give every right, those of one principal together.

    Args:
        names: What topics and groups are called on the cluster.
        agencies: Who has an outbox and an inbox.
    """
    ids = sorted(set(agencies))
    return tuple(one for role in Role for one in _rights(role, names, ids))


def surplus(
    found: Collection[Right], names: Names, agencies: Iterable[str]
) -> list[Right]:
    """
    Give the rights of our principals that the table does not give, or gives no more.

    A right of somebody else's, or to what has another prefix, is none of these; nor is
    what an agency may do that is not among `agencies`: it need not be named each time.

    Args:
        found: All that there are on the cluster.
        names: What topics and groups are called there.
        agencies: Who has an outbox and an inbox.
    """
    also = (_OF_AGENCY.fullmatch(one.principal) for one in found)
    given = rights(names, [*agencies, *(one[1] for one in also if one)])
    ours = {one.principal for one in given}
    return sorted(
        one
        for one in {*found} - {*given}
        if one.principal in ours and any(one.covers(other) for other in given)
    )


def _rights(role: Role, names: Names, agencies: list[str]) -> Iterator[Right]:
    if role is not Role.AGENCY:
        yield from _of_principal(role, names, agencies)
        return
    for agency in agencies:
        yield from _of_principal(role, names, [agency], agency)


def _of_principal(
    role: Role, names: Names, agencies: list[str], agency: str | None = None
) -> Iterator[Right]:
    """Give what one principal may do, with the topics of some agencies."""
    who = principal_of(role, agency)
    for topic in TOPICS.values():
        for operation, may in (
            (Operation.WRITE, topic.writers),
            (Operation.READ, topic.readers),
        ):
            for whose in agencies if topic.each_agency else [None]:
                if role in may:
                    yield Right(who, operation, Resource.TOPIC, names.of(topic, whose))
    group = names.group(role, agency)
    yield Right(who, Operation.READ, Resource.GROUP, group)
    if agency is not None:
        yield Right(who, Operation.READ, Resource.GROUP, f"{group}.", prefixed=True)
