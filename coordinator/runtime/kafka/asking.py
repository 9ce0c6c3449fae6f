"""
Requests to a cluster's administration, each with a time limit.

What goes wrong is told in our words, with the reason that librdkafka gives elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from time import monotonic
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ClusterMetadata

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.errors import told

__all__ = ["TIMEOUT_S", "Asking"]

TIMEOUT_S: Final = 30.0
_LOOKS_S: Final = 0.02

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Asking:
    """
    A client of the administration.

    Args:
        connection: Which cluster, and as whom.
        timeout_s: How long one request may take.
    """

    def __init__(self, connection: Connection, timeout_s: float) -> None:
        self._connection = connection
        self._timeout_s = timeout_s
        self._complaint: KafkaError | None = None
        self._client = AdminClient(
            {
                **connection.for_confluent(),
                "client.id": "coordinator-admin",
                "error_cb": self._hear,  # type: ignore[dict-item]  # its stub forgets
                # What it would write to stderr is told once, in our words.
                "log_level": 0,
            }
        )

    def metadata(self) -> ClusterMetadata:
        """
        Give the cluster's brokers and topics.

        Raises:
            ClusterError, ClusterUnreachableError.
        """
        with self._told():
            return self._client.list_topics(timeout=self._timeout_s)

    def each(
        self, call: Callable[[AdminClient, float], Mapping[Key, Future[Answer]]]
    ) -> dict[Key, Answer]:
        """
        Ask for several things, and wait for all of them.

        Args:
            call: The request, to be made with a client and a time limit in seconds.

        Raises:
            ClusterError, ClusterUnreachableError: One of them failed; others may not.
        """
        with self._told():
            asked = call(self._client, self._timeout_s)
            return {
                what: future.result(self._timeout_s) for what, future in asked.items()
            }

    def until(self, happened: Callable[[], bool]) -> None:
        """
        Wait for what was done to be seen.

        The controller answers once it has taken something down; brokers learn of it
        some moments later, and until then behave as before.

        Raises:
            ClusterError, ClusterUnreachableError: It was not seen in time.
        """
        end = monotonic() + self._timeout_s
        while not happened():
            if monotonic() > end:
                raise told(None, self._complaint, self._connection)
            self._client.poll(_LOOKS_S)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (KafkaException, TimeoutError) as error:
            ended = error.args[0] if isinstance(error, KafkaException) else None
            # A complaint that has come in by now is heard on this call.
            self._client.poll(0)
            raise told(ended, self._complaint, self._connection) from None

    def _hear(self, error: KafkaError) -> None:
        """Keep why a broker is out of reach, but not that, as ever, all of them are."""
        if error.code() != KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - as in errors
            self._complaint = error
