"""
Who may come to a cluster: principals with passwords, as SCRAM keeps them.

A broker keeps what a password is checked against, never the password. Whether it is
the one that it should be cannot be asked, so that setting it is done every time.

Source: RFC 5802; RFC 7677, on iterations; Apache Kafka 4.1, Authentication using
SASL/SCRAM.
"""

from collections.abc import Mapping
from typing import Final

from confluent_kafka.admin import (
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from coordinator.runtime.kafka.asking import TIMEOUT_S, Asking
from coordinator.runtime.kafka.connection import Connection

__all__ = ["Users"]

# As Kafka's own tools have it; RFC 7677 asks for 4096 at least.
_INFO: Final = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)


class Users:
    """
    What whoever runs the bus may do with a cluster's users.

    Args:
        connection: Which cluster, and as whom.
        timeout_s: How long one request may take.
    """

    def __init__(self, connection: Connection, *, timeout_s: float = TIMEOUT_S) -> None:
        self._asking = Asking(connection, timeout_s)

    def set(self, passwords: Mapping[str, str]) -> None:
        """
        Have users, by name, with these passwords; others stay as they are.

        Raises:
            ClusterError, ClusterUnreachableError.
        """
        wanted: list[UserScramCredentialAlteration] = [
            UserScramCredentialUpsertion(name, _INFO, password.encode())
            for name, password in passwords.items()
        ]
        if wanted:
            self._asking.each(
                lambda client, timeout_s: client.alter_user_scram_credentials(
                    wanted, request_timeout=timeout_s
                )
            )
