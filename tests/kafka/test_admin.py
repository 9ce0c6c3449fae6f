"""Topics on a real broker."""

from dataclasses import replace
from pathlib import Path

import pytest

from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.errors import ClusterError, ClusterUnreachableError
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX
from coordinator.topics.layout import Layout, layouts
from coordinator.topics.names import Names
from tests.kafka.broker import PASSWORD, Broker, free_ports
from tests.kafka.certificates import make_certificates
from tests.kafka.cluster import make_topics

pytestmark = pytest.mark.connected

AGENCIES = ["police", "customs"]


def wanted(kafka: Connection, *, partitions: int = 4) -> dict[str, Layout]:
    """Lay the topics out for a cluster of one broker."""
    return layouts(kafka.names, AGENCIES, replicas=1, partitions=partitions)


def test_topics_are_made_as_the_table_has_them(kafka: Connection) -> None:
    """Made once, there is nothing left to change."""
    make_topics(kafka, AGENCIES, partitions=4)
    admin = Admin(kafka)
    found = admin.found(wanted(kafka))

    assert found == wanted(kafka)
    assert found[kafka.names.of(INTAKE)].partitions == 4
    assert found[kafka.names.of(LOG)].config == LOG.config(replicas=1)
    planned = admin.changes(wanted(kafka))
    assert not planned.make
    assert not planned.alter
    assert not planned.refused


def test_an_agency_that_joins_gets_its_two_topics(kafka: Connection) -> None:
    """What is there is left as it is."""
    make_topics(kafka, ["police"], partitions=4)
    planned = Admin(kafka).changes(wanted(kafka))

    assert set(planned.make) == {
        kafka.names.of(OUTBOX, "customs"),
        kafka.names.of(INBOX, "customs"),
    }


def test_a_setting_that_somebody_changed_is_set_again(kafka: Connection) -> None:
    """Compaction would lose what a replay needs; it is told, and altered."""
    name = kafka.names.of(LOG)
    right = wanted(kafka)
    config = {**right[name].config, "cleanup.policy": "compact", "retention.ms": "9"}
    admin = Admin(kafka)
    admin.apply(admin.changes({name: replace(right[name], config=config)}))
    planned = admin.changes({name: right[name]})

    assert planned.alter[name]["cleanup.policy"] == ("compact", "delete")
    admin.apply(planned)
    assert admin.found([name])[name] == right[name]


def test_a_difference_in_partitions_is_refused_and_nothing_done(
    kafka: Connection,
) -> None:
    """Not even what could be done beside it."""
    make_topics(kafka, ["police"], partitions=2)
    admin = Admin(kafka)
    planned = admin.changes(wanted(kafka))

    with pytest.raises(ClusterError, match="has 2 partitions and should have 4"):
        admin.apply(planned)
    assert kafka.names.of(INBOX, "customs") not in admin.names()


def test_more_copies_than_brokers_are_told(kafka: Connection) -> None:
    """In words of the settings; nothing is made."""
    admin = Admin(kafka)
    three = layouts(kafka.names, AGENCIES, replicas=300)

    with pytest.raises(ClusterError, match="set COORDINATOR_KAFKA_REPLICAS"):
        admin.apply(admin.changes(three))


# --- out of reach -------------------------------------------------------------------


def asked(connection: Connection) -> str:
    """Ask a cluster that does not let one in, and give what is told."""
    with pytest.raises((ClusterError, ClusterUnreachableError)) as told:
        Admin(connection, timeout_s=3.0).names()
    return str(told.value)


def test_a_cluster_that_does_not_run_is_told() -> None:
    """With where it was looked for; it may be there the next time."""
    (port,) = free_ports(1)
    with pytest.raises(ClusterUnreachableError, match=f"127.0.0.1:{port}: no broker"):
        Admin(Connection(f"127.0.0.1:{port}"), timeout_s=1.0).names()


def test_a_wrong_password_is_told_and_never_shown(secured: Broker) -> None:
    """Nor does the connection show the right one."""
    right = secured.operator
    told = asked(replace(right, password="wr0ng-one"))  # noqa: S106 - it is none

    assert "check COORDINATOR_KAFKA_USERNAME and COORDINATOR_KAFKA_PASSWORD" in told
    assert "wr0ng-one" not in told
    assert PASSWORD not in repr(right)


def test_a_broker_that_nobody_vouches_for_is_not_talked_to(
    secured: Broker, tmp_path: Path
) -> None:
    """Another authority's certificates do not do, nor do the machine's own."""
    another = make_certificates(tmp_path / "another").authority
    for ca_file in (another, None):
        told = asked(replace(secured.operator, ca_file=ca_file))
        assert "check COORDINATOR_KAFKA_CA_FILE" in told


def test_a_password_is_not_sent_in_the_clear_to_a_broker_with_tls(
    secured: Broker,
) -> None:
    """What to check is named."""
    plain = replace(secured.operator, protocol="PLAINTEXT")

    assert "COORDINATOR_KAFKA_SECURITY_PROTOCOL (PLAINTEXT)" in asked(plain)


def test_two_prefixes_share_a_cluster(kafka: Connection) -> None:
    """A trial's topics are its own."""
    trial = replace(kafka, names=Names(f"{kafka.names.prefix}trial."))
    make_topics(trial, ["police"], partitions=1)

    assert kafka.names.of(LOG) not in Admin(kafka).names()
    assert trial.names.of(LOG) in Admin(kafka).names()
