"""The program as a program: help, quick starts, errors in a line, and streams."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from coordinator.cli.app import main
from coordinator.events import is_case_reference
from coordinator.runtime.sqlite.store import SqliteStore
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


def test_a_home_of_another_version(told: Told, run: Run) -> None:
    """A protocol that this program cannot read is told, and who can read it."""
    path = told.bus.settings.home / "bus.sqlite"
    _change(path, "UPDATE profile SET value = '{}'")
    ran = run("cases")

    assert ran.code == 4
    assert "use the version that wrote it" in ran.err
    assert ran.err.count("\n") == 1


def test_a_home_without_a_protocol(told: Told, run: Run) -> None:
    """A home that was never finished says what finishes it."""
    home = told.bus.settings.home
    for path in home.iterdir():
        path.unlink()
    SqliteStore(home / "bus.sqlite").close()
    ran = run("cases")

    assert ran.code == 4
    assert "`coordinator run` makes one so" in ran.err


def test_a_log_that_needs_what_is_not_there(told: Told, run: Run) -> None:
    """Rows decided under a protocol that was lost are a damaged store, in a line."""
    path = told.bus.settings.home / "bus.sqlite"
    _change(
        path, "UPDATE log SET decision = replace(decision, 'nz-2009/1', 'nz-2009/9')"
    )
    _change(path, "UPDATE log SET profile = 'nz-2009/9', row_sum = NULL")
    looked, replayed = run("cases"), run("replay", "--verify")

    assert looked.code == replayed.code == 4
    assert "nz-2009/9" in looked.err
    assert "decided under nz-2009/9, which this home does not hold" in replayed.err
    assert looked.err.count("\n") == replayed.err.count("\n") == 1


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """A file of the system's that cannot be made is named, with the reason."""
    (tmp_path / "file").write_bytes(b"")
    ran = run("schemas", "export", str(tmp_path / "file"))

    assert ran.code == 4
    assert ran.err == f"coordinator: {tmp_path}/file/events: Not a directory\n"


def test_progress_is_for_terminals(program: Run, bus: Bus, home: Path) -> None:
    """A bar is drawn where somebody watches, and never into the data."""
    raws = [bus.raw("suspicion.reported", "dia", SUSPICION) for _ in range(600)]
    file = home.parent / "many.ndjson"
    file.write_bytes(b"\n".join(raws))
    emitted = _watched("emit", "--file", str(file), "--json", home=home)
    verified = _watched("replay", "--verify", home=home)

    assert "bytes" in emitted.err
    assert len(emitted.values) == 600
    assert "decisions" in verified.err
    assert verified.out == program("replay", "--verify").out
    assert "\x1b" not in emitted.out + verified.out


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


@pytest.fixture
def _ctrl_c_is_heard() -> Iterator[None]:
    """Let programs hear Ctrl-C, even where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ctrl_c_is_heard")
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


def test_a_table_fits_the_terminal(told: Told, home: Path) -> None:
    """On a narrow terminal a row goes on below, and no reference is broken in two."""
    shown = _watched("obligations", home=home, is_data_shown=True).err
    lines = [_plain(line) for line in shown.splitlines()]

    assert "\x1b[1;31m" in shown
    assert all(len(line) <= 80 for line in lines)
    assert sum(told.case in line for line in lines) == 11
    cases = _watched("cases", home=home, is_data_shown=True).err
    assert "owed 11  overdue 5" in _plain(cases)


def test_a_table_that_fits_has_columns(told: Told, home: Path) -> None:
    """On a terminal that is wide enough the columns have their names."""
    assert told.case
    shown = _watched("cases", home=home, is_data_shown=True, columns=120).err
    names, row = (_plain(line) for line in shown.splitlines())

    assert names.split() == ["Case", "Opened", "Protocol", "Events", "Owed", "Overdue"]
    assert row.index("nz-2009/1") == names.index("Protocol")


def _plain(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def _watched(
    *arguments: str, home: Path, is_data_shown: bool = False, columns: int = 80
) -> Ran:
    """
    Run the program with its talk on a terminal, which is given as `err`.

    Its data is there as well, or in a pipe.
    """
    controller, terminal = os.openpty()
    with subprocess.Popen(
        [*COORDINATOR, *arguments],
        stdout=terminal if is_data_shown else subprocess.PIPE,
        stderr=terminal,
        env={
            **os.environ,
            "COORDINATOR_HOME": str(home),
            "TERM": "xterm",
            "COLUMNS": str(columns),
        },
    ) as process:
        os.close(terminal)
        drawn: list[bytes] = []
        shown = Thread(target=lambda: drawn.extend(_all_of(controller)))
        shown.start()
        out, _ = process.communicate(timeout=60)
        shown.join()
    os.close(controller)
    return Ran(process.returncode, (out or b"").decode(), b"".join(drawn).decode())


def _all_of(controller: int) -> Iterator[bytes]:
    """Read a terminal until nobody writes to it any more."""
    try:
        while piece := os.read(controller, 65_536):
            yield piece
    except OSError:  # how Linux says so
        return


def _change(path: Path, statement: str) -> None:
    """Change a store as nobody should."""
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_no_help_text_is_taken_for_markup() -> None:
    """Brackets that a screen would read as a style are in no help text."""
    text = (CLI / "help.toml").read_text(encoding="utf-8")
    told = "\n".join(line for line in text.splitlines() if not line.startswith("["))

    assert not re.search(r"\[[a-z#/@]", told)


def test_case_references_in_examples_are_ones() -> None:
    """Whoever copies an example is not told that it is no case reference."""
    text = (CLI / "help.toml").read_text(encoding="utf-8")
    named = re.findall(r"\bTP-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]\b", text)

    assert named
    assert all(map(is_case_reference, named))
