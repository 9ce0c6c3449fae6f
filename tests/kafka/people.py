"""Who may come in to a broker that asks: names with passwords."""

from collections.abc import Iterable

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from coordinator.runtime.kafka.connection import Connection
from tests.kafka.broker import PASSWORD

# The fewest that Kafka takes; more are for passwords that somebody might guess.
_ROUNDS = 4_096


def make_users(operator: Connection, names: Iterable[str]) -> None:
    """Give each name the tests' password."""
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ROUNDS)
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(name, how, PASSWORD.encode()) for name in names
    ]
    client = AdminClient({**operator.for_confluent()})
    asked = client.alter_user_scram_credentials(wanted, request_timeout=10)
    for future in asked.values():
        future.result(10)
