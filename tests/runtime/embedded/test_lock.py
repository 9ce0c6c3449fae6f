"""One process at a time decides for a home."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from coordinator.events import OperatorError
from coordinator.runtime.embedded.lock import HomeBusyError, hold

HOLDER = """
import sys
from pathlib import Path
from coordinator.runtime.embedded.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(home: Path) -> subprocess.Popen[str]:
    """Start a process that has the right to decide until its stdin ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_home_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """A new home's folder can be entered by nobody else."""
    home = tmp_path / "deep" / "home"
    with hold(home):
        assert home.stat().st_mode & 0o777 == 0o700
        assert (home / "deciding.lock").stat().st_mode & 0o077 == 0


def test_the_second_is_told_who_has_it(tmp_path: Path) -> None:
    """In one line, with the process to stop; even within one process."""
    with (
        hold(tmp_path),
        pytest.raises(HomeBusyError, match=f"pid {os.getpid()}") as busy,
        hold(tmp_path),
    ):
        pass
    assert busy.value.pid == os.getpid()
    assert "\n" not in str(busy.value)


def test_it_is_free_when_given_back(tmp_path: Path) -> None:
    """An error inside gives it back as well."""
    message = "as expected"
    with pytest.raises(ValueError, match=message), hold(tmp_path):
        raise ValueError(message)
    with hold(tmp_path):
        pass


def test_it_is_free_the_moment_its_holder_is_killed(tmp_path: Path) -> None:
    """There is nothing to clean up after kill -9, and nothing to wait out."""
    process = holder(tmp_path)
    with (
        pytest.raises(HomeBusyError, match=f"pid {process.pid}"),
        hold(tmp_path),
    ):
        pass

    process.send_signal(signal.SIGKILL)
    process.communicate()

    with hold(tmp_path):
        pass


def test_who_waits_gets_it_as_soon_as_it_is_free(tmp_path: Path) -> None:
    """Waiting ends with the other's end, not with a time-out."""
    process = holder(tmp_path)
    waiting = threading.Timer(0.0, process.communicate)
    waiting.start()

    with hold(tmp_path, wait_s=30):
        assert int((tmp_path / "deciding.lock").read_text()) == os.getpid()
    waiting.join()


def test_who_gives_up_waiting_takes_nothing(tmp_path: Path) -> None:
    """Its turn, when it comes, goes to the next."""
    with (
        hold(tmp_path),
        pytest.raises(HomeBusyError),
        hold(tmp_path, wait_s=0.01),
    ):
        pass
    with hold(tmp_path, wait_s=30):
        pass


def test_a_file_in_the_homes_place_is_said_so(tmp_path: Path) -> None:
    """A home is a folder."""
    (tmp_path / "home").touch()
    with pytest.raises(OperatorError, match="cannot be used as a home"):
        hold(tmp_path / "home").__enter__()
