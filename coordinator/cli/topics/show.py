"""`coordinator topics show`: every topic, how it is kept, who writes and reads it."""

from datetime import timedelta

from coordinator.cli import options
from coordinator.cli.narrator import spell
from coordinator.cli.screen import put_value, show_table
from coordinator.topics import TOPICS, Topic

__all__ = ["show"]


def show(*, json: options.AsJson = False) -> None:
    """Show the table of topics; no cluster is asked."""
    settings = options.settings_of()
    prefix, replicas = settings.kafka_prefix, settings.kafka_replicas
    if json:
        for topic in TOPICS.values():
            put_value(_as_record(topic, prefix, replicas))
        return
    show_table(
        ["Topic", "Key", "Partitions", "Kept", "Written by", "Read by"],
        [
            [
                prefix + topic.name,
                topic.key.value,
                str(topic.partitions),
                _kept(topic.retention),
                ", ".join(topic.writers),
                ", ".join(topic.readers),
            ]
            for topic in TOPICS.values()
        ],
        nothing="",
    )


def _kept(retention: timedelta | None) -> str:
    return "for good" if retention is None else spell(retention)


def _as_record(topic: Topic, prefix: str, replicas: int) -> dict[str, object]:
    return {
        "topic": prefix + topic.name,
        "says": topic.says,
        "key": topic.key.value,
        "partitions": topic.partitions,
        "replicas": replicas,
        "config": topic.config(replicas),
        "writers": {role.value: list(of) for role, of in topic.writers.items()},
        "readers": list(topic.readers),
    }
