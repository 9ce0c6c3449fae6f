"""
The Kafka cluster that the settings name.

A combination that cannot work is told in one line before any broker is asked: a
client that lacks a password only times out.
"""

from pathlib import Path
from typing import NoReturn

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
    bootstrap = settings.kafka_bootstrap or ""
    _check_brokers(bootstrap)
    password = _password(settings)
    _check_principal(settings, password)
    return Connection(
        bootstrap=bootstrap,
        names=Names(settings.kafka_prefix),
        protocol=settings.kafka_security_protocol,
        username=settings.kafka_username,
        password=password,
        ca_file=_ca_file(settings),
    )


def _check_brokers(bootstrap: str) -> None:
    if not bootstrap:
        _refuse("BOOTSTRAP", "is not set; it takes a broker's host:port")
    for one in bootstrap.split(","):
        host, _, port = one.strip().rpartition(":")
        if not host or not port.isdecimal():
            _refuse("BOOTSTRAP", "takes host:port, several with commas between them")


def _check_principal(settings: Settings, password: str | None) -> None:
    """See that there is a name with a password where one is sent, and only there."""
    protocol = settings.kafka_security_protocol
    if not protocol.startswith("SASL"):
        if settings.kafka_username is not None or password is not None:
            mend = "SASL_SSL does, or SASL_PLAINTEXT on a network of your own"
            _refuse("SECURITY_PROTOCOL", f"is {protocol}, and sends no name; {mend}")
        return
    if not settings.kafka_username:
        _refuse("USERNAME", f"is not set, and {protocol} needs one")
    if not password:
        _refuse("PASSWORD", f"is not set, nor one in a file; {protocol} needs one")


def _password(settings: Settings) -> str | None:
    """Give the password, of which there may be one."""
    given, file = settings.kafka_password, settings.kafka_password_file
    if given is not None and file is not None:
        _refuse("PASSWORD", "is set, and COORDINATOR_KAFKA_PASSWORD_FILE; unset one")
    if file is not None:
        # Editors end a file with a line feed; no password does.
        return _text("PASSWORD_FILE", file).rstrip("\r\n")
    return None if given is None else given.get_secret_value()


def _ca_file(settings: Settings) -> Path | None:
    file, protocol = settings.kafka_ca_file, settings.kafka_security_protocol
    if file is None:
        return None
    if not protocol.endswith("SSL"):
        _refuse("CA_FILE", f"is set, and {protocol} knows no certificate; unset one")
    if "BEGIN CERTIFICATE" not in _text("CA_FILE", file):
        _refuse("CA_FILE", f"({file}) holds no certificate in PEM")
    return file


def _text(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        _refuse(name, f"({path}) cannot be read: {why}")


def _refuse(name: str, says: str) -> NoReturn:
    message = f"COORDINATOR_KAFKA_{name} {says}"
    raise OperatorError(message) from None
