"""The operator's log: JSON, with ids and without what they are about."""

import ast
import io
import json
import logging
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import structlog

from coordinator.cli.operator_log import log_as_json

SAID = "Alofa, 021 555 0100"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Log into a string, and leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    log_as_json(written)
    yield written
    logging.captureWarnings(capture=False)
    sys.excepthook = sys.__excepthook__
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Read what was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_its_time_level_event_and_ids(stream: io.StringIO) -> None:
    """One JSON object; the time is UTC and says so."""
    structlog.get_logger("x").warning("group.handed_over", partitions=4)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "warning", "event": "group.handed_over", "partitions": 4}


def test_what_a_library_quotes_is_left_out(stream: io.StringIO) -> None:
    """Neither its values, nor words that it put together, nor an exception's text."""
    for name in ("faust.topics", "aiokafka.consumer.fetcher"):
        log = logging.getLogger(name)
        log.error("Cannot decode %r: %s", SAID, ValueError(SAID))
        try:
            int(SAID)
        except ValueError:
            log.exception("It crashed on %s", SAID)
    logging.getLogger("faust").error(f"on message {SAID}")  # noqa: G004 - as it does
    assert SAID not in stream.getvalue()
    assert [line.get("error") for line in lines(stream)] == [*["ValueError"] * 4, None]


def test_where_a_library_said_it_is_told(stream: io.StringIO) -> None:
    """With its own words, where these are constant."""
    logging.getLogger("aiokafka.conn").warning("No connection to %s", SAID)
    (line,) = lines(stream)
    assert line["library"] == "aiokafka.conn"
    assert line["where"].startswith("test_operator_log.test_where_a_library_said_it")
    assert line["says"] == "No connection to %s"
    assert line["level"] == "warning"


def test_what_libraries_only_mention_is_left_out(stream: io.StringIO) -> None:
    """At each rebalance they mention much, from which nothing follows."""
    logging.getLogger("aiokafka").info("Joined group")
    assert not stream.getvalue()


def test_a_crash_is_told_without_its_words(stream: io.StringIO) -> None:
    """A traceback would end with the words of the exception, which may quote."""
    try:
        int(SAID)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    (line,) = lines(stream)
    assert line["event"] == "process.crashed"
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_operator_log.py:")
    assert SAID not in stream.getvalue()


def test_the_words_of_aiokafka_are_constant() -> None:
    """A version that puts values into its words must have them left out as well."""
    found = find_spec("aiokafka")
    assert found is not None
    assert found.origin is not None
    modules = list(Path(found.origin).parent.rglob("*.py"))
    assert len(modules) > 30
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"warning", "error", "exception", "critical"}
                and "log" in ast.unparse(node.func.value)
            ):
                assert isinstance(node.args[0], ast.Constant), f"{module}:{node.lineno}"
