"""
A real Kafka in a container, where testcontainers is installed and an engine answers.

Neither is asked for: a project that has them saves itself Java. The container has one
broker with the settings of `tests.kafka.broker`, on a port of this machine.

Source: docker.io/apache/kafka, on its environment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from coordinator.runtime.kafka.connection import Connection
from tests.kafka.broker import SETTINGS, START_S, free_ports, wait_until_up

IMAGE = "apache/kafka:4.1.0"


def engine_answers() -> bool:
    """Tell whether containers can be started here."""
    if find_spec("testcontainers") is None:
        return False
    docker = import_module("docker")
    try:
        return bool(docker.from_env(timeout=5).ping())
    except docker.errors.DockerException:
        return False


@contextmanager
def contained() -> Iterator[str]:
    """Give the address of a broker that lives as long as this does."""
    (port,) = free_ports(1)
    inside = "INSIDE://127.0.0.1:9092"
    settings = {
        **SETTINGS,
        "listeners": f"CLIENTS://0.0.0.0:{port},{inside},CONTROLLER://127.0.0.1:9094",
        "advertised.listeners": f"CLIENTS://127.0.0.1:{port},{inside}",
        "controller.quorum.voters": "1@127.0.0.1:9094",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,"
        "CLIENTS:PLAINTEXT",
    }
    container = import_module("testcontainers.core.container").DockerContainer(IMAGE)
    for name, value in settings.items():
        container.with_env(f"KAFKA_{name.upper().replace('.', '_')}", value)
    with container.with_bind_ports(port, port):
        connection = Connection(f"127.0.0.1:{port}")
        assert wait_until_up(connection, lambda: True), f"not up in {START_S} s"
        yield connection.bootstrap
