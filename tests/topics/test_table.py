"""The topics: what each is for, how it is kept, and who may use it."""

from datetime import timedelta

import pytest

from coordinator.topics import (
    INBOX,
    INTAKE,
    LOG,
    MINISTER,
    OUTBOX,
    PROFILES,
    REJECTED,
    TOPICS,
    Key,
    Record,
    Role,
    Topic,
    group_of,
)


def test_topics_are_found_by_name() -> None:
    """Each name is there once; only an agency's own two have a place for its id."""
    assert [TOPICS[name].name for name in TOPICS] == list(TOPICS)
    assert {one.name for one in TOPICS.values() if one.each_agency} == {
        "agency.{agency}.outbox",
        "agency.{agency}.inbox",
    }
    assert OUTBOX.of("ngo-refuge") == "agency.ngo-refuge.outbox"
    assert LOG.of("ngo-refuge") == LOG.name == "case.log"


def test_intake_and_log_are_laid_out_alike() -> None:
    """A case's records and its decisions are in partitions of the same number."""
    assert (INTAKE.key, INTAKE.partitions) == (LOG.key, LOG.partitions)
    assert INTAKE.key is Key.CASE


@pytest.mark.parametrize("topic", [INTAKE, LOG, PROFILES, REJECTED])
def test_what_is_true_is_kept_for_good(topic: Topic) -> None:
    """Nothing expires and nothing is compacted, whatever the broker's defaults are."""
    assert (
        TOPICS[topic.name].config()
        | {
            "cleanup.policy": "delete",
            "retention.ms": "-1",
            "retention.bytes": "-1",
        }
        == TOPICS[topic.name].config()
    )


def test_copies_are_kept_for_a_year() -> None:
    """What an agency sent and was sent is in the log; copies of it go in time."""
    for topic in (OUTBOX, INBOX, MINISTER):
        assert topic.retention == timedelta(days=365)
        assert topic.config()["retention.ms"] == "31536000000"


@pytest.mark.parametrize("name", TOPICS)
def test_no_topic_is_compacted(name: str) -> None:
    """A key's earlier records count as much as its last."""
    assert TOPICS[name].config()["cleanup.policy"] == "delete"


def test_the_broker_says_when_an_event_was_received() -> None:
    """Only the intake has the broker's time; what follows has its own."""
    stamped = [one for one in TOPICS.values() if one.stamped]

    assert stamped == [INTAKE]
    assert INTAKE.config()["message.timestamp.type"] == "LogAppendTime"
    assert LOG.config()["message.timestamp.type"] == "CreateTime"


def test_an_agency_writes_its_outbox_and_reads_its_inbox_and_nothing_else() -> None:
    """What is another's, or the bus's own, an agency can neither read nor forge."""
    assert [one for one in TOPICS.values() if Role.AGENCY in one.writers] == [OUTBOX]
    assert [one for one in TOPICS.values() if Role.AGENCY in one.readers] == [INBOX]
    assert [one for one in TOPICS.values() if Role.OFFICE in one.writers] == []
    assert [one for one in TOPICS.values() if Role.OFFICE in one.readers] == [MINISTER]


def test_only_the_case_agent_decides() -> None:
    """Nobody else writes to the log, and decisions stand nowhere else."""
    assert list(LOG.writers) == [Role.CASE]
    for topic in TOPICS.values():
        assert (Record.DECISION in topic.records) is (topic is LOG)


def test_ingress_can_see_what_it_has_dealt_with() -> None:
    """A successor reads to the end what was let in and what was turned away."""
    for topic in (INTAKE, REJECTED):
        assert Role.INGRESS in topic.readers
    assert Role.INGRESS not in LOG.readers


def test_only_ingress_the_case_agent_and_the_operator_reject() -> None:
    """A record that our own code fails on goes where what is no event goes."""
    assert set(REJECTED.writers) == {Role.INGRESS, Role.CASE, Role.OPERATOR}


def test_versions_and_their_activations_are_in_one_order() -> None:
    """The last activation says which version is in force; one partition orders all."""
    assert PROFILES.records == (Record.PROFILE, Record.ACTIVATION)
    assert PROFILES.partitions == 1
    assert list(PROFILES.writers) == [Role.OPERATOR]


@pytest.mark.parametrize("name", TOPICS)
def test_every_topic_is_written_and_read(name: str) -> None:
    """No topic is without a use."""
    assert TOPICS[name].writers
    assert TOPICS[name].readers
    assert TOPICS[name].records


def test_every_role_and_record_has_a_topic() -> None:
    """No role is without one, and every kind of record stands somewhere."""
    used = {role for one in TOPICS.values() for role in (*one.writers, *one.readers)}

    assert used == set(Role)
    assert {kind for one in TOPICS.values() for kind in one.records} == set(Record)


def test_a_topic_names_each_kind_of_record_once() -> None:
    """Two roles may write the same kind."""
    assert INTAKE.records == (Record.EVENT, Record.OWN_EVENT)


def test_groups_of_agencies_begin_alike_and_are_apart() -> None:
    """A right to read with an agency's groups is no right to read with another's."""
    assert group_of(Role.AGENCY, "acc") == "agency.acc"
    assert group_of(Role.CASE) == "case"
