"""
Topics on a cluster: found, made, altered.

What there should be is data (`coordinator.topics`); here it is compared with what a
cluster has, and done.

Source: docs/adr/0012-topics.md; Apache Kafka 4.1, Admin API.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewTopic,
    ResourceType,
)

from coordinator.runtime.kafka.asking import TIMEOUT_S, Asking
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.errors import ClusterError
from coordinator.topics.layout import Changes, Layout, changes

__all__ = ["Admin"]

_OWN: Final = ConfigSource.DYNAMIC_TOPIC_CONFIG.value


class Admin:
    """
    What whoever runs the bus may do with a cluster's topics.

    Every method may raise ClusterError (somebody must mend something) or
    ClusterUnreachableError (done again, it may succeed); what had been done by then
    stays.

    Args:
        connection: Which cluster, and as whom.
        timeout_s: How long one request may take.
    """

    def __init__(self, connection: Connection, *, timeout_s: float = TIMEOUT_S) -> None:
        self._asking = Asking(connection, timeout_s)

    def names(self) -> set[str]:
        """Give the names of all topics that one may see, whoever's they are."""
        return {
            name
            for name, topic in self._asking.metadata().topics.items()
            if topic.error is None
        }

    def found(self, names: Collection[str]) -> dict[str, Layout]:
        """Give those topics that there are, by name."""
        topics = {
            name: topic.partitions
            for name, topic in self._asking.metadata().topics.items()
            if topic.error is None and name in names
        }
        configs = self._configs(topics)
        return {
            name: Layout(
                partitions=len(partitions),
                replicas=min(len(one.replicas) for one in partitions.values()),
                config=configs[name],
            )
            for name, partitions in topics.items()
        }

    def changes(self, wanted: Mapping[str, Layout]) -> Changes:
        """Compare what is wanted with what is there; nothing is done."""
        return changes(wanted, self.found(wanted))

    def apply(self, planned: Changes) -> None:
        """Make and alter topics; where something is refused, nothing is done at all."""
        if planned.refused:
            raise ClusterError("; ".join(planned.refused))
        self._make(planned.make)
        self._alter(planned.alter)

    def delete(self, names: Iterable[str]) -> None:
        """Take topics away with all that is in them; for tests and trials."""
        gone = list(names)
        if gone:
            self._asking.each(
                lambda client, timeout_s: client.delete_topics(
                    gone, request_timeout=timeout_s, operation_timeout=timeout_s
                )
            )
            self._asking.until(lambda: self.names().isdisjoint(gone))

    def _configs(self, names: Iterable[str]) -> dict[str, dict[str, str]]:
        """Give each topic's own settings; a broker's defaults are not its own."""
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        if not resources:
            return {}
        described = self._asking.each(
            lambda client, timeout_s: client.describe_configs(
                resources, request_timeout=timeout_s
            )
        )
        return {
            resource.name: {
                entry.name: str(entry.value)
                for entry in entries.values()
                if entry.source == _OWN
            }
            for resource, entries in described.items()
        }

    def _make(self, topics: Mapping[str, Layout]) -> None:
        new = [
            NewTopic(
                name,
                num_partitions=layout.partitions,
                replication_factor=layout.replicas,
                config=dict(layout.config),
            )
            for name, layout in topics.items()
        ]
        if new:
            self._asking.each(
                lambda client, timeout_s: client.create_topics(
                    new, request_timeout=timeout_s, operation_timeout=timeout_s
                )
            )
            self._asking.until(lambda: self._can_be_used(topics))

    def _can_be_used(self, names: Iterable[str]) -> bool:
        """Tell whether somebody leads each partition of topics."""
        there = self._asking.metadata().topics
        return all(
            name in there
            and there[name].partitions
            and all(one.leader >= 0 for one in there[name].partitions.values())
            for name in names
        )

    def _alter(
        self, topics: Mapping[str, Mapping[str, tuple[str | None, str]]]
    ) -> None:
        resources = [
            ConfigResource(
                ResourceType.TOPIC,
                name,
                incremental_configs=[
                    ConfigEntry(
                        setting, becomes, incremental_operation=AlterConfigOpType.SET
                    )
                    for setting, (_, becomes) in different.items()
                ],
            )
            for name, different in topics.items()
        ]
        if resources:
            self._asking.each(
                lambda client, timeout_s: client.incremental_alter_configs(
                    resources, request_timeout=timeout_s
                )
            )
            self._asking.until(lambda: self._are_altered(topics))

    def _are_altered(
        self, topics: Mapping[str, Mapping[str, tuple[str | None, str]]]
    ) -> bool:
        configs = self._configs(topics)
        return all(
            configs[name].get(setting) == becomes
            for name, different in topics.items()
            for setting, (_, becomes) in different.items()
        )
