"""
`coordinator run`: the whole bus on this machine, until it is told to stop.

With `--demo` it first plays a fictional case at speed, in a home of its own that is
made afresh each time, and then goes on from there like any other.
"""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final, NamedTuple

import structlog
from typer import Option

from coordinator.bootstrap import (
    Desk,
    compose,
    deciding,
    empty_demo_home,
    serve,
)
from coordinator.cli import options
from coordinator.cli.demo.invitation import invitation, program
from coordinator.cli.demo.play import BEAT_S, Play
from coordinator.cli.demo.story import CONTACTS, Story, packaged_story
from coordinator.cli.narrator import Narrator
from coordinator.cli.screen import lateness, local_time, screen, talk
from coordinator.cli.speaker import Speaker
from coordinator.cli.teller import Teller
from coordinator.events import OperatorError
from coordinator.runtime.clock import Clock, ManualClock, SystemClock
from coordinator.runtime.embedded.lock import HomeBusyError
from coordinator.settings import Settings

__all__ = ["run"]

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_DEMO: Final = "demo"
_RUNTIME: Final = "embedded"
# Long enough for a command that decides for itself to finish.
_WAIT_S: Final = 1.0
# How long a terminal may take for the last lines.
_LAST_WORDS_S: Final = 2.0


def run(
    *,
    demo: Annotated[
        bool,
        Option(
            "--demo",
            help="Play a fictional case first, in the folder demo of the home, which is"
            " wiped for it if an earlier demo made it.",
        ),
    ] = False,
    home: options.Home = None,
) -> None:
    """Run the bus until Ctrl-C or SIGTERM."""
    settings = options.settings_of(home=home)
    if settings.runtime != _RUNTIME:
        message = (
            f"COORDINATOR_RUNTIME is {settings.runtime}, and `run` is the bus on one"
            " machine; on a cluster run `coordinator worker` ingress, case, router,"
            " timers and notifier, each a process of its own"
        )
        raise OperatorError(message)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    asyncio.run(_play_demo(settings) if demo else _run(settings))


class _Voice(NamedTuple):
    """How a run speaks, and how it is told to stop."""

    narrator: Narrator
    speaker: Speaker
    stop: asyncio.Event

    def say(self, text: str, at: datetime | None = None) -> None:
        """Put in a word between decisions, in its turn."""
        self.speaker.say(partial(self.narrator.say, text, at))

    def show(self, line: str) -> None:
        """Show a line as it is, in its turn."""
        self.speaker.say(partial(self.narrator.show, line))

    def teller(self, desk: Desk, clock: Clock) -> Teller:
        """Give who tells what a desk decides by a clock."""
        return Teller(self.narrator, self.speaker, clock=clock, step=desk.step)


@contextmanager
def _voice() -> Iterator[_Voice]:
    """
    Speak on stdout while the block runs; signals ask it to end.

    Raises:
        BrokenPipeError: Whoever read stdout went away, which ended the block as well.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    narrator = Narrator(screen(), pages_apart=True)
    speaker = Speaker(
        skipped=lambda count: narrator.say(
            f"{count} lines are left out here; `{program()} log` has everything."
        ),
        gone=lambda: loop.call_soon_threadsafe(stop.set),
    )
    try:
        yield _Voice(narrator, speaker, stop)
    finally:
        speaker.close(_LAST_WORDS_S)
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
    if speaker.is_gone:
        raise BrokenPipeError


async def _run(settings: Settings) -> None:
    with _voice() as voice, deciding(settings, wait_s=_WAIT_S) as desk:
        if not desk.directory.agencies:
            talk(
                f"{settings.contacts}: no such folder, so no contact is known;"
                " COORDINATOR_CONTACTS names another"
            )
        await _serve(voice, desk, desk.clock)


async def _serve(voice: _Voice, desk: Desk, clock: Clock) -> None:
    """Take what is overdue, and then run until told to stop."""
    teller = voice.teller(desk, clock)
    with compose(desk, clock, teller, teller.heard) as running:
        await running.sweeper.sweep()
        await running.notifier.hand_over()
        # Both streams may be one terminal.
        voice.speaker.has_said_all(_LAST_WORDS_S)
        talk(
            f"Serving {desk.home} by {desk.profile.spec.reference};"
            f" {_next(desk, clock)}. Ctrl-C stops it."
        )
        await serve(running, voice.stop)
    talk("Stopped. Everything that was answered is kept.")


def _next(desk: Desk, clock: Clock) -> str:
    due = desk.store.next_due()
    if due is None:
        return "no deadline is running"
    return f"the next deadline is {local_time(due)}, {lateness(due, clock.now())}"


# --- the demo -----------------------------------------------------------------------


async def _play_demo(settings: Settings) -> None:
    story = packaged_story()
    demo = Settings(
        home=settings.home / _DEMO,
        profile=story.profile,
        contacts=CONTACTS,
        require_signatures=False,
    )
    try:
        empty_demo_home(demo.home)
    except HomeBusyError as busy:
        message = (
            f"{demo.home}: a demo is still running there (pid {busy.pid}); stop it with"
            " Ctrl-C in its terminal, or give this one another --home"
        )
        raise OperatorError(message) from None
    clock = ManualClock(story.starts)
    with _voice() as voice, deciding(demo, clock=clock, wait_s=_WAIT_S) as desk:
        _keep_time(desk, clock)
        teller = voice.teller(desk, clock)
        with compose(desk, clock, teller, teller.heard) as running:
            beat_s = BEAT_S if sys.stdout.isatty() else 0.0
            play = Play(running, clock, say=voice.say, beat_s=beat_s)
            await play.play(story, voice.stop)
        live = _keep_time(desk, clock)
        if not voice.stop.is_set():
            _invite(voice, story, desk, clock)
            await _serve(voice, desk, live)


def _keep_time(desk: Desk, clock: Clock) -> Clock:
    """Let the home's own time go on from here, at the machine's speed."""
    apart = clock.now() - SystemClock().now()
    offset_ms = apart // timedelta(milliseconds=1)
    desk.store.set_clock_offset(offset_ms)
    return SystemClock(offset_ms=offset_ms)


def _invite(voice: _Voice, story: Story, desk: Desk, clock: Clock) -> None:
    voice.say(
        f"So far the story. It is {local_time(clock.now())} there, and from here time"
        f" goes on by itself: {_next(desk, clock)}. In another terminal, try:"
    )
    voice.show("")
    for line in invitation(story, desk):
        voice.show(line)
    voice.say(
        f"Ctrl-C stops it. `{program()} run --demo` plays it again, from the beginning."
    )
    voice.show("")
