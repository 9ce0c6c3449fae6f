"""
A cluster, and as whom to use it, in the words of each client.

Three clients speak to the broker: aiokafka (what is hot), Faust (agents) and
confluent-kafka (topics and rights). Each takes the same facts under other names.
Passwords go by SCRAM-SHA-512, over TLS wherever a network is crossed; TLS alone
checks the broker and says nothing about who is asking.

Source: RFC 5802 and 7677 (SCRAM); Apache Kafka 4.1, Security.
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import faust

from coordinator.topics.names import Names

__all__ = ["Connection", "Protocol"]

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]

_MECHANISM: Final = "SCRAM-SHA-512"


@dataclass(frozen=True, slots=True)
class Connection:
    """
    How to reach a cluster.

    Attributes:
        bootstrap: `host:port` of one broker or more, with commas between.
        names: What topics and groups are called there.
        protocol: Whether there is TLS, and whether a password, as Kafka names it.
        username: The principal, where there is a password.
        password: Never shown.
        ca_file: Certificates, in PEM, of whom to trust for the broker's; by default
            those that the machine trusts.
    """

    bootstrap: str
    names: Names = field(default=Names())
    protocol: Protocol = "PLAINTEXT"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    @property
    def has_password(self) -> bool:
        """Whether one says who one is."""
        return self.protocol.startswith("SASL")

    def for_aiokafka(self) -> dict[str, Any]:
        """Give what `AIOKafkaConsumer` and `AIOKafkaProducer` both take."""
        said: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.protocol,
            "ssl_context": self._tls(),
        }
        if self.has_password:
            said |= {
                "sasl_mechanism": _MECHANISM,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return said

    def for_confluent(self) -> dict[str, str]:
        """Give the settings of librdkafka."""
        said = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.protocol,
        }
        if self.ca_file is not None:
            said["ssl.ca.location"] = str(self.ca_file)
        if self.has_password:
            said |= {
                "sasl.mechanism": _MECHANISM,
                "sasl.username": self.username or "",
                "sasl.password": self.password or "",
            }
        return said

    def for_faust(self) -> dict[str, Any]:
        """Give what `faust.App` takes: `broker`, and `broker_credentials` if any."""
        brokers = [f"kafka://{one.strip()}" for one in self.bootstrap.split(",")]
        tls = self._tls()
        if self.has_password:
            credentials: Any = faust.SASLCredentials(
                username=self.username,
                password=self.password,
                ssl_context=tls,
                mechanism=_MECHANISM,
            )
        elif tls is not None:
            credentials = faust.SSLCredentials(tls)
        else:
            return {"broker": brokers}
        return {"broker": brokers, "broker_credentials": credentials}

    def _tls(self) -> ssl.SSLContext | None:
        if not self.protocol.endswith("SSL"):
            return None
        return ssl.create_default_context(cafile=self.ca_file)
