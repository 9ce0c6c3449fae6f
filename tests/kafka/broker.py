"""
A real Kafka for tests: one broker, with its controller, in a process of its own.

Apache Kafka's own jars run on the local Java 17 (`make .kafka/installed` copies them
into `.kafka/libs`). It is up in about three seconds, keeps what it has in a folder, and
can be killed and started again on the same port.

Source: Apache Kafka 4.1, KRaft and Security.
"""

import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from coordinator.runtime.kafka.connection import Connection
from tests.kafka.certificates import Certificates

ROOT = Path(__file__).parents[2]
LIBS = ROOT / ".kafka" / "libs"
OPERATOR = "operator"
PASSWORD = "only-for-tests"  # noqa: S105 - of a broker that lives as long as a test
_CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
START_S = 60.0
_STOP_S = 30.0

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "INSIDE",
    "num.partitions": "1",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # One that was killed is let in again once its last life has expired.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    # As short as the clients of the tests may want theirs.
    "group.min.session.timeout.ms": "1000",
    # Tests delete what they made, and others wait for the disk.
    "log.segment.delete.delay.ms": "0",
    "log.index.size.max.bytes": "1048576",
}
_AUTHORIZER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    # The broker itself is nobody to its own inner listeners, which only it uses.
    "super.users": f"User:ANONYMOUS;User:{OPERATOR}",
    "allow.everyone.if.no.acl.found": "false",
    "sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "ssl.keystore.type": "PEM",
    "listener.name.clients.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common"
    ".security.scram.ScramLoginModule required;",
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a broker listens: to clients, to itself, and as its own controller."""

    clients: int
    inside: int
    controller: int


class Broker:
    """
    One broker and its folder; killed or stopped, it starts again where it was.

    Args:
        folder: Its data, settings and log; made if it is not there.
        certificates: With some, clients come over TLS with a password and need rights;
            `OPERATOR` with `PASSWORD` has all. Without, anybody may do anything.
        heap: The most that Java may take for itself.
        lasts: Whether it is to be fast in the long run, in place of up soon.
    """

    def __init__(
        self,
        folder: Path,
        *,
        certificates: Certificates | None = None,
        heap: str = "512m",
        lasts: bool = False,
    ) -> None:
        self.folder = folder
        self.certificates = certificates
        self.ports = Ports(*free_ports(3))
        self._heap = heap
        self._lasts = lasts
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def bootstrap(self) -> str:
        """Its address for clients."""
        return f"127.0.0.1:{self.ports.clients}"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None, "it is not started"
        return self._process.pid

    @property
    def operator(self) -> Connection:
        """How to reach it as whoever may do everything."""
        return self.connection(OPERATOR, PASSWORD)

    def connection(self, username: str, password: str) -> Connection:
        """Say how to reach it as somebody; where it asks nobody, as nobody."""
        if self.certificates is None:
            return Connection(self.bootstrap)
        return Connection(
            self.bootstrap,
            protocol="SASL_SSL",
            username=username,
            password=password,
            ca_file=self.certificates.authority,
        )

    def start(self) -> "Broker":
        """Start it, and wait until it answers."""
        assert self._process is None, "it is started already"
        settings = self.folder / "server.properties"
        if not settings.exists():
            settings.write_text(self._settings(), encoding="utf-8")
            self._format(settings)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._java(), "kafka.Kafka", str(settings)],
                stdout=log,
                stderr=log,
                # Ctrl-C at a terminal is for whoever runs the tests.
                start_new_session=True,
            )
        self._wait_until_up()
        return self

    def stop(self) -> None:
        """Let it end in order; one that does not is killed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it as a power cut would, but for what the machine's cache holds."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it and start it again, on the same data and port."""
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _settings(self) -> str:
        ports, security = self.ports, self.certificates
        said = {
            **SETTINGS,
            "log.dirs": str(self.folder / "data"),
            "listeners": f"CLIENTS://127.0.0.1:{ports.clients},"
            f"INSIDE://127.0.0.1:{ports.inside},"
            f"CONTROLLER://127.0.0.1:{ports.controller}",
            "controller.quorum.voters": f"1@127.0.0.1:{ports.controller}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,"
            f"CLIENTS:{'PLAINTEXT' if security is None else 'SASL_SSL'}",
        }
        if security is not None:
            said |= {**_AUTHORIZER, "ssl.keystore.location": str(security.keystore)}
        return "".join(f"{name}={value}\n" for name, value in said.items())

    def _format(self, settings: Path) -> None:
        command = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c"]
        if self.certificates is None:
            also = []
        else:
            person = f"SCRAM-SHA-512=[name={OPERATOR},password={PASSWORD}]"
            also = ["--add-scram", person]
        done = subprocess.run(
            [*self._java(), *command, str(settings), *also],
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _java(self) -> list[str]:
        java = shutil.which("java")
        assert java is not None, "there is no java on the PATH"
        # The first compiler alone: a broker that lives for minutes starts sooner.
        soon = [] if self._lasts else ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        return [
            java,
            f"-Xmx{self._heap}",
            *soon,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            f"{LIBS}/*",
        ]

    def _wait_until_up(self) -> None:
        process = self._process
        assert process is not None
        if wait_until_up(self.operator, lambda: process.poll() is None):
            return
        self.kill()
        said = self.log.read_text(errors="replace")[-4_000:]
        message = f"Kafka did not start:\n{said}"
        raise RuntimeError(message)


def wait_until_up(connection: Connection, may_come: Callable[[], bool]) -> bool:
    """
    Wait until a broker answers, and tell whether it does.

    Args:
        connection: Which, and as whom.
        may_come: Whether there is any use in going on.
    """
    client = AdminClient(
        {
            **connection.for_confluent(),
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 200,
            "log_level": 0,
        }
    )
    for _ in range(int(START_S)):
        if not may_come():
            return False
        try:
            client.list_topics(timeout=1.0)
        except KafkaException:
            continue
        return True
    return False


def free_ports(count: int) -> list[int]:
    """
    Find ports that nobody listens on.

    They are below those that a machine gives to clients (from 32768 on Linux): such a
    one could be taken while a broker is down, and a client that knocks at it from
    itself would be answered by itself.
    """
    tried = random.SystemRandom().sample(range(20_000, 32_000), 100 + count)
    return list(islice((port for port in tried if _is_free(port)), count))


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
