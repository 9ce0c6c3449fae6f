"""What every test runs under."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from coordinator.runtime.kafka.connection import Connection
from tests.kafka.broker import Broker
from tests.kafka.certificates import make_certificates
from tests.kafka.cluster import cluster, delete_topics, need_local_kafka, new_names

# Suites that several runtimes inherit are imported, not collected: without this
# their failed assertions would not show the values.
pytest.register_assert_rewrite("tests.contract")

# A slow machine is no failure: no promise here is about time. On a CI machine
# Hypothesis's own defaults also fix the examples, and these are kept.
settings.register_profile("coordinator", deadline=None)
settings.load_profile("coordinator")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """
    Give the address of a real Kafka, started when the first test asks for it.

    Tests that need one are marked `connected`; each process that runs tests has one.
    """
    with cluster(tmp_path_factory.mktemp("kafka")) as bootstrap:
        yield bootstrap


@pytest.fixture
def kafka(broker: str) -> Iterator[Connection]:
    """Give a cluster under a prefix of the test's own; no topic is made yet."""
    connection = Connection(broker, names=new_names())
    yield connection
    delete_topics(connection)


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
