"""
The services of docker-compose.yml together: each one's own command, on a real Kafka.

There is no engine here. What it would do is in `tests.compose.services`; the broker,
its certificates and passwords, the rights on it, the health checks and all the rest is
the file's.
"""

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from coordinator.runtime.kafka.connection import Connection
from tests.compose.services import ROOT, Machine, Service
from tests.kafka.broker import LIBS, free_ports
from tests.kafka.cluster import need_local_kafka

pytestmark = pytest.mark.connected

BUS = ("ingress", "case", "router", "timers", "notifier")
AGENCIES = ("police", "customs", "justice")
WORKERS = (*BUS, *AGENCIES)
# Nothing is waited for so long; what hangs is ended, and the test fails.
HANGS_S = 240.0
LOOKS_S = 0.5
SAID = "seam of the left sleeve"


class Trial:
    """What `docker compose up` would have started; `end` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir()
        secrets = folder / "secrets"
        subprocess.run([ROOT / "compose" / "make-secrets", secrets], check=True)
        here = free_ports(3 + len(WORKERS))
        ports = dict(zip(("9092", "9093", "9094"), here, strict=False))
        self.machine = Machine(folder, secrets, ports)
        self.metrics = dict(zip(WORKERS, here[3:], strict=True))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def service(self, name: str) -> Service:
        """Place a service on this machine."""
        return self.machine.service(name, self.metrics.get(name, 9464))

    def start(self, service: Service) -> None:
        """Start it, as an engine would; what it says goes to a file."""
        with (self.logs / service.name).open("ab") as log:
            self.processes[service.name] = subprocess.Popen(
                service.command,
                env=service.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(
        self, service: Service, *command: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run it to its end; with another command, as `docker compose run` does."""
        return subprocess.run(
            [service.command[0], *command] if command else service.command,
            env=service.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=HANGS_S,
            check=False,
        )

    def start_broker(self) -> None:
        """Start Kafka by its service's command; it is up once the operator gets in."""
        service = self.service("kafka")
        also = {"KAFKA_LIBS": str(LIBS)}
        self.start(replace(service, environment=service.environment | also))
        environment = self.service("operator").environment
        operator = Connection(
            environment["COORDINATOR_KAFKA_BOOTSTRAP"],
            protocol="SASL_SSL",
            username=environment["COORDINATOR_KAFKA_USERNAME"],
            password=Path(environment["COORDINATOR_KAFKA_PASSWORD_FILE"])
            .read_text(encoding="utf-8")
            .strip(),
            ca_file=Path(environment["COORDINATOR_KAFKA_CA_FILE"]),
        )
        client = AdminClient({**operator.for_confluent(), "log_level": 0})
        for _ in range(int(HANGS_S)):
            try:
                client.list_topics(timeout=1.0)
            except KafkaException:
                self.must_run("kafka")
            else:
                return
        raise AssertionError(self.said("kafka"))

    def wait_until_healthy(self, service: Service) -> None:
        """Do the health check that the file has until it succeeds."""
        for _ in self.looks(service.name):
            checked = subprocess.run(
                service.health,
                env=service.environment,
                capture_output=True,
                timeout=HANGS_S,
                check=False,
            )
            if checked.returncode == 0:
                return

    def looks(self, name: str) -> Iterator[None]:
        """Look again and again, while a service runs, until it takes too long."""
        pause = threading.Event()
        for _ in range(int(HANGS_S / LOOKS_S)):
            yield
            self.must_run(name)
            pause.wait(LOOKS_S)
        raise AssertionError(self.said(name))

    def must_run(self, name: str) -> None:
        """Fail with what it said if a service has ended."""
        assert self.processes[name].poll() is None, self.said(name)

    def said(self, name: str) -> str:
        """Give the end of what a service wrote."""
        return f"{name}: {(self.logs / name).read_text(errors='replace')[-4_000:]}"

    def end(self) -> None:
        """End what still runs."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """Give a trial of which nothing runs yet."""
    need_local_kafka()
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl, for passwords and certificates")
    made = Trial(tmp_path)
    yield made
    made.end()


def lines(text: str) -> list[dict[str, Any]]:
    """Read NDJSON."""
    return [json.loads(line) for line in text.splitlines()]


def test_the_trial_works_as_it_is_written(trial: Trial) -> None:
    """
    All services become healthy, an event of one agency reaches another, all stop.

    Before that `init` makes what they need, and done again it finds nothing to do. The
    operator can look at what came of it. None of them says in its log what an event is
    about, or a password.
    """
    trial.start_broker()
    for _ in range(2):
        done = trial.run(trial.service("init"))
        assert done.returncode == 0, done.stderr
    assert "make" not in done.stdout
    assert "give" not in done.stdout

    services = [trial.service(name) for name in WORKERS]
    for service in services:
        trial.start(service)
    for service in services:
        trial.wait_until_healthy(service)

    data = {
        "observer_role": "officer",
        "context": "border_air",
        "indicators": ["documents_held"],
        "area": SAID,
    }
    command = ("emit", "suspicion.reported", "--as", "customs", "--json")
    sent = trial.run(trial.service("customs"), *command, "--data", json.dumps(data))
    assert sent.returncode == 0, sent.stderr
    (receipt,) = lines(sent.stdout)
    assert receipt["verdict"] == "accepted"

    delivered = _delivered(trial, "police", receipt["id"])
    assert delivered["subject"] == receipt["case"]

    operator = trial.service("operator")
    assert receipt["case"] in trial.run(operator, "cases").stdout
    assert trial.run(operator, "replay", "--verify").stdout.startswith("identical")
    with urlopen(f"http://127.0.0.1:{trial.metrics['case']}/metrics") as answer:
        assert (
            'coordinator_decisions_total{verdict="accepted"}' in answer.read().decode()
        )

    for name in WORKERS:
        trial.processes[name].send_signal(signal.SIGTERM)
    for name in WORKERS:
        assert trial.processes[name].wait(HANGS_S) == 0, trial.said(name)
    trial.processes["kafka"].send_signal(signal.SIGTERM)
    assert trial.processes["kafka"].wait(HANGS_S) in (0, 128 + signal.SIGTERM)

    assert not (trial.folder / "nowhere").exists()
    for name in WORKERS:
        text = (trial.logs / name).read_text(encoding="utf-8")
        assert SAID not in text
        assert all("event" in line for line in lines(text)), text
    secrets = [
        file.read_text(encoding="utf-8").strip()
        for file in (trial.machine.secrets / "passwords").iterdir()
    ]
    for log in trial.logs.iterdir():
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not any(one in text for one in secrets)


def _delivered(trial: Trial, agency: str, event: str) -> dict[str, Any]:
    """Wait until an agency's own system, which keeps files, has an event."""
    for _ in trial.looks(agency):
        for file in (trial.folder / agency / "delivered").glob("*.json"):
            read: dict[str, Any] = json.loads(file.read_bytes())
            if read["id"] == event:
                return read
    raise AssertionError(agency)
