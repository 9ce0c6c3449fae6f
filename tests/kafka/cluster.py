"""
Where the tests' Kafka is: somebody's, in a container, or started here.

In this order: the one at `COORDINATOR_TEST_KAFKA` (`host:port`, no password); one in a
container, where testcontainers is installed and a Docker engine answers; one of our
own, on the local Java. Where none of them can be, the tests that need it are skipped,
and with `COORDINATOR_REQUIRE_KAFKA`, as on a CI machine, they fail.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest

from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics.layout import layouts
from coordinator.topics.names import Names
from tests.kafka.broker import LIBS, Broker
from tests.kafka.container import contained, engine_answers


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Give a cluster's address for as long as it is needed."""
    given = os.environ.get("COORDINATOR_TEST_KAFKA")
    if given:
        yield given
    elif engine_answers():
        with contained() as bootstrap:
            yield bootstrap
    else:
        need_local_kafka()
        broker = Broker(folder)
        try:
            yield broker.start().bootstrap
        finally:
            broker.stop()


def need_local_kafka() -> None:
    """Skip a test, or fail it where Kafka is required, if none can be started here."""
    if shutil.which("java") is None:
        lacks = "Java 17 is not on the PATH"
    elif not any(LIBS.glob("kafka_2.13-*.jar")):
        lacks = "Kafka's jars are not in .kafka/libs"
    else:
        return
    reason = f"needs a real Kafka: {lacks}; `make .kafka/installed` says what to do"
    if os.environ.get("COORDINATOR_REQUIRE_KAFKA"):
        pytest.fail(reason)
    pytest.skip(reason)


def new_names() -> Names:
    """Give names that no other test has, nor another run on the same cluster."""
    return Names(f"test-{token_hex(4)}.")


def make_topics(
    connection: Connection,
    agencies: Iterable[str],
    *,
    partitions: int | None = None,
    replicas: int = 1,
) -> None:
    """
    Make every topic for some agencies.

    Args:
        connection: The cluster, and the topics' prefix.
        agencies: Who has an outbox and an inbox.
        partitions: Of intake and log, in place of the table's twelve.
        replicas: Of each.
    """
    admin = Admin(connection)
    wanted = layouts(
        connection.names, agencies, replicas=replicas, partitions=partitions
    )
    admin.apply(admin.changes(wanted))


def delete_topics(connection: Connection) -> None:
    """Take away the topics under a prefix."""
    admin, prefix = Admin(connection), connection.names.prefix
    assert prefix, "without a prefix these are somebody's"
    admin.delete(name for name in admin.names() if name.startswith(prefix))
