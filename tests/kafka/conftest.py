"""What tests of Kafka itself share: everybody who may come in to a broker that asks."""

from collections.abc import Callable

import pytest

from coordinator.runtime.kafka.acls import Acls
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.users import Users
from coordinator.topics import Role, group_of
from coordinator.topics.acl import rights
from tests.kafka.broker import PASSWORD, Broker
from tests.kafka.cluster import make_topics

AGENCIES = ["police", "customs"]

As = Callable[..., Connection]


@pytest.fixture(scope="session")
def as_(secured: Broker) -> As:
    """Say how to reach the broker as a role or an agency; topics and rights are set."""
    users = [
        *(group_of(role) for role in Role if role is not Role.AGENCY),
        *(group_of(Role.AGENCY, agency) for agency in AGENCIES),
    ]
    Users(secured.operator).set(dict.fromkeys(users, PASSWORD))
    make_topics(secured.operator, AGENCIES, partitions=2)
    Acls(secured.operator).give(rights(secured.operator.names, AGENCIES))

    def connection(role: Role, agency: str | None = None) -> Connection:
        return secured.connection(group_of(role, agency), PASSWORD)

    return connection
