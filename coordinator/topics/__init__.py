"""
The topics of the bus on Kafka: names, keys, partitions, retention, who may use them.

    table    which there are     role       who reads and writes them
    topic    what one is         partition  where a case's records are
    headers  beside a value      records    values that are no events
    names    on a cluster        layout     what it takes to have them there
    acl      rights, derived     asyncapi   all of it, as a published document

Data and pure functions only; it knows no client of Kafka.
"""

from coordinator.topics.partition import partition_for
from coordinator.topics.role import Role, group_of
from coordinator.topics.table import (
    INBOX,
    INTAKE,
    LOG,
    MINISTER,
    OUTBOX,
    PROFILES,
    REJECTED,
    TOPICS,
)
from coordinator.topics.topic import REPLICAS, Key, Record, Topic

__all__ = [
    "INBOX",
    "INTAKE",
    "LOG",
    "MINISTER",
    "OUTBOX",
    "PROFILES",
    "REJECTED",
    "REPLICAS",
    "TOPICS",
    "Key",
    "Record",
    "Role",
    "Topic",
    "group_of",
    "partition_for",
]
