"""
One topic, or one for each agency: what it holds and how a broker keeps it.

Only values: whoever makes topics, or permits somebody to use one, reads them here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum
from typing import Final

from coordinator.topics.role import Role

__all__ = ["REPLICAS", "Key", "Record", "Topic"]

REPLICAS: Final = 3
"""Copies of each topic on a cluster that must lose nothing; one machine has one."""

_IN_SYNC: Final = 2
"""Of three copies, those that have a record before it counts as written."""

_MILLISECOND: Final = timedelta(milliseconds=1)


class Record(StrEnum):
    """A kind of record, by what its value is; described in the AsyncAPI document."""

    EVENT = "event"
    """An event, as an agency sent it."""
    OWN_EVENT = "own-event"
    """An event of the coordinator's."""
    DECISION = "decision"
    """What was decided, with the intake record that it was decided on."""
    DELIVERY = "delivery"
    """An event, as its receiver may see it."""
    RECEIPT = "receipt"
    """What became of an event, for its sender."""
    NOTICE = "notice"
    """That there is a case, or news in one, without personal data."""
    REJECTION = "rejection"
    """Bytes that were turned away."""
    PROFILE = "profile"
    """A version of the protocol, as resolved."""
    ACTIVATION = "activation"
    """That a version is in force from now on."""


class Key(Enum):
    """What a record's key is."""

    CASE = "the case reference or other scope"
    DIGEST = "the digest of the profile"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Topic:
    """
    A topic of the bus; one for each agency where the name has `{agency}`.

    `writers` has the records that each role writes. `partitions` is fixed when a topic
    is made. `retention` None keeps records for good; nothing is ever compacted.
    `max_bytes` bounds a batch of records. `stamped` topics have the broker's time of
    appending on each record in place of the producer's. What is not `personal` may
    hold no event about a person.
    """

    name: str
    says: str
    key: Key
    partitions: int
    retention: timedelta | None
    writers: Mapping[Role, tuple[Record, ...]]
    readers: tuple[Role, ...]
    max_bytes: int = 2**20
    stamped: bool = False
    personal: bool = True

    @property
    def each_agency(self) -> bool:
        """Whether there is one for each agency."""
        return "{agency}" in self.name

    @property
    def records(self) -> tuple[Record, ...]:
        """The kinds of record it holds, each once, in the order of its writers."""
        kinds = (kind for some in self.writers.values() for kind in some)
        return tuple(dict.fromkeys(kinds))

    def config(self, replicas: int = REPLICAS) -> dict[str, str]:
        """
        Give Kafka's settings of the topic, whatever the broker's defaults are.

        Args:
            replicas: How many copies there are of it.

        Source: Apache Kafka 4.1, Topic Configs.
        """
        keep = self.retention
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(-1 if keep is None else keep // _MILLISECOND),
            "retention.bytes": "-1",
            "max.message.bytes": str(self.max_bytes),
            "message.timestamp.type": "LogAppendTime" if self.stamped else "CreateTime",
            "min.insync.replicas": str(min(_IN_SYNC, replicas)),
        }

    def of(self, agency: str) -> str:
        """Name an agency's own topic; that of all agencies stays as it is."""
        return self.name.replace("{agency}", agency)
