"""docker-compose.yml and the Dockerfile: what can be said without an engine."""

import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from coordinator.cli.worker import worker
from coordinator.settings import Settings
from tests.compose.services import (
    DOCKERFILE,
    FILE,
    MADE_HERE,
    ROOT,
    SECRETS,
    loaded,
    variables,
)

COMPOSE = loaded()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, one in SERVICES.items() if one["image"].startswith(MADE_HERE)]
WORKERS = [name for name in OURS if "healthcheck" in SERVICES[name]]
PINNED = re.compile(r"^[a-z0-9./-]+:\d+\.\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$")

each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)
each_worker = pytest.mark.parametrize("name", WORKERS)


def secret(name: str, target: str) -> str:
    """Say which secret a service is given as a file."""
    (found,) = [one for one in SERVICES[name]["secrets"] if one["target"] == target]
    return str(found["source"])


def compose() -> list[str]:
    """Find Docker Compose, of which a reading command needs no engine."""
    alone, docker = shutil.which("docker-compose"), shutil.which("docker")
    if alone is not None:
        return [alone]
    if docker is not None:
        plugin = [docker, "compose"]
        asked = subprocess.run([*plugin, "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return plugin
    pytest.skip("needs Docker Compose (on Debian and Ubuntu: docker-compose)")


def test_compose_itself_can_read_it() -> None:
    """With the tools' profile as well; nothing of it is unknown or missing."""
    done = subprocess.run(
        [*compose(), "--file", str(FILE), "--profile", "tools", "config"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


@each_service
def test_a_service_can_do_no_more_than_it_must(name: str) -> None:
    """No capability, no way to get one, nothing to write but its volume, and bounds."""
    said = SERVICES[name]
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit"} <= said.keys()
    assert not {"privileged", "cap_add", "ports", "user", "network_mode"} & said.keys()


@each_service
def test_an_image_is_pinned(name: str) -> None:
    """By its whole version."""
    assert PINNED.match(SERVICES[name]["image"])


def test_the_image_is_built_from_pinned_ones_and_runs_as_nobody_special() -> None:
    """Both stages from the same Python, by its whole version; not as root."""
    text = DOCKERFILE.read_text(encoding="utf-8")
    (base,) = re.findall(r"^ARG PYTHON=(.*)$", text, re.MULTILINE)
    assert PINNED.match(base)
    assert {one.split()[1] for one in re.findall(r"^FROM .*$", text, re.MULTILINE)} == {
        "${PYTHON}"
    }
    (user,) = re.findall(r"^USER (\d+):\d+$", text, re.MULTILINE)
    assert int(user) > 1000


@each_of_ours
def test_a_service_is_who_its_password_is_for(name: str) -> None:
    """It is given its own password and nobody else's, as a file."""
    environment = SERVICES[name]["environment"]
    assert environment["COORDINATOR_KAFKA_USERNAME"] == secret(name, "password")
    assert len(SERVICES[name]["secrets"]) == 2
    assert environment["COORDINATOR_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"


@each_of_ours
def test_settings_have_names_that_are_read(name: str) -> None:
    """A setting that nobody reads is a mistake that nobody is told of."""
    known = {f"COORDINATOR_{field.upper()}" for field in Settings.model_fields}
    assert set(SERVICES[name]["environment"]) <= known


def test_no_secret_is_in_the_file() -> None:
    """Secrets are files that are made, and that version control leaves alone."""
    for name, one in COMPOSE["secrets"].items():
        assert one["file"].startswith(f"{SECRETS}/"), name
    for one in SERVICES.values():
        for key in one["environment"]:
            assert key.endswith("_FILE") or not re.search("PASSWORD|SECRET|KEY", key)
    ignored = (ROOT / "compose" / ".gitignore").read_text(encoding="utf-8")
    assert "/secrets/" in ignored.split()


@each_worker
def test_a_worker_waits_for_the_topics_and_says_when_it_is_ready(name: str) -> None:
    """It starts behind `init`, and its health is that it is ready."""
    said = SERVICES[name]
    assert said["depends_on"] == {
        "init": {"condition": "service_completed_successfully"}
    }
    assert ":9464/ready" in said["healthcheck"]["test"][-1]
    assert said["environment"]["COORDINATOR_METRICS_PORT"] == "9464"
    assert said["restart"] == "unless-stopped"


def test_every_worker_that_there_is_has_a_service() -> None:
    """What `coordinator worker` can be, the trial runs."""
    kinds = {SERVICES[name]["command"][1] for name in WORKERS}
    assert {str(one.name) for one in worker.registered_commands} <= kinds


def test_what_may_be_set_is_in_the_example() -> None:
    """As many names in one as in the other; the example sets the defaults."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    example = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    assert set(example) == variables()
    for name, value in example.items():
        assert f"${{{name}:-{value}}}" in FILE.read_text(encoding="utf-8")


def _made_in(folder: Path) -> dict[Path, bytes]:
    subprocess.run([ROOT / "compose" / "make-secrets", folder], check=True)
    return {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_every_secret_is_made_once(tmp_path: Path) -> None:
    """Each file that a service is given is made; done again, all stay as they are."""
    folder = tmp_path / "secrets"
    files = _made_in(folder)
    assert _made_in(folder) == files
    for one in COMPOSE["secrets"].values():
        assert folder / Path(one["file"]).relative_to(SECRETS) in files
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "authority.key").stat().st_mode) == 0o600
