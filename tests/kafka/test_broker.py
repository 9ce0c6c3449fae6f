"""The real Kafka that tests run on: it keeps what it acknowledged, and comes back."""

from pathlib import Path

import pytest
from confluent_kafka import Producer

from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import LOG
from tests.kafka.broker import Broker, free_ports
from tests.kafka.cluster import make_topics, need_local_kafka

pytestmark = pytest.mark.connected


def end(connection: Connection, topic: str) -> int:
    """Write a record, and give the offset that it was acknowledged with."""
    offsets: list[int] = []
    producer = Producer({**connection.for_confluent(), "acks": "all"})
    producer.produce(
        topic,
        b"{}",
        partition=0,
        on_delivery=lambda _, sent: offsets.append(int(sent.offset() or 0)),
    )
    assert producer.flush(20) == 0
    return offsets[0]


def test_a_broker_that_was_killed_starts_again_where_it_was(tmp_path: Path) -> None:
    """On the same port, with the same topics, after the last acknowledged record."""
    need_local_kafka()
    broker = Broker(tmp_path / "kafka")
    try:
        connection = broker.start().operator
        make_topics(connection, ["police"], partitions=1)
        topic = connection.names.of(LOG)
        assert end(connection, topic) == 0
        broker.kill()
        broker.start()
        assert Admin(connection).found([topic])[topic].partitions == 1
        assert end(connection, topic) == 1
    finally:
        broker.stop()


def test_ports_are_below_those_that_clients_get() -> None:
    """So that nothing takes a broker's while it is down."""
    ports = free_ports(20)

    assert len(set(ports)) == 20
    assert max(ports) < 32_768
