"""
The Kafka cluster that the settings name.

A combination that cannot work is told in one line before any broker is asked: a
client that lacks a password only times out.
"""

from pathlib import Path

from coordinator.events import OperatorError
from coordinator.runtime.kafka.connection import Connection
from coordinator.settings import Settings
from coordinator.topics.names import Names

__all__ = ["connection_of"]


def connection_of(settings: Settings) -> Connection:
    """
    Give the cluster, and as whom to use it.

    Raises:
        OperatorError: Something is missing, does not fit, or cannot be read.
    """
    protocol = settings.kafka_security_protocol
    if not settings.kafka_bootstrap:
        raise _wrong("BOOTSTRAP", "is not set; it takes a broker's host:port")
    _check_brokers(settings.kafka_bootstrap)
    if not protocol.endswith("SSL") and settings.kafka_ca_file is not None:
        raise _wrong("CA_FILE", f"is set, and with {protocol} there is no certificate")
    password = _password(settings)
    said_who = settings.kafka_username is not None or password is not None
    if protocol.startswith("SASL"):
        if not settings.kafka_username:
            raise _wrong("USERNAME", f"is not set, and {protocol} needs one")
        if not password:
            mend = "or COORDINATOR_KAFKA_PASSWORD_FILE"
            raise _wrong("PASSWORD", f"{mend} is not set, and {protocol} needs one")
    elif said_who:
        mend = "it takes SASL_SSL, or SASL_PLAINTEXT on a network of your own"
        raise _wrong(
            "SECURITY_PROTOCOL", f"is {protocol}, which sends no password; {mend}"
        )
    return Connection(
        bootstrap=settings.kafka_bootstrap,
        names=Names(settings.kafka_prefix),
        protocol=protocol,
        username=settings.kafka_username,
        password=password,
        ca_file=_readable(settings.kafka_ca_file),
    )


def _check_brokers(bootstrap: str) -> None:
    for one in bootstrap.split(","):
        host, _, port = one.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise _wrong(
                "BOOTSTRAP", "takes host:port, several with commas between them"
            )


def _password(settings: Settings) -> str | None:
    """Give the password, of which there may be one."""
    given, file = settings.kafka_password, settings.kafka_password_file
    if given is not None and file is not None:
        mend = "keep COORDINATOR_KAFKA_PASSWORD_FILE"
        raise _wrong("PASSWORD", f"is set twice, once as a file; {mend}")
    if file is not None:
        # Editors end a file with a line feed; no password does.
        return _text("PASSWORD_FILE", file).rstrip("\r\n")
    return None if given is None else given.get_secret_value()


def _readable(ca_file: Path | None) -> Path | None:
    if ca_file is not None and "BEGIN CERTIFICATE" not in _text("CA_FILE", ca_file):
        raise _wrong("CA_FILE", f"({ca_file}) holds no certificate in PEM")
    return ca_file


def _text(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise _wrong(name, f"({path}) cannot be read: {why}") from None


def _wrong(name: str, says: str) -> OperatorError:
    return OperatorError(f"COORDINATOR_KAFKA_{name} {says}")
