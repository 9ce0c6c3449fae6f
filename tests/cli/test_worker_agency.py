"""The ready agent: to a program, to a webhook, and a look at what was parked."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import pytest

from coordinator.runtime.line import Arrival
from coordinator.runtime.sqlite.tray import Tray
from tests.cli.homes import Run, Told

ENOUGH_S = 60.0
WORKER = ("worker", "agency", "--as", "labour")


@pytest.fixture
def tray(told: Told) -> Iterator[Tray]:
    """Give Labour's tray in the home."""
    (told.bus.settings.home / "agents").mkdir()
    tray = Tray(told.bus.settings.home / "agents" / "labour.sqlite")
    yield tray
    tray.close()


def park(tray: Tray, *deliveries: str) -> None:
    """Park deliveries."""
    for number, one in enumerate(deliveries):
        tray.keep([Arrival(one, "alert:A-1", "full", b"{}", number)])
        tray.begin(one)
        tray.park(one, "LookupError at take.py:7")


@contextmanager
def working(
    told: Told, *arguments: str, **environment: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a ready agent for Labour; stopped, it must end well."""
    with subprocess.Popen(
        [sys.executable, "-m", "coordinator.cli", *WORKER, *arguments],
        env={
            **os.environ,
            "COORDINATOR_HOME": str(told.bus.settings.home),
            "COORDINATOR_KAFKA_PASSWORD": "not-for-the-program",
            **environment,
        },
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            for line in process.stderr.read().splitlines():
                assert orjson.loads(line)["event"] == "agency.handled"
            assert process.wait(ENOUGH_S) == 0
        finally:
            process.kill()


def until_there(process: "subprocess.Popen[bytes]", folder: Path, count: int) -> None:
    """Wait until a program has kept so many deliveries, while its agent runs."""
    for _ in range(int(ENOUGH_S * 20)):
        if len(list(folder.iterdir())) >= count:
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            break
    message = f"there are not {count} deliveries"
    raise AssertionError(message)


def test_a_program_takes_every_delivery(told: Told, run: Run, tmp_path: Path) -> None:
    """Each is handed over once, as the inbox shows it, under its id."""
    folder = tmp_path / "delivered"
    folder.mkdir()
    code = (
        "import os, sys; from pathlib import Path;"
        "assert 'COORDINATOR_KAFKA_PASSWORD' not in os.environ;"
        "path = Path(sys.argv[1]) / os.environ['COORDINATOR_DELIVERY'];"
        "path.write_bytes(sys.stdin.buffer.read())"
    )
    command = shlex.join([sys.executable, "-c", code, str(folder)])
    with working(told, "--command", command) as process:
        until_there(process, folder, 4)
    inbox = run("inbox", "labour", "--json").values

    assert {one.name: orjson.loads(one.read_bytes()) for one in folder.iterdir()} == {
        one["id"]: one["event"] for one in inbox
    }


def test_what_was_parked_is_shown_and_put_back(tray: Tray, run: Run) -> None:
    """What nobody took is there to be seen, and to be tried again."""
    park(tray, "D1", "D2")
    shown = run(*WORKER, "--parked")
    assert [line.split()[0] for line in shown.out.splitlines()] == ["id", "D1", "D2"]
    assert "LookupError at take.py:7" in shown.out
    assert run(*WORKER, "--parked", "--json").values[0] == {
        "id": "D1",
        "case": "alert:A-1",
        "attempts": 1,
        "why": "LookupError at take.py:7",
    }
    put_back = run(*WORKER, "--retry", "d1")

    assert (put_back.code, put_back.out) == (0, "")
    assert [one.id for one in tray.parked()] == ["D2"]
    waiting = tray.first_of("alert:A-1")
    assert waiting is not None
    assert (waiting.id, waiting.attempts, waiting.tries) == ("D1", 1, 0)


def test_nothing_parked_is_said(told: Told, run: Run) -> None:
    """An agency whose agent never ran has nothing parked either."""
    ran = run(*WORKER, "--parked")

    assert (ran.code, ran.out) == (0, "")
    assert "Nothing is parked for labour." in ran.err
    assert not (told.bus.settings.home / "agents").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give one of --webhook, --command, --parked and --retry"),
        (("--parked", "--retry", "D1"), "give one of"),
        (("--retry", "D9"), "D9: no such delivery is parked"),
        (("--command", "'"), "--command: cannot be read"),
        (("--command", " "), "--command: names no program"),
    ],
)
@pytest.mark.usefixtures("told")
def test_a_slip_is_told_in_a_line(
    run: Run, arguments: tuple[str, ...], says: str
) -> None:
    """What cannot be done as written is said, and what can."""
    ran = run(*WORKER, *arguments)

    assert ran.code == 2
    assert says in ran.err


@pytest.mark.parametrize(
    ("url", "secret", "says"),
    [
        ("https://police.example/", "", "no webhook secret"),
        ("https://police.example/", "whsec_c2hvcnQ=", "webhook secret 1: it takes"),
        ("http://police.example/", f"whsec_{'A' * 32}", "takes https://"),
    ],
)
@pytest.mark.usefixtures("told")
def test_a_webhook_without_protection_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, secret: str, says: str
) -> None:
    """Neither a secret that is none nor a way that is open is used."""
    monkeypatch.setenv("COORDINATOR_WEBHOOK_SECRET", secret)
    ran = run(*WORKER, "--webhook", url)

    assert ran.code == 4
    assert says in ran.err
    assert "c2hvcnQ=" not in ran.err


@pytest.mark.usefixtures("told")
def test_an_id_that_is_no_agencys_names_no_file(run: Run) -> None:
    """An agency's id is part of a path; it may lead nowhere else."""
    ran = run("worker", "agency", "--as", "../x", "--parked")

    assert ran.code == 4
    assert "not an agency's id" in ran.err
