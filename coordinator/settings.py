"""
What is set from outside: environment variables, and the options that override them.

Source: docs/adr/0003-one-transaction.md.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from coordinator.topics import REPLICAS

__all__ = ["Settings"]


class Settings(BaseSettings):
    """
    The bus's settings; each is read from `COORDINATOR_<NAME>`.

    Attributes:
        home: Where the embedded runtime keeps everything, and the one on Kafka what it
            can lose.
        profile: The protocol that a new home activates: a packaged profile's name
            (nz-2009) or a file.
        contacts: The directory's folder.
        require_signatures: Reject events that no known key signed.
        runtime: Where the bus is: on this machine, or on a Kafka cluster.
        kafka_bootstrap: `host:port` of one broker or more, with commas between.
        kafka_prefix: Stands in front of every topic's and group's name.
        kafka_security_protocol: As Kafka names it; anything but SASL_SSL is for a
            network of one's own.
        kafka_username: The principal.
        kafka_password: Its password; or in a file, as orchestrators keep secrets,
            `kafka_password_file`.
        kafka_ca_file: Certificates, in PEM, of whom to trust for the broker's.
        kafka_replicas: Copies of each topic; a cluster of one broker can keep one.
        webhook_secret: What an agency's agent signs with that hands on to a webhook,
            by Standard Webhooks; several, with blanks between, while one is changed
            for another. Or in a file, `webhook_secret_file`.
        metrics_host: The address that a worker's health and metrics are served at; by
            default only to its own machine.
        metrics_port: The port; without one they are not served.
        answer_s: How long a command waits for what becomes of what it sent to a
            cluster; seconds.
        stall_s: A worker ends once records wait and none was done for so long; seconds.
    """

    model_config = SettingsConfigDict(env_prefix="COORDINATOR_", frozen=True)

    home: Path = Field(default=Path("var"))
    profile: str = Field(default="nz-2009")
    contacts: Path = Field(default=Path("contacts"))
    require_signatures: bool = Field(default=False)

    runtime: Literal["embedded", "kafka"] = Field(default="embedded")
    kafka_bootstrap: str | None = Field(default=None)
    kafka_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9.-]{0,64}$")
    kafka_security_protocol: Literal[
        "PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"
    ] = Field(default="PLAINTEXT")
    kafka_username: str | None = Field(default=None)
    kafka_password: SecretStr | None = Field(default=None)
    kafka_password_file: Path | None = Field(default=None)
    kafka_ca_file: Path | None = Field(default=None)
    kafka_replicas: int = Field(default=REPLICAS, ge=1)

    webhook_secret: SecretStr | None = Field(default=None)
    webhook_secret_file: Path | None = Field(default=None)

    metrics_host: str = Field(default="127.0.0.1")
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    answer_s: float = Field(default=60.0, gt=0)
    stall_s: float = Field(default=300.0, gt=0)
