"""What a running bus shows: the terminal as a listener, and as a channel of pages."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from coordinator.bootstrap import Desk, deciding
from coordinator.cli.narrator import Narrator
from coordinator.cli.speaker import Speaker
from coordinator.cli.teller import Teller
from coordinator.events import made_id, make_event, own
from coordinator.protocol import Decision
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.port import PageItem
from coordinator.runtime.step import Outcome, Submission
from coordinator.settings import Settings

START = datetime(2026, 3, 2, 20, 5, tzinfo=UTC)


class Terminal(io.StringIO):
    """A terminal's output, which somebody may pause."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def write(self, text: str) -> int:
        """Write, once there is no pause."""
        self.goes_on.wait()
        return super().write(text)


@dataclass
class Stage:
    """A desk, its teller, and what is read of it."""

    desk: Desk
    teller: Teller
    speaker: Speaker
    terminal: Terminal

    def take(self, *submissions: Submission) -> list[Outcome]:
        """Have something decided, and told."""
        outcomes = self.desk.step.take(submissions, self.desk.clock.now())
        self.teller.heard(submissions, outcomes)
        return outcomes

    def lines(self) -> list[str]:
        """Read everything told so far."""
        assert self.speaker.has_said_all(30)
        return self.terminal.getvalue().splitlines()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Give a new home with its teller."""
    clock = ManualClock(START)
    terminal = Terminal()
    narrator = Narrator(Console(file=terminal), pages_apart=True)
    speaker = Speaker(skipped=lambda _: None, gone=lambda: None)
    settings = Settings(home=tmp_path, contacts=Path("contacts"), profile="nz-2009")
    with deciding(settings, clock=clock) as desk:
        teller = Teller(narrator, speaker, clock=clock, step=desk.step)
        yield Stage(desk, teller, speaker, terminal)
        terminal.goes_on.set()
        speaker.close(30)


def suspicion() -> Submission:
    """Make a suspicion that opens a case."""
    event = make_event(
        name="suspicion.reported",
        agency="customs",
        id=made_id("test"),
        time=START,
        data={
            "observer_role": "officer",
            "context": "border_air",
            "indicators": ["SECRET"],
        },
    )
    return Submission(raw=event.raw, sender="customs")


def missed(stage: Stage) -> tuple[Decision, list[PageItem]]:
    """Let the case's first deadline pass; give its decision and the pages."""
    (outcome,) = stage.take(suspicion())
    assert outcome.decision is not None
    (owed,) = outcome.decision["opened"]
    due = datetime.fromisoformat(owed["due"])
    event = own.deadline_passed(
        key=outcome.decision["case"], obligation=owed["id"], rung=1, due=due, at=due
    )
    assert isinstance(stage.desk.clock, ManualClock)
    stage.desk.clock.set(due)
    (passed,) = stage.take(Submission(event=event))
    assert passed.decision is not None
    return passed.decision, list(stage.desk.store.pages())


def test_decisions_are_told_in_order(stage: Stage) -> None:
    """What was sent and what the coordinator made are told one after another."""
    missed(stage)

    told = [line for line in stage.lines() if line[:1].isdigit()]
    assert [line.split()[2] for line in told] == [
        "suspicion.reported",
        "deadline.passed",
    ]


def test_what_was_turned_away_is_told(stage: Stage) -> None:
    """A rejection is told with its time and its rule."""
    stage.take(Submission(raw=b"SECRET"))

    *_, line, why = stage.lines()
    assert line == "09:05:00  The event cannot be read"
    assert why.startswith("          REJECTED unreadable: it takes one CloudEvent")


def test_a_page_is_told_when_it_is_handed_over(stage: Stage) -> None:
    """A page is no part of its decision's lines, but a line of its own, and sent."""
    decision, pages = missed(stage)
    assert not any("PAGE" in line for line in stage.lines())

    assert {stage.teller.deliver(page) for page in pages} == {"sent"}

    assert len(pages) == len(decision["pages"]) == 1
    assert stage.lines()[-1] == (
        "          PAGE     customs' key contact: missed:"
        " T1 report the suspicion to Police  (rung 1)"
    )


def test_a_page_of_another_case_names_it(stage: Stage) -> None:
    """A page that does not follow its own case's decision says which case it is of."""
    _, (page,) = missed(stage)
    other = make_event(
        name="suspicion.reported",
        agency="customs",
        id=made_id("other"),
        time=START,
        data={"observer_role": "o", "context": "visa", "indicators": ["x"]},
    )
    stage.take(Submission(raw=other.raw, sender="customs"))

    stage.teller.deliver(page)

    *_, header, line = stage.lines()
    assert header == f"10:05:00  {page.key}"
    assert line.startswith("          PAGE     customs' key contact: missed:")


def test_a_paused_terminal_fails_pages_and_recovers(stage: Stage) -> None:
    """A page that could not be written is not called sent; the next one can be."""
    _, (page,) = missed(stage)
    stage.lines()
    stage.terminal.goes_on.clear()

    assert stage.teller.deliver(page) == "failed"
    assert stage.teller.deliver(page) == "failed"
    stage.terminal.goes_on.set()
    assert stage.speaker.has_said_all(30)

    assert stage.teller.deliver(page) == "sent"


def test_a_page_of_nothing_known_fails(stage: Stage) -> None:
    """A page under a key without any decision cannot be put into words."""
    _, (page,) = missed(stage)

    assert stage.teller.deliver(page._replace(key="TP-00000-00000-0")) == "failed"
