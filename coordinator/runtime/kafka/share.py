"""
Which partitions are a process's own, for one that acts on what it has a mirror of.

It reads nothing by its group: being a member is what shares the work out.
"""

from collections.abc import Callable, Mapping, Sequence

from aiokafka.structs import ConsumerRecord, TopicPartition

from coordinator.runtime.kafka.group import Done

__all__ = ["Share"]


class Share:
    """The work of a member of a group that only wants to know what is its own."""

    def __init__(self) -> None:
        self._own: frozenset[int] = frozenset()
        self._told: list[Callable[[], object]] = []

    def has(self, partition: int) -> bool:
        """Whether a partition is this process's own."""
        return partition in self._own

    def tell(self, listener: Callable[[], object]) -> None:
        """Have somebody hear that it has changed."""
        self._told.append(listener)

    async def begin(
        self, partitions: Mapping[TopicPartition, str]
    ) -> Mapping[TopicPartition, int]:
        """Take note of what is its own now."""
        self._own = frozenset(one.partition for one in partitions)
        for listener in self._told:
            listener()
        return {}

    async def do(
        self, taken: Mapping[TopicPartition, Sequence[ConsumerRecord]]
    ) -> Mapping[TopicPartition, Done]:
        """Pass over what is read: the mirror has it as well."""
        return {one: Done(records[-1].offset + 1) for one, records in taken.items()}
