"""Topics on a real broker."""

import pytest

from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import INTAKE, LOG, OUTBOX
from coordinator.topics.layout import layouts
from tests.kafka.cluster import make_topics

pytestmark = pytest.mark.connected

AGENCIES = ["police", "customs"]


def test_topics_are_made_as_the_table_has_them(kafka: Connection) -> None:
    """Made once, there is nothing left to change."""
    make_topics(kafka, AGENCIES, partitions=4)
    admin = Admin(kafka)
    found = admin.found(admin.names())

    assert found[kafka.names.of(INTAKE)].partitions == 4
    assert found[kafka.names.of(LOG)].config == LOG.config(replicas=1)
    assert found[kafka.names.of(OUTBOX, "police")].partitions == 1
    planned = admin.changes(layouts(kafka.names, AGENCIES, replicas=1, partitions=4))
    assert not planned.make
    assert not planned.alter
    assert not planned.refused
