"""The program as a program: help, quick starts, errors in a line, and streams."""

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from coordinator.cli.app import main
from tests.cli.homes import Bus, Ran, Run, Told

CLI = Path(__file__).parents[2] / "coordinator" / "cli"
HELP = tomllib.loads((CLI / "help.toml").read_text(encoding="utf-8"))["commands"]
SUSPICION = {"observer_role": "officer", "context": "border_air", "indicators": ["i1"]}
COORDINATOR = [sys.executable, "-m", "coordinator.cli"]

# `run` starts the whole bus: its tests are beside it.
COMMANDS = [
    *((name,) for name in HELP if "below" not in HELP[name] and name != "run"),
    *((name, below) for name in HELP for below in HELP[name].get("below", ())),
]


def test_help_lists_every_command_with_its_summary(run: Run) -> None:
    """Whoever asks for help sees each command and what it is for."""
    ran = run("--help")
    shown = " ".join(ran.out.replace("│", " ").split())

    assert ran.code == 0
    assert "\x1b" not in ran.out
    for told in HELP.values():
        assert told["summary"] in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(run: Run, command: tuple[str, ...]) -> None:
    """A command's own help says what it does, and ends with how it is typed."""
    ran = run(*command, "--help")
    told = (
        HELP[command[0]] if len(command) == 1 else HELP[command[0]]["below"][command[1]]
    )
    shown = " ".join(ran.out.split())

    assert ran.code == 0
    assert told["summary"] in shown
    assert "Example:" in shown
    for line in told["example"].splitlines():
        assert " ".join(line.split()) in shown


def test_help_does_not_wait_for_the_bus() -> None:
    """The list of commands is shown without importing what they are made of."""
    code = (
        "import sys; from coordinator.cli.app import main; sys.argv[1:] = ['--help'];"
        "main(); print(sorted(n for n in sys.modules if n.startswith('coordinator')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, timeout=60
    )

    assert done.stdout.decode().splitlines()[-1] == str(
        [
            "coordinator",
            "coordinator.cli",
            "coordinator.cli.app",
            "coordinator.cli.failures",
        ]
    )


def test_without_a_command_help_is_shown(run: Run) -> None:
    """The bare program shows what there is, and no error beside it."""
    ran = run()

    assert (ran.code, ran.err) == (2, "")
    assert "obligations" in ran.out


def test_shells_can_complete(program: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands, and the names of events, are offered to the shell."""
    monkeypatch.setenv("_COORDINATOR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "coordinator ob")
    monkeypatch.setenv("COMP_CWORD", "1")
    commands = program()
    monkeypatch.setenv("COMP_WORDS", "coordinator emit suspicion.")
    monkeypatch.setenv("COMP_CWORD", "2")
    types = program()

    assert commands.out.split() == ["obligations"]
    assert "suspicion.reported" in types.out.split()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["casse"],
            (
                "No such command 'casse'. Did you mean 'case', 'cases'?"
                " See coordinator --help"
            ),
        ),
        (["--loud"], "No such option: --loud; see coordinator --help"),
        (["cases", "--loud"], "No such option: --loud; see coordinator cases --help"),
        (["case"], "Missing argument 'REF'; see coordinator case --help"),
        (
            ["obligations", "--state", "bad"],
            (
                "Invalid value for '--state': 'bad' is not one of 'open', 'overdue',"
                " 'escalated'; see coordinator obligations --help"
            ),
        ),
    ],
)
def test_wrong_usage_is_one_line(run: Run, arguments: list[str], line: str) -> None:
    """A mistyped command says what is wrong and where the help is, in one line."""
    ran = run(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"coordinator: {line}\n"


def test_wrong_usage_is_a_problem_for_programs(run: Run) -> None:
    """With --json an error is an RFC 9457 problem on stderr."""
    ran = run("case", "TP-1", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert ran.problem["type"] == "urn:nz:item23:problem:usage"
    assert ran.problem["status"] == 400
    assert set(ran.problem) == {"type", "title", "status", "detail", "rule", "cite"}


@pytest.mark.parametrize(
    "command", [["cases"], ["log"], ["replay", "--verify"], ["pages"]]
)
def test_a_home_that_is_not_there(program: Run, home: Path, command: list[str]) -> None:
    """Looking at nothing says where, and what would make one; it makes none."""
    ran = program(*command)

    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"coordinator: {home}")
    assert ran.err.count("\n") == 1
    assert not home.exists()


def test_a_damaged_home(told: Told, run: Run) -> None:
    """A file that is no database is said in one line, for whoever runs the bus."""
    home = told.bus.settings.home
    for path in home.iterdir():
        if path.is_file():
            path.write_bytes(b"nonsense " * 1_000)
    ran = run("cases", "--json")

    assert (ran.code, ran.out) == (4, "")
    assert (ran.problem["rule"], ran.problem["status"]) == ("store", 500)
    assert str(home) in ran.problem["detail"]


def test_a_wrong_directory(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A contacts file that is wrong is named with its line."""
    (tmp_path / "police.yaml").write_text("name: 1\n", encoding="utf-8")
    monkeypatch.setenv("COORDINATOR_CONTACTS", str(tmp_path))
    ran = run("emit", "suspicion.reported", "--as", "dia", "--data", "{}")

    assert ran.code == 4
    assert "police.yaml:1: " in ran.err
    assert ran.err.count("\n") == 1


def test_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment variable that holds what it cannot is named."""
    monkeypatch.setenv("COORDINATOR_REQUIRE_SIGNATURES", "perhaps")
    ran = run("cases")

    assert ran.code == 4
    assert "COORDINATOR_REQUIRE_SIGNATURES" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_may_not_be_written(run: Run, home: Path) -> None:
    """A folder without the right to write is one line."""
    home.mkdir(mode=0o500)
    ran = run("emit", "suspicion.reported", "--as", "dia")

    assert ran.code in {4, 5}
    assert ran.err.count("\n") == 1


def test_a_home_that_is_a_file(run: Run, home: Path) -> None:
    """A path that is no folder is one line, and nothing is acknowledged."""
    home.write_text("in the way", encoding="utf-8")
    ran = run("emit", "suspicion.reported", "--as", "dia")

    assert ran.code in {4, 5}
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert str(home) in ran.err


def test_arguments_that_are_no_text(program: Run) -> None:
    """Bytes on the command line that are no UTF-8 are told like any other mistake."""
    ran = program("case", os.fsdecode(b"TP-\xff"))

    assert ran.code == 2
    assert "not a case reference" in ran.err


def test_a_reader_that_has_seen_enough(told: Told, home: Path) -> None:
    """A pipe that closes ends the program without a word, as a signal would."""
    bus = told.bus
    raws = [bus.raw("suspicion.reported", "dia", SUSPICION) for _ in range(1_000)]
    for command in (["log", "--json"], ["log"], ["cases"], ["emit", "--file", "-"]):
        with subprocess.Popen(
            [*COORDINATOR, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "COORDINATOR_HOME": str(home)},
        ) as process:
            assert process.stdout is not None
            process.stdout.close()
            process.stdout = None
            _, err = process.communicate(b"\n".join(raws), timeout=60)

        assert (process.returncode, err) == (141, b"")


def test_ctrl_c_is_quiet(bus: Bus, home: Path) -> None:
    """An interrupted program ends without a traceback; what was answered is kept."""
    raw = bus.raw("suspicion.reported", "dia", SUSPICION)
    with subprocess.Popen(
        [*COORDINATOR, "emit", "--file", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COORDINATOR_HOME": str(home)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(raw + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""

    assert answer["verdict"] == "accepted"


def test_an_answer_in_a_pipe_does_not_wait(program: Run, bus: Bus) -> None:
    """Through real pipes the streams are data and talk, and the exit code tells."""
    raw = bus.raw("suspicion.reported", "customs", SUSPICION)
    ran: Ran = program("emit", "--file", "-", "--json", stdin=raw + b"\n{\n")

    assert ran.code == 2
    assert [one["verdict"] for one in ran.values] == ["accepted", "rejected"]
    assert ran.err == ""


def test_a_mistake_of_ours_keeps_its_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody outside caused is not dressed up as their mistake."""

    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("coordinator.cli.cases.home_at", broken)
    with pytest.raises(ZeroDivisionError):
        run("cases")
    assert callable(main)


def test_no_help_text_is_taken_for_markup() -> None:
    """Brackets that a screen would read as a style are in no help text."""
    text = (CLI / "help.toml").read_text(encoding="utf-8")
    told = "\n".join(line for line in text.splitlines() if not line.startswith("["))

    assert not re.search(r"\[[a-z#/@]", told)
