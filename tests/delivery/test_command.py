"""Deliveries to a program on this machine."""

import sys
from pathlib import Path

import pytest

from coordinator.delivery import NotTakenError
from coordinator.delivery.command import Command
from coordinator.events import OperatorError

BODY = '{"type": "nz.item23.case.closed", "note": "Kāpiti"}'.encode()


def python(code: str, *words: str, limit_s: float = 20.0) -> Command:
    """Make a command of some Python."""
    return Command([sys.executable, "-c", code, *words], {"HOME": "/"}, limit_s)


def names_in(folder: Path) -> list[str]:
    """List what is in a folder."""
    return [one.name for one in folder.iterdir()]


async def test_a_program_gets_the_event_and_its_id(tmp_path: Path) -> None:
    """The event comes on stdin byte for byte, the delivery's id in the environment."""
    code = (
        "import os, sys; from pathlib import Path; out = Path(sys.argv[1]);"
        "out.write_bytes(sys.stdin.buffer.read()"
        " + os.environ['COORDINATOR_DELIVERY'].encode() + b' '"
        " + ' '.join(sorted(os.environ)).encode())"
    )
    await python(code, str(tmp_path / "got")).deliver("D1", BODY)
    got = (tmp_path / "got").read_bytes().removeprefix(BODY)

    assert got.startswith(b"D1 ")
    # Python adds the last of them by itself in a bare environment.
    assert set(got.split()[1:]) <= {b"COORDINATOR_DELIVERY", b"HOME", b"LC_CTYPE"}


async def test_no_shell_reads_the_arguments(tmp_path: Path) -> None:
    """A word stays a word, whatever is in it."""
    code = "import sys; from pathlib import Path; Path(sys.argv[1]).touch()"
    await python(code, str(tmp_path / "$(touch x); *")).deliver("D1", BODY)

    assert names_in(tmp_path) == ["$(touch x); *"]


async def test_a_program_that_does_not_read_may_take_it_all_the_same() -> None:
    """What counts is how it ends."""
    await python("pass").deliver("D1", b" " * 2_000_000)


async def test_any_other_exit_code_means_that_it_was_not_taken() -> None:
    """It is tried again."""
    with pytest.raises(NotTakenError, match="ended with 3"):
        await python("raise SystemExit(3)").deliver("D1", BODY)


async def test_a_program_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path,
) -> None:
    """Nothing of it is left to take the delivery after all."""
    code = (
        "import subprocess, sys, threading;"
        "child = subprocess.Popen([sys.executable, '-c',"
        " 'import threading; threading.Event().wait()']);"
        "open(sys.argv[1], 'w').write(str(child.pid));"
        "threading.Event().wait()"
    )
    with pytest.raises(NotTakenError, match=r"longer than 2 s"):
        await python(code, str(tmp_path / "pid"), limit_s=2.0).deliver("D1", BODY)
    state = Path("/proc") / (tmp_path / "pid").read_text() / "stat"

    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


async def test_a_program_that_is_not_there_is_for_somebody_to_mend() -> None:
    """To try it again by itself would help nothing."""
    with pytest.raises(OperatorError, match="cannot be started"):
        await Command(["/nowhere/take"], {}).deliver("D1", BODY)
