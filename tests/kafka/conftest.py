"""What tests of Kafka itself share: a broker that asks who one is."""

from collections.abc import Callable, Iterator

import pytest

from coordinator.runtime.kafka.acls import Acls
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import Role, group_of
from coordinator.topics.acl import rights
from tests.kafka.broker import PASSWORD, Broker
from tests.kafka.certificates import make_certificates
from tests.kafka.cluster import make_topics, need_local_kafka
from tests.kafka.people import make_users

AGENCIES = ["police", "customs"]

As = Callable[..., Connection]


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Give a broker with TLS, passwords and rights; only the operator has any yet."""
    need_local_kafka()
    folder = tmp_path_factory.mktemp("secured")
    broker = Broker(folder, certificates=make_certificates(folder / "tls"))
    try:
        yield broker.start()
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def as_(secured: Broker) -> As:
    """Say how to reach the broker as a role or an agency; topics and rights are set."""
    users = [
        *(group_of(role) for role in Role if role is not Role.AGENCY),
        *(group_of(Role.AGENCY, agency) for agency in AGENCIES),
    ]
    make_users(secured.operator, users)
    make_topics(secured.operator, AGENCIES, partitions=2)
    Acls(secured.operator).give(rights(secured.operator.names, AGENCIES))

    def connection(role: Role, agency: str | None = None) -> Connection:
        return secured.connection(group_of(role, agency), PASSWORD)

    return connection
