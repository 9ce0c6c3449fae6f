"""The demo as a newcomer meets it: a process, its lines, and what works beside it."""

import shlex
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from coordinator.bootstrap import deciding
from coordinator.settings import Settings
from tests.cli.running import Run, answer, running

LAST_LINE = "Ctrl-C stops it."  # of the line on stderr: it serves


def played(folder: Path) -> list[str]:
    """Play the demo once in a folder; give what it wrote until it served."""
    with running(folder, "--demo") as run:
        run.until("plays it again")
        lines = list(run.lines)
        assert run.stop() == 0
    return lines


def commands(run: Run) -> list[list[str]]:
    """Give the commands that the demo says to try, as arguments."""
    prefix = "  python -m coordinator.cli "
    return [
        shlex.split(line.removeprefix(prefix))
        for line in run.lines
        if line.startswith(prefix)
    ]


def test_two_runs_print_the_same(tmp_path: Path) -> None:
    """Ids, times and words are the same every time, in the same home."""
    assert played(tmp_path) == played(tmp_path)


def test_the_story_is_plain_lines_when_piped(tmp_path: Path) -> None:
    """Piped, nothing is coloured or wrapped: every decision's lines are whole."""
    lines = played(tmp_path)

    assert not any("\x1b" in line for line in lines)
    (refused,) = (line for line in lines if "REFUSED" in line)
    assert "(L958-967; item 13)" in refused
    assert refused.endswith("and give that officer's rank.")


def test_what_it_says_to_try_works(tmp_path: Path) -> None:
    """Every command that is named does what it says, beside the running demo."""
    with running(tmp_path, "--demo") as run:
        run.until(LAST_LINE)
        tried = commands(run)
        answers = [answer(tmp_path, *command) for command in tried]
        run.until("settled  customs: T6 answer the request for input")

    assert [command[0] for command in tried] == [
        "obligations",
        "case",
        "inbox",
        "ack",
        "emit",
        "replay",
    ]
    assert [one.returncode for one in answers] == [0] * len(tried)
    assert "T6 answer the request for input" in answers[0].stdout
    assert "accepted" in answers[3].stdout
    assert answers[5].stdout.startswith("identical: ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(tmp_path: Path, number: signal.Signals) -> None:
    """It runs on after the story; Ctrl-C or SIGTERM ends it with 0, all kept."""
    with running(tmp_path, "--demo") as run:
        run.until(LAST_LINE)
        assert run.process.poll() is None
        assert run.stop(number) == 0

    assert answer(tmp_path, "replay", "--verify", "--home", "var/demo").returncode == 0


def test_a_signal_in_the_middle_ends_it_well(tmp_path: Path) -> None:
    """Stopped during the story it ends with 0, and what was decided is whole."""
    with running(tmp_path, "--demo") as run:
        run.until("case.identified")
        assert run.stop() == 0

    assert answer(tmp_path, "replay", "--verify", "--home", "var/demo").returncode == 0


def test_a_second_demo_says_that_one_runs(tmp_path: Path) -> None:
    """A demo that still runs is left alone; the second says so and ends with 4."""
    with running(tmp_path, "--demo") as run:
        run.until(LAST_LINE)
        second = answer(tmp_path, "run", "--demo")
        assert run.stop() == 0

    assert second.returncode == 4
    assert second.stdout == ""
    (line,) = second.stderr.splitlines()
    assert "a demo is still running there" in line


def test_only_a_demos_home_is_wiped(tmp_path: Path) -> None:
    """A folder of the same name that no demo made is refused and left as it is."""
    other = tmp_path / "var" / "demo"
    other.mkdir(parents=True)
    (other / "bus.sqlite").write_text("somebody's")

    refused = answer(tmp_path, "run", "--demo")

    assert refused.returncode == 4
    assert refused.stderr.count("\n") == 1
    assert (other / "bus.sqlite").read_text() == "somebody's"


def test_the_home_is_named_by_option(tmp_path: Path) -> None:
    """The demo's home is the folder demo of the home that is named."""
    with running(tmp_path, "--demo", "--home", "elsewhere") as run:
        run.until(LAST_LINE)
        assert all(command[-1] == "elsewhere/demo" for command in commands(run))

    assert not (tmp_path / "var").exists()


def test_time_goes_on_when_the_demo_is_stopped(tmp_path: Path) -> None:
    """Run again as an ordinary home, it takes what fell due meanwhile, at once."""
    played(tmp_path)
    home = tmp_path / "var" / "demo"
    with deciding(Settings(home=home)) as desk:
        later_ms = timedelta(minutes=5) // timedelta(milliseconds=1)
        desk.store.set_clock_offset(desk.store.clock_offset() + later_ms)

    with running(tmp_path, "--home", str(home)) as run:
        told = run.until("PAGE     customs' senior official")
        run.until(LAST_LINE)
        assert run.stop() == 0

    assert told.endswith("missed: T6 answer the request for input  (rung 2)")


def test_a_reader_that_goes_away_ends_it(tmp_path: Path) -> None:
    """When a pipe's reader has seen enough it stops as after a signal, with 141."""
    with running(tmp_path, "--demo") as run:
        run.until("suspicion.reported")
        assert run.process.stdout is not None
        run.process.stdout.close()
        assert run.process.wait() == 141

    assert answer(tmp_path, "replay", "--verify", "--home", "var/demo").returncode == 0
