"""
Rights on a cluster: found, given, taken away.

What they should be is data (`coordinator.topics.acl`). Looked at are rights that allow
something with topics or groups from any host. A denial, or a right from one host, is
somebody's own decision and is neither seen nor touched.

Source: Apache Kafka 4.1, Authorization and ACLs.
"""

from collections.abc import Collection
from typing import Any, Final

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from coordinator.runtime.kafka.asking import TIMEOUT_S, Asking
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.errors import forbidden
from coordinator.topics.acl import Operation, Resource, Right

__all__ = ["Acls"]

_ANY_HOST: Final = "*"


class Acls:
    """
    What whoever runs the bus may do with a cluster's rights.

    Every method may raise ClusterError (somebody must mend something) or
    ClusterUnreachableError (done again, it may succeed).

    Args:
        connection: Which cluster, and as whom.
        timeout_s: How long one request may take.
    """

    def __init__(self, connection: Connection, *, timeout_s: float = TIMEOUT_S) -> None:
        self._connection = connection
        self._asking = Asking(connection, timeout_s)

    def found(self) -> set[Right]:
        """Give every right on the cluster, whoever's it is."""
        self._see_that_one_may_look()
        every = _every()
        described = self._asking.each(
            lambda client, timeout_s: {
                every: client.describe_acls(every, request_timeout=timeout_s)
            }
        )
        return {
            _right(one)
            for one in described[every]
            if one.restype in (ResourceType.TOPIC, ResourceType.GROUP)
        }

    def _see_that_one_may_look(self) -> None:
        """Tell who may not; librdkafka would only find no right at all."""
        (cluster,) = self._asking.each(
            lambda client, timeout_s: {
                None: client.describe_cluster(
                    include_authorized_operations=True, request_timeout=timeout_s
                )
            }
        ).values()
        if AclOperation.DESCRIBE not in (cluster.authorized_operations or ()):
            raise forbidden(self._connection)

    def give(self, rights: Collection[Right]) -> None:
        """Give rights; one that is there already stays as it is."""
        bindings = [AclBinding(*_parts(one)) for one in rights]
        if bindings:
            self._asking.each(
                lambda client, timeout_s: client.create_acls(
                    bindings, request_timeout=timeout_s
                )
            )
            self._asking.until(lambda: self.found().issuperset(rights))

    def take(self, rights: Collection[Right]) -> None:
        """Take exactly these rights away."""
        filters = [AclBindingFilter(*_parts(one)) for one in rights]
        if filters:
            self._asking.each(
                lambda client, timeout_s: client.delete_acls(
                    filters, request_timeout=timeout_s
                )
            )
            self._asking.until(lambda: self.found().isdisjoint(rights))


def _every() -> AclBindingFilter:
    """Give a filter that takes every right that allows, from any host."""
    anything: Any = None  # the stub asks for text, librdkafka for this
    return AclBindingFilter(
        ResourceType.ANY,
        anything,
        ResourcePatternType.ANY,
        anything,
        _ANY_HOST,
        AclOperation.ANY,
        AclPermissionType.ALLOW,
    )


def _right(binding: Any) -> Right:  # noqa: ANN401 - its stub has text where enums are
    return Right(
        principal=binding.principal,
        operation=Operation(binding.operation.name.lower()),
        resource=Resource(binding.restype.name.lower()),
        name=binding.name,
        prefixed=binding.resource_pattern_type is ResourcePatternType.PREFIXED,
    )


def _parts(one: Right) -> tuple[Any, ...]:
    """Give a right as both a binding and a filter of one are made from it."""
    pattern = (
        ResourcePatternType.PREFIXED if one.prefixed else ResourcePatternType.LITERAL
    )
    return (
        ResourceType[one.resource.name],
        one.name,
        pattern,
        one.principal,
        _ANY_HOST,
        AclOperation[one.operation.name],
        AclPermissionType.ALLOW,
    )
