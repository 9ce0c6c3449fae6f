"""The README keeps its word: its commands work, and its excerpt is what is printed."""

import re
import shlex
from pathlib import Path

from tests.cli.running import answer, running

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_it_opens_with_one_sentence_and_two_commands() -> None:
    """A newcomer meets one sentence, and then exactly `make run` and `make test`."""
    sentence, _, _ = README.partition("```")
    (first, *_) = [text for kind, text in BLOCKS if kind == "sh"]

    assert sentence.count(".") == 1
    assert [line.split("#")[0].split() for line in first.splitlines()] == [
        ["make", "run"],
        ["make", "test"],
    ]


def test_its_excerpt_and_its_tour_are_true(tmp_path: Path) -> None:
    """Every line shown is printed, in order, and every command of the tour succeeds."""
    (excerpt,) = [text for kind, text in BLOCKS if kind == "text"]
    (_, tour, _) = [text for kind, text in BLOCKS if kind == "sh"]
    commands = [
        shlex.split(line, comments=True)[1:]
        for line in tour.splitlines()
        if line.startswith("coordinator ")
    ]

    with running(tmp_path, "--demo") as run:
        run.until("plays it again")
        lines = iter(run.lines)
        assert all(line in lines for line in excerpt.splitlines() if line)
        run.until("Ctrl-C stops it.")
        tried = [answer(tmp_path, *one, home="var/demo") for one in commands]

    failed = [
        (command, one.stderr)
        for command, one in zip(commands, tried, strict=True)
        if one.returncode
    ]
    assert not failed
    assert 6 <= len(commands) <= 14
