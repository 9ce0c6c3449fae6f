"""The cluster that the settings name: what each client is told, and what cannot be."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from coordinator.connecting import connection_of
from coordinator.events import OperatorError
from coordinator.runtime.kafka.connection import Connection
from coordinator.settings import Settings
from coordinator.topics import LOG
from tests.kafka.certificates import make_certificates

BROKERS = "one.example:9093, two.example:9093"
WHO: dict[str, Any] = {"kafka_username": "agency.police", "kafka_password": "s3cret"}
SECURE: dict[str, Any] = {"kafka_security_protocol": "SASL_SSL", **WHO}


def connection(**given: Any) -> Connection:  # noqa: ANN401 - settings of any type
    """Give the cluster of some settings."""
    return connection_of(Settings(**{"kafka_bootstrap": BROKERS, **given}))


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Give the certificate of an authority."""
    return make_certificates(tmp_path / "tls").authority


def test_it_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, authority: Path
) -> None:
    """As orchestrators set it, with the password in a file."""
    secret = authority.with_name("password")
    secret.write_text("s3cret\n", encoding="utf-8")
    for name, value in {
        "BOOTSTRAP": "one.example:9093",
        "PREFIX": "trial.",
        "SECURITY_PROTOCOL": "SASL_SSL",
        "USERNAME": "agency.police",
        "PASSWORD_FILE": str(secret),
        "CA_FILE": str(authority),
    }.items():
        monkeypatch.setenv(f"COORDINATOR_KAFKA_{name}", value)
    found = connection_of(Settings())

    assert found.names.of(LOG) == "trial.case.log"
    assert found.password == "s3cret"  # noqa: S105 - of no cluster
    assert found.ca_file == authority


def test_a_password_is_never_shown() -> None:
    """Not by the connection, nor by the settings it came from."""
    settings = Settings(kafka_bootstrap=BROKERS, **SECURE)

    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(connection_of(settings))


def test_every_client_is_told_the_same(authority: Path) -> None:
    """Brokers, TLS and a password, each under the client's own names."""
    found = connection(**SECURE, kafka_ca_file=authority)
    aiokafka, confluent = found.for_aiokafka(), found.for_confluent()
    faust = found.for_faust()

    assert aiokafka["bootstrap_servers"] == confluent["bootstrap.servers"] == BROKERS
    assert faust["broker"] == ["kafka://one.example:9093", "kafka://two.example:9093"]
    assert aiokafka["security_protocol"] == confluent["security.protocol"] == "SASL_SSL"
    assert aiokafka["sasl_mechanism"] == confluent["sasl.mechanism"] == "SCRAM-SHA-512"
    assert aiokafka["sasl_plain_username"] == confluent["sasl.username"]
    assert aiokafka["sasl_plain_password"] == confluent["sasl.password"]
    assert confluent["ssl.ca.location"] == str(authority)
    credentials = faust["broker_credentials"]
    assert credentials.protocol.value == "SASL_SSL"
    assert credentials.mechanism.value == "SCRAM-SHA-512"
    assert (credentials.username, credentials.password) == ("agency.police", "s3cret")


def test_a_broker_must_prove_its_name() -> None:
    """With TLS, a certificate for another host is not taken."""
    for protocol in ("SSL", "SASL_SSL"):
        who = WHO if protocol == "SASL_SSL" else {}
        context = connection(kafka_security_protocol=protocol, **who).for_aiokafka()[
            "ssl_context"
        ]

        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT"])
def test_less_than_a_password_over_tls_will_do_where_it_is_asked_for(
    protocol: str,
) -> None:
    """On a network of one's own; each client speaks that protocol."""
    who = WHO if protocol.startswith("SASL") else {}
    found = connection(kafka_security_protocol=protocol, **who)
    credentials = found.for_faust().get("broker_credentials")

    assert found.for_aiokafka()["security_protocol"] == protocol
    assert ("sasl_mechanism" in found.for_aiokafka()) is bool(who)
    assert ("sasl.mechanism" in found.for_confluent()) is bool(who)
    assert (credentials is None) is (protocol == "PLAINTEXT")
    if credentials is not None:
        assert credentials.protocol.value == protocol


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kafka_bootstrap": None}, "COORDINATOR_KAFKA_BOOTSTRAP is not set"),
        ({"kafka_bootstrap": "kafka"}, "BOOTSTRAP takes host:port"),
        ({"kafka_bootstrap": "a:1,,b:2"}, "BOOTSTRAP takes host:port"),
        (WHO, "SECURITY_PROTOCOL is PLAINTEXT, and sends no name"),
        (
            {"kafka_security_protocol": "SSL", "kafka_username": "police"},
            "SECURITY_PROTOCOL is SSL, and sends no name",
        ),
        ({**SECURE, "kafka_username": None}, "USERNAME is not set, and SASL_SSL needs"),
        ({**SECURE, "kafka_password": None}, "PASSWORD is not set"),
        ({**SECURE, "kafka_password": ""}, "PASSWORD is not set"),
        ({**SECURE, "kafka_password_file": "here"}, "unset one"),
        (
            {**SECURE, "kafka_password": None, "kafka_password_file": "nowhere"},
            "PASSWORD_FILE (nowhere) cannot be read: No such file",
        ),
        ({**SECURE, "kafka_ca_file": "nowhere"}, "CA_FILE (nowhere) cannot be read"),
        ({**SECURE, "kafka_ca_file": __file__}, "holds no certificate in PEM"),
        ({"kafka_ca_file": "ca.pem"}, "CA_FILE is set, and PLAINTEXT knows no"),
    ],
)
def test_what_cannot_work_is_told_before_a_broker_is_asked(
    given: dict[str, Any], says: str
) -> None:
    """In one line that names the variable, and never a password."""
    with pytest.raises(OperatorError) as told:
        connection(**given)

    assert says in str(told.value)
    assert str(told.value).startswith("COORDINATOR_KAFKA_")
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    "given",
    [
        {"runtime": "rabbit"},
        {"kafka_prefix": "a_b"},
        {"kafka_prefix": "a" * 65},
        {"kafka_security_protocol": "TLS"},
        {"kafka_replicas": 0},
    ],
)
def test_a_setting_that_has_no_such_value_is_refused(given: dict[str, Any]) -> None:
    """`_` in a name would, to Kafka's metrics, be the same as a dot."""
    with pytest.raises(ValidationError):
        Settings(**given)
