"""The program on a cluster: its commands run to their end, its workers beside them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from confluent_kafka import Consumer, TopicPartition

from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import Topic
from tests.cli.homes import CONTACTS, Ran

ROOT: Final = Path(__file__).parents[2]
# Nothing is waited for so long; what hangs is ended, and its test fails.
HANGS_S: Final = 120.0


class Program(NamedTuple):
    """
    The command line, with a cluster's settings in the environment.

    Attributes:
        connection: Which cluster, and under which prefix.
        folder: Where it runs; its home is below.
        more: Further settings.
    """

    connection: Connection
    folder: Path
    more: Mapping[str, str] = {}

    def __call__(
        self, *arguments: str, stdin: bytes = b"", timeout: float = HANGS_S
    ) -> Ran:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def set(self, **more: str) -> "Program":
        """Give the same with other settings: `KAFKA_PREFIX="x."`."""
        named = {f"COORDINATOR_{name}": value for name, value in more.items()}
        return self._replace(more={**self.more, **named})

    @contextmanager
    def started(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Start a command; it is ended with the block, and what it says is kept."""
        out = self.folder / f"{'-'.join(arguments[:2])}.out"
        with out.open("ab") as said:
            process = subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(HANGS_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def command(self, *arguments: str) -> list[str]:
        """Give a command's own line."""
        return [sys.executable, "-m", "coordinator.cli", *arguments]

    def environment(self) -> dict[str, str]:
        """Give the surroundings, with no settings of ours but these."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("COORDINATOR_")
        }
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "COORDINATOR_RUNTIME": "kafka",
            "COORDINATOR_HOME": str(self.folder / "cluster"),
            "COORDINATOR_CONTACTS": str(CONTACTS),
            "COORDINATOR_KAFKA_BOOTSTRAP": self.connection.bootstrap,
            "COORDINATOR_KAFKA_PREFIX": self.connection.names.prefix,
            "COORDINATOR_KAFKA_REPLICAS": "1",
            **self.more,
        }


class Ends:
    """Counts what stands in a topic; to be closed."""

    def __init__(self, connection: Connection) -> None:
        self._names = connection.names
        self._client = Consumer({**connection.for_confluent(), "group.id": "unused"})

    def of(self, topic: Topic) -> int:
        """Count the records of all its partitions."""
        name = self._names.of(topic)
        known = self._client.list_topics(name, timeout=HANGS_S).topics[name]
        return sum(
            self._client.get_watermark_offsets(
                TopicPartition(name, partition), timeout=HANGS_S
            )[1]
            for partition in known.partitions
        )

    def close(self) -> None:
        """Let go."""
        self._client.close()
