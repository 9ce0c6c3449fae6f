"""
How topics are laid out on a cluster, and what it takes to have them as they should be.

Rule 1: what is there may grow and never shrinks: a setting that would let records go,
or take fewer than before, is refused. Rule 2: a number of partitions is fixed once a
topic is made, and so is the number of copies, which only moving data can change.
Rule 3: what is not in the table is left alone, topics and settings.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coordinator.topics.names import Names
from coordinator.topics.table import TOPICS
from coordinator.topics.topic import REPLICAS, Key

__all__ = ["Changes", "Layout", "changes", "layouts"]

_UNLIMITED: Final = "-1"


@dataclass(frozen=True, slots=True)
class Layout:
    """One topic on a cluster; `config` has its own settings, not a broker's."""

    partitions: int
    replicas: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What is to be done.

    Attributes:
        make: Topics that are missing.
        alter: By topic, each setting that differs: what it was, None where it was
            the broker's to say, and what it becomes.
        refused: In words, what differs and can't be changed without loss.
    """

    make: Mapping[str, Layout]
    alter: Mapping[str, Mapping[str, tuple[str | None, str]]]
    refused: tuple[str, ...]


def layouts(
    names: Names,
    agencies: Iterable[str],
    *,
    replicas: int = REPLICAS,
    partitions: int | None = None,
) -> dict[str, Layout]:
    """
    Lay out every topic, by its name on the cluster, in the order of the table.

    Args:
        names: What they are called there.
        agencies: Who has an outbox and an inbox.
        replicas: Copies of each, at most as many as there are brokers.
        partitions: Of topics keyed by case that are the same for all agencies, in
            place of the table's number; for trials and tests.
    """
    ids = sorted(set(agencies))
    found = {}
    for topic in TOPICS.values():
        spread = topic.key is Key.CASE and topic.partitions > 1
        count = partitions if spread and partitions else topic.partitions
        layout = Layout(count, replicas, topic.config(replicas))
        for agency in ids if topic.each_agency else [None]:
            found[names.of(topic, agency)] = layout
    return found


def changes(wanted: Mapping[str, Layout], found: Mapping[str, Layout]) -> Changes:
    """
    Tell what it takes to have the topics that are wanted.

    Args:
        wanted: By name; from `layouts`.
        found: By name, all that are on the cluster.
    """
    there = {name: layout for name, layout in wanted.items() if name in found}
    return Changes(
        make={name: wanted[name] for name in wanted if name not in found},
        alter={
            name: different
            for name, layout in there.items()
            if (different := _different(layout, found[name]))
        },
        refused=tuple(
            f"{name}: {why}"
            for name, layout in there.items()
            for why in _refused(layout, found[name])
        ),
    )


def _different(wanted: Layout, found: Layout) -> dict[str, tuple[str | None, str]]:
    return {
        name: (found.config.get(name), value)
        for name, value in wanted.config.items()
        if found.config.get(name) != value
    }


def _refused(wanted: Layout, found: Layout) -> Iterator[str]:
    if wanted.partitions != found.partitions:
        yield (
            f"has {_count(found.partitions, 'partition')} and should have"
            f" {wanted.partitions}; with another number a case's records would stand in"
            " two places, so it is fixed when a topic is made"
        )
    if wanted.replicas != found.replicas:
        yield (
            f"has {_count(found.replicas, 'copy', 'copies')} and should have"
            f" {wanted.replicas}; copies are moved with Kafka's"
            " kafka-reassign-partitions.sh, or set COORDINATOR_KAFKA_REPLICAS"
        )
    for name, (was, becomes) in _different(wanted, found).items():
        if was is not None and _is_less(becomes, was):
            yield (
                f"{name} is {was} and would shrink to {becomes}; set it by hand with"
                " Kafka's kafka-configs.sh if that is meant"
            )


def _is_less(value: str, than: str) -> bool:
    """Compare settings that are numbers; without a limit is most."""
    if _UNLIMITED in (value, than):
        return value != _UNLIMITED
    return value.isdecimal() and than.isdecimal() and int(value) < int(than)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
