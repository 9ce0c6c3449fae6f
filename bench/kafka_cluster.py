"""
A Kafka to measure on: one broker of its own, with topics that are made for each run.

The broker runs on this machine, beside what is measured, and is compiled as one that
runs for long would be. Every run has topics of its own, so that none finds what another
one left; the intake is written beforehand, with the headers that ingress stamps.

Source: Apache Kafka 4.1; `tests.kafka.broker`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from logging import CRITICAL, getLogger
from typing import Final

from bench.flow import BEGINNING, Batch
from bench.home import EVERYBODY, profile
from bench.measuring import WrongRunError, fresh_folder
from coordinator.events import Problem, decode
from coordinator.protocol import Admission
from coordinator.runtime.activation import stored
from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import to_intake
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.versions import activation_record, profile_record
from coordinator.topics import LOG
from coordinator.topics.layout import Layout, layouts
from coordinator.topics.names import Names
from tests.kafka.broker import LIBS, Broker

__all__ = ["SENT_AT_ONCE", "activate", "broker", "intake", "topics"]

SENT_AT_ONCE: Final = 2_000
"""Records that are written beforehand in one go."""

_numbers: Final = count(1)


@contextmanager
def broker() -> Iterator[Connection]:
    """Run a broker, and take all it had away after."""
    if not any(LIBS.glob("kafka_2.13-*.jar")):
        message = "Kafka's jars are not there; `make .kafka/installed` copies them"
        raise WrongRunError(message)
    # Topics are used as soon as they are made, and clients tell of each retry.
    getLogger("aiokafka").setLevel(CRITICAL)
    with fresh_folder() as folder:
        one = Broker(folder / "kafka", heap="768m", lasts=True)
        try:
            yield Connection(one.start().bootstrap)
        finally:
            one.stop()


def topics(
    broker: Connection,
    partitions: int,
    *others: str,
    agencies: Iterable[str] = (),
) -> Connection:
    """
    Make the topics of the bus under a prefix that is new.

    Args:
        broker: As `broker` gives it.
        partitions: Of intake and log.
        others: Names of more topics, without the prefix, laid out as the log is.
        agencies: Who has an outbox and an inbox.
    """
    made = Connection(broker.bootstrap, Names(f"bench-{next(_numbers)}."))
    wanted = layouts(made.names, agencies, replicas=1, partitions=partitions)
    for name in others:
        wanted[f"{made.names.prefix}{name}"] = Layout(partitions, 1, LOG.config(1))
    admin = Admin(made)
    admin.apply(admin.changes(wanted))
    return made


async def activate(connection: Connection, partitions: int) -> None:
    """Make the packaged profile the active one, with no record of it in the intake."""
    kept = stored(profile())
    active = activation_record(connection, kept, at=BEGINNING, partitions=partitions)
    producer = Producer(connection)
    await producer.start()
    try:
        await producer.send_all([profile_record(connection, kept), active])
    finally:
        await producer.stop()


def intake(topic: str, partitions: int, batches: Iterable[Batch]) -> list[Outgoing]:
    """
    Let events in, each as through its sender's outbox, and write them down.

    Args:
        topic: The intake's name.
        partitions: How many it has.
        batches: The events.
    """
    admission = Admission(
        profile().rules, EVERYBODY, require_signatures=False, plans=frozenset()
    )
    places: Counter[str] = Counter()
    written = []
    for batch in batches:
        at = batch.received_at
        for raw in batch.raws:
            event = decode(raw)
            sender = event.agency
            record = admission.admit(event, sender=sender, at=at, earlier=None)
            if isinstance(record, Problem):
                message = f"an event was not let in: {record}"
                raise WrongRunError(message)
            origin = places[sender]
            places[sender] += 1
            written.append(
                to_intake(topic, partitions, record, received_at=at, origin=origin)
            )
    return written
