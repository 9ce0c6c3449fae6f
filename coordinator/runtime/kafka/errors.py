"""
What a cluster may answer that somebody must act on, in one line.

Librdkafka tells two things apart that belong together: what was asked for timed out,
and, elsewhere, why no broker could be reached.

Source: librdkafka 2, rd_kafka_resp_err_t; Apache Kafka 4.1, Protocol Errors.
"""

from typing import Final

from confluent_kafka import KafkaError

from coordinator.events import CoordinatorError, OperatorError, TransientError
from coordinator.runtime.kafka.connection import Connection

__all__ = ["ClusterError", "ClusterUnreachableError", "forbidden", "told"]

_SETTING: Final = "COORDINATOR_KAFKA_"

_OUT_OF_REACH: Final = {
    KafkaError._TIMED_OUT,
    KafkaError._TIMED_OUT_QUEUE,
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError.NOT_CONTROLLER,
}
_FORBIDDEN: Final = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
}


class ClusterError(OperatorError):
    """The cluster refused what was asked; the text says what it lacks."""


class ClusterUnreachableError(TransientError):
    """No broker answered in time."""


def told(
    error: KafkaError | None, complaint: KafkaError | None, connection: Connection
) -> CoordinatorError:
    """
    Say what is wrong and what would mend it.

    Args:
        error: How a request ended; None where it never did.
        complaint: What was last heard of the connection itself.
        connection: Which cluster, and as whom.
    """
    code = None if error is None else error.code()
    where = connection.bootstrap
    if code is None or code in _OUT_OF_REACH:
        return _unreachable(None if complaint is None else complaint.code(), connection)
    if code in _FORBIDDEN:
        return forbidden(connection)
    if code == KafkaError.INVALID_REPLICATION_FACTOR:
        mend = f"set {_SETTING}REPLICAS to their number"
        return ClusterError(f"{where}: fewer brokers than copies of a topic; {mend}")
    if code == KafkaError.SECURITY_DISABLED:
        mend = "set authorizer.class.name on every broker and controller"
        return ClusterError(f"{where}: the cluster has no authorizer; {mend}")
    says = "" if error is None else " ".join(error.str().split()).rstrip(".")
    return ClusterError(f"{where}: {says}")


def forbidden(connection: Connection) -> ClusterError:
    """Say that somebody lacks the right, and who has it."""
    where, who = connection.bootstrap, connection.username or "nobody"
    mend = "do it as one whom the brokers name in super.users"
    return ClusterError(f"{where}: {who} may not do this; {mend}")


def _unreachable(code: int | None, connection: Connection) -> CoordinatorError:
    where, protocol = connection.bootstrap, connection.protocol
    if code == KafkaError._AUTHENTICATION:
        mend = f"check {_SETTING}USERNAME and {_SETTING}PASSWORD"
        return ClusterError(f"{where}: the broker takes not this password; {mend}")
    if code == KafkaError._SSL:
        mend = f"check {_SETTING}CA_FILE and {_SETTING}SECURITY_PROTOCOL ({protocol})"
        return ClusterError(f"{where}: no TLS with the broker; {mend}")
    if code == KafkaError._RESOLVE:
        mend = f"check {_SETTING}BOOTSTRAP"
        return ClusterError(f"{where}: no such host; {mend}")
    mend = (
        f"check that it runs, {_SETTING}BOOTSTRAP, and {_SETTING}SECURITY_PROTOCOL"
        f" ({protocol})"
    )
    return ClusterUnreachableError(f"{where}: no broker answered in time; {mend}")
