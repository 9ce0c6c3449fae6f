"""What tests of the command line share: the program itself, and homes to run it on."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coordinator.cli.app import main
from tests.cli.homes import CONTACTS, Bus, Ran, Run, Told, tell


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a home that is not there yet, as the environment's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COORDINATOR_HOME", str(folder))
    monkeypatch.setenv("COORDINATOR_CONTACTS", str(CONTACTS))
    return folder


@pytest.fixture
def run(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Run:
    """Run the program in this process, on the test's own home and beside it."""
    monkeypatch.chdir(home.parent)

    def in_process(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["coordinator", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        code = main()
        out, err = capsysbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return in_process


@pytest.fixture
def program(home: Path) -> Run:
    """Run the program as a process of its own, on the test's own home."""

    def as_process(*arguments: str, stdin: bytes = b"") -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "coordinator.cli", *arguments],
            input=stdin,
            capture_output=True,
            env={**os.environ, "COORDINATOR_HOME": str(home)},
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return as_process


@pytest.fixture
def bus(home: Path) -> Bus:
    """Give a new home with a clock that is moved by hand."""
    return Bus(home)


@pytest.fixture(scope="session")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Tell the case that tests look at; each gets a copy of its home."""
    return tell(Bus(tmp_path_factory.mktemp("told") / "home"))


@pytest.fixture
def told(told_once: Told, home: Path) -> Told:
    """Give a home in which a case was told, up to a deadline that was missed."""
    shutil.copytree(told_once.bus.settings.home, home)
    bus = told_once.bus.moved(home)
    bus.stand()
    return told_once._replace(bus=bus)
