"""Whoever reads slowly, or not at all, holds up nobody."""

import threading
from collections.abc import Iterator

import pytest

from coordinator.cli.speaker import Speaker

SOON_S = 30.0  # reached only where a test fails
AT_ONCE_S = 0.01


class Reader:
    """What a speaker's words end up in; it can be paused and can go away."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.went = 0
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.speaker = Speaker(
            skipped=lambda count: self.heard.append(f"{count} left out"),
            gone=self._leave,
        )

    def read(self, word: str) -> None:
        """Take a word in, once there is no pause."""
        assert self.goes_on.wait(SOON_S)
        self.heard.append(word)

    def say(self, word: str) -> None:
        """Have a word said to this reader."""
        self.speaker.say(lambda: self.read(word))

    def _leave(self) -> None:
        self.went += 1


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Give a reader with its speaker, which is closed in the end."""
    made = Reader()
    yield made
    made.goes_on.set()
    made.speaker.close(SOON_S)


def test_words_are_said_in_order(reader: Reader) -> None:
    """What is said first is heard first."""
    for word in "abc":
        reader.say(word)

    assert reader.speaker.has_said_all(SOON_S)
    assert reader.heard == ["a", "b", "c"]


def test_a_paused_reader_holds_up_nobody(reader: Reader) -> None:
    """While a terminal is paused, saying more returns at once and is known not said."""
    reader.goes_on.clear()
    reader.say("a")
    reader.say("b")

    assert not reader.speaker.has_said_all(AT_ONCE_S)
    assert reader.speaker.is_behind
    reader.goes_on.set()
    assert reader.speaker.has_said_all(SOON_S)
    assert reader.heard == ["a", "b"]


def test_what_is_too_much_is_counted(reader: Reader) -> None:
    """A reader that is far behind hears how much was left out, after what was kept."""
    reader.goes_on.clear()
    for _ in range(10_005):
        reader.say("a")
    assert not reader.speaker.has_said_all(AT_ONCE_S)  # no room to wait in, either
    reader.goes_on.set()

    assert reader.speaker.has_said_all(SOON_S)
    reader.say("b")
    assert reader.speaker.has_said_all(SOON_S)
    *said, last = reader.heard
    left_out = next(word for word in reader.heard if "left out" in word)
    assert last == "b"
    assert said.count("a") + int(left_out.split()[0]) == 10_005


def test_a_reader_that_went_away_is_noticed_once(reader: Reader) -> None:
    """When a pipe breaks whoever speaks is told, once."""

    def break_pipe() -> None:
        raise BrokenPipeError

    reader.speaker.say(break_pipe)
    reader.speaker.say(break_pipe)

    assert not reader.speaker.has_said_all(SOON_S)
    assert reader.speaker.is_gone
    assert reader.went == 1


def test_a_line_that_cannot_be_written_ends_nothing(reader: Reader) -> None:
    """A full disk, or a mistake in the words, costs the line and not the run."""

    def fill_disk() -> None:
        raise OSError(28, "No space left on device")

    def misspeak() -> None:
        raise LookupError

    reader.speaker.say(fill_disk)
    reader.speaker.say(misspeak)
    reader.say("a")

    assert reader.speaker.has_said_all(SOON_S)
    assert reader.heard == ["a"]
    assert not reader.speaker.is_gone


def test_closing_does_not_wait_for_a_paused_reader(reader: Reader) -> None:
    """A paused terminal does not keep a process from ending."""
    reader.goes_on.clear()
    reader.say("a")

    reader.speaker.close(AT_ONCE_S)

    assert reader.heard == []
