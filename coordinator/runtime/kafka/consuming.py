"""
The consumers of a process, alike in what they take at once and in how they fail.

Offsets are committed by us or not at all, and what has no place yet is read from its
beginning.
"""

from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.outgoing import LARGEST, BrokerFault

__all__ = ["consumer", "unreadable_cluster"]

_AT_ONCE: Final = 2_000
_FETCHED: Final = 2**24


def consumer(connection: Connection, **more: Any) -> AIOKafkaConsumer:  # noqa: ANN401 - the client's own settings
    """
    Make a consumer, to be started and stopped by whoever asks.

    Args:
        connection: The cluster.
        more: What the client takes besides.
    """
    return AIOKafkaConsumer(
        **connection.for_aiokafka(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=_FETCHED,
        max_partition_fetch_bytes=LARGEST,
        max_poll_records=_AT_ONCE,
        **more,
    )


def unreadable_cluster(error: Exception) -> BrokerFault:
    """Say that a read failed; the caller raises it."""
    return BrokerFault(
        f"the cluster cannot be read ({type(error).__name__}); see that its brokers are"
        " up and this program may use them, then try again"
    )
