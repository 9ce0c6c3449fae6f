"""`coordinator topics users`: passwords set from files, on a broker that asks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from coordinator.runtime.kafka.asking import Asking
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.errors import ClusterError
from coordinator.runtime.kafka.users import Users
from tests.kafka.broker import OPERATOR, PASSWORD, Broker

pytestmark = pytest.mark.connected

FIRST: Final = "first-of-two-passwords"
SECOND: Final = "second-of-two-passwords"

Set = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def users(secured: Broker) -> Set:
    """Give the command, run as the operator."""
    connection = secured.operator
    environment = {
        **os.environ,
        "COORDINATOR_KAFKA_BOOTSTRAP": connection.bootstrap,
        "COORDINATOR_KAFKA_SECURITY_PROTOCOL": connection.protocol,
        "COORDINATOR_KAFKA_USERNAME": OPERATOR,
        "COORDINATOR_KAFKA_PASSWORD": PASSWORD,
        "COORDINATOR_KAFKA_CA_FILE": str(connection.ca_file),
    }

    def run(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
        program = [sys.executable, "-m", "coordinator.cli", "topics", "users"]
        return subprocess.run(
            [*program, str(folder), *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def come_in(connection: Connection) -> None:
    """Ask a broker for what it tells everybody whom it lets in."""
    Asking(connection, 10.0).metadata()


def test_a_password_is_set_and_changed(
    secured: Broker, users: Set, tmp_path: Path
) -> None:
    """What the file has lets in; what it had before does so no more."""
    file = tmp_path / "agency.mfat"
    file.write_text(f"{FIRST}\n", encoding="utf-8")
    done = users(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"change": "set", "principal": "User:agency.mfat"}
    come_in(secured.connection("agency.mfat", FIRST))

    file.write_text(SECOND, encoding="utf-8")
    done = users(tmp_path)
    assert done.stdout == "set  User:agency.mfat\n"
    assert SECOND not in done.stderr
    come_in(secured.connection("agency.mfat", SECOND))
    with pytest.raises(ClusterError, match="takes not this password"):
        come_in(secured.connection("agency.mfat", FIRST))


@pytest.mark.parametrize("name", ["root", "agency.", "agency.Police", "polic"])
def test_a_file_of_another_name_is_no_ones(
    users: Set, tmp_path: Path, name: str
) -> None:
    """A slip of the pen makes no principal; nothing is set then, not even the rest."""
    for one in ("case", name):
        (tmp_path / one).write_text(FIRST, encoding="utf-8")
    done = users(tmp_path)
    assert done.returncode == 2
    assert f"{name}: no principal of the bus; they are " in done.stderr


@pytest.mark.parametrize("password", ["", "too short", "one line\nand more of them"])
def test_what_is_no_password_is_told(users: Set, tmp_path: Path, password: str) -> None:
    """It is short, or more than a line; the text of it is not in the answer."""
    (tmp_path / "case").write_text(password, encoding="utf-8")
    done = users(tmp_path)
    assert done.returncode == 4
    assert "case: not a password" in done.stderr
    assert not password or password not in done.stderr


def test_an_empty_folder_is_told(users: Set, tmp_path: Path) -> None:
    """Most likely it is the wrong folder."""
    done = users(tmp_path)
    assert done.returncode == 2


def test_only_the_operator_sets_passwords(secured: Broker) -> None:
    """An agency cannot let anybody in, or change its own."""
    Users(secured.operator).set({"agency.dia": FIRST})
    with pytest.raises(ClusterError, match=r"agency\.dia may not do this"):
        Users(secured.connection("agency.dia", FIRST)).set({"agency.dia": SECOND})
