"""
The services of docker-compose.yml, and how to run them here, without an engine.

A service's command, environment and health check are the file's own. What an engine
would map is mapped here: mounted files and volumes to folders of the test, the broker's
name to this machine, ports to free ones.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "docker-compose.yml"
DOCKERFILE: Final = ROOT / "Dockerfile"
SECRETS: Final = "./compose/secrets"
MADE_HERE: Final = "item23-coordinator"
"""The project's own image, without its tag."""

_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+):-(?P<default>[^}]*)\}")


def variables() -> set[str]:
    """Name what the file lets be set; each has a default."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count("${") == len(_VARIABLE.findall(text))
    return {found["name"] for found in _VARIABLE.finditer(text)}


def loaded() -> dict[str, Any]:
    """Read the file, every variable as it is by default."""
    text = _VARIABLE.sub(lambda found: found["default"], FILE.read_text("utf-8"))
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def entrypoint() -> list[str]:
    """Say what the project's own image runs."""
    text = DOCKERFILE.read_text(encoding="utf-8")
    (line,) = re.findall(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)
    words: list[str] = json.loads(line)
    return words


@dataclass(frozen=True, slots=True)
class Service:
    """A service, to be run here: all words are this machine's."""

    name: str
    command: list[str]
    health: list[str]
    environment: dict[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Machine:
    """
    What stands in for an engine.

    Args:
        folder: For volumes, and mounted files that name what is mapped.
        secrets: What `compose/make-secrets` made.
        ports: By what the file has, what is free here.
    """

    folder: Path
    secrets: Path
    ports: Mapping[str, int]

    def service(self, name: str, metrics_port: int) -> Service:
        """Place one service."""
        compose = loaded()
        said = compose["services"][name]
        words = _Words(
            {
                **dict(self._mounts(said, compose["secrets"])),
                "kafka:9093": f"localhost:{self.ports['9093']}",
                **{f":{port}": f":{here}" for port, here in self.ports.items()},
                "9464": str(metrics_port),
            }
        )
        for mounted in self.folder.glob(f"{name}-mounted/*"):
            mounted.write_text(words.here(mounted.read_text("utf-8")), "utf-8")
        return Service(
            name=name,
            command=[
                words.here(one)
                for one in (
                    *said.get("entrypoint", entrypoint()),
                    *said.get("command", ()),
                )
            ],
            health=[words.here(one) for one in said["healthcheck"]["test"][1:]]
            if "healthcheck" in said
            else [],
            environment={
                **surroundings(),
                **{
                    key: words.here(value) for key, value in said["environment"].items()
                },
            },
            folder=self.folder,
        )

    def _mounts(
        self, said: dict[str, Any], secrets: dict[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Give what stands where in a container, and where it is here."""
        # Without a volume nothing can be written there; so nothing is mapped to it.
        yield "/var/lib/coordinator", str(self.folder / "nowhere")
        for one in said.get("volumes", ()):
            source, target = one.split(":")[:2]
            yield target, str(self._source(source, said))
        for one in said["secrets"]:
            file = secrets[one["source"]]["file"]
            yield f"/run/secrets/{one['target']}", str(self._file(file))

    def _source(self, source: str, said: dict[str, Any]) -> Path:
        if not source.startswith("."):
            volume = self.folder / source
            volume.mkdir(exist_ok=True)
            return volume
        file = self._file(source)
        if said["image"].startswith(MADE_HERE) or file.is_file():
            return file
        # The broker's settings name files and ports themselves.
        return Path(shutil.copytree(file, self.folder / "kafka-mounted"))

    def _file(self, source: str) -> Path:
        if source.startswith(SECRETS):
            return self.secrets / source.removeprefix(SECRETS).lstrip("/")
        return ROOT / source


@dataclass(frozen=True, slots=True)
class _Words:
    """Writes for this machine what is written for a container."""

    here_by_there: Mapping[str, str]

    def here(self, text: str) -> str:
        for there in sorted(self.here_by_there, key=len, reverse=True):
            text = text.replace(there, self.here_by_there[there])
        return text


def surroundings() -> dict[str, str]:
    """Give this machine's environment, with our commands and without our settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COORDINATOR_", "KAFKA_"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path}
