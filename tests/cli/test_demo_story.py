"""The story: what happens in it, the same each time, and how time goes on."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from coordinator.bootstrap import Desk, compose, deciding, named_profile, serve
from coordinator.cli.demo.play import Play
from coordinator.cli.demo.story import CONTACTS, packaged_story
from coordinator.evaluation.simulate import Simulation
from coordinator.events import TYPE_PREFIX, decode, format_time, is_ulid
from coordinator.protocol import Decision
from coordinator.runtime.clock import ManualClock
from coordinator.runtime.port import PageItem
from coordinator.settings import Settings

STORY = packaged_story()
CASE = next(event.subject for event in STORY.events if event.subject)


class Pager:
    """A channel that keeps what it was handed; `more` is set with each page."""

    name = "test"

    def __init__(self) -> None:
        self.pages: list[PageItem] = []
        self.more = asyncio.Event()

    def deliver(self, page: PageItem) -> Any:  # noqa: ANN401 - the channel's "sent"
        """Take a page."""
        self.pages.append(page)
        self.more.set()
        return "sent"


@contextmanager
def stage(home: Path, clock: ManualClock) -> Iterator[Desk]:
    """Open a new home for the story, as the demo does."""
    settings = Settings(home=home, profile=STORY.profile, contacts=CONTACTS)
    with deciding(settings, clock=clock) as desk:
        yield desk


def hear(*_: object) -> None:
    """Listen to a bus, and do nothing about it."""


async def play(desk: Desk, clock: ManualClock, said: list[str] | None = None) -> Pager:
    """Play the whole story, without pauses."""
    pager = Pager()
    words = [] if said is None else said
    with compose(desk, clock, pager, hear) as running:
        told = Play(running, clock, say=lambda text, _: words.append(text), beat_s=0)
        await told.play(STORY, asyncio.Event())
    return pager


def decisions(desk: Desk) -> list[Decision]:
    """Read the case's decisions."""
    return [orjson.loads(entry.decision_bytes) for entry in desk.store.history(CASE)]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Decision]:
    """Give the case's decisions, once played on a real home."""
    clock = ManualClock(STORY.starts)
    with stage(tmp_path_factory.mktemp("story"), clock) as desk:
        asyncio.run(play(desk, clock))
        return decisions(desk)


def named(log: list[Decision], name: str) -> list[Decision]:
    """Give the decisions on one type of event."""
    return [one for one in log if one["input"]["type"] == TYPE_PREFIX + name]


def test_the_events_are_ready_to_send() -> None:
    """Each is valid, has an id of its own, and comes after the one before it."""
    assert all(decode(event.raw) == event for event in STORY.events)
    assert all(is_ulid(event.id) for event in STORY.events)
    assert len({event.id for event in STORY.events}) == len(STORY.events)
    times = [STORY.starts, *(event.time for event in STORY.events)]
    assert times == sorted(times)


def test_nothing_is_rejected_and_one_event_is_refused(log: list[Decision]) -> None:
    """Every event of the story was decided; all but one were accepted."""
    verdicts = Counter(one["verdict"] for one in log)

    assert {event.id for event in STORY.events} <= {one["input"]["id"] for one in log}
    assert verdicts == {"accepted": len(log) - 1, "refused": 1}


def test_a_certificate_is_refused_until_it_is_endorsed(log: list[Decision]) -> None:
    """Not endorsed, it is refused with the Plan's lines; endorsed, it is issued."""
    first, second = named(log, "certification.issued")
    (endorsed,) = named(log, "certification.endorsed")

    assert (first["verdict"], first["rule"]) == ("refused", "certification.issued.1")
    assert first["cite"] == "L958-967; item 13"
    assert second["verdict"] == "accepted"
    assert first["seq"] < endorsed["seq"] < second["seq"]


def test_a_statement_without_interpreter_is_a_breach(log: list[Decision]) -> None:
    """It stands, is on record, and a senior official is paged; taken again, none is."""
    first, second = named(log, "witness_statement.taken")

    assert [breach["cite"] for breach in first["breaches"]] == ["item 24; L1438-1444"]
    assert [(page["agency"], page["why"]) for page in first["pages"]] == [
        ("police", "breach")
    ]
    assert not second["breaches"]


def test_the_minister_is_informed_late_and_escalated(log: list[Decision]) -> None:
    """Labour is reminded, misses the deadline, acknowledges, and is done late."""
    about = [
        (page["why"], page["agency"], page["role"])
        for one in log
        for page in one["pages"]
        if page["name"] == "inform_minister"
    ]
    (acknowledged,) = named(log, "escalation.acknowledged")
    (informed,) = named(log, "minister.informed")

    assert about == [
        ("reminder", "labour", "key_contact"),
        ("deadline", "labour", "senior_official"),
    ]
    assert acknowledged["timers"]
    assert [(one["name"], one["late_by_s"]) for one in informed["closed"]] == [
        ("inform_minister", 1_920.0)
    ]


def test_the_minister_gets_one_notice_without_person_data(log: list[Decision]) -> None:
    """The case makes a notice to the Minister's office, and nothing else does."""
    notices = [notice for one in log for notice in one["notices"]]

    assert [(one["to"], one["kind"]) for one in notices] == [
        ("minister-immigration", "initial")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "suspicion.reported",
        "suspicion.referred",
        "referral.acknowledged",
        "case.identified",
        "victim.identified",
        "interpreter.requested",
        "interpreter.assigned",
        "danger.assessed",
        "safe_house.placed",
        "evidence.assessed",
        "certification.endorsed",
        "page.sent",
    ],
)
def test_it_is_told_in_the_plans_vocabulary(log: list[Decision], name: str) -> None:
    """From the border to the certificate, each step of the Plan has its event."""
    assert any(one["verdict"] == "accepted" for one in named(log, name))


def test_deadlines_fire_at_their_exact_instants(log: list[Decision]) -> None:
    """Each passed deadline was decided at the instant it was set for."""
    passed = named(log, "deadline.passed")

    assert len(passed) == 4
    assert all(one["at"] == one["input"]["time"] for one in passed)
    assert [one["at"][11:16] for one in passed] == ["23:40", "23:45", "00:15", "00:40"]


def test_a_simulation_of_the_same_file_agrees(log: list[Decision]) -> None:
    """Without a store the same events get the same verdicts, breaches and pages."""
    simulation = Simulation(named_profile(STORY.profile).rules)
    simulated = [
        step.decision
        for event in STORY.events
        for step in simulation.take(event.raw)
        if step.decision is not None
    ]

    def seen(decisions: list[Decision]) -> list[tuple[object, ...]]:
        return [
            (one["at"], one["verdict"], one["rule"], len(one["breaches"]))
            for one in decisions
            if one["input"]["type"] != f"{TYPE_PREFIX}page.sent"
        ]

    assert seen(simulated) == seen(log)


def test_two_homes_keep_the_same(log: list[Decision], tmp_path: Path) -> None:
    """Played again elsewhere, every record of the case is the same, ids and all."""
    clock = ManualClock(STORY.starts)
    with stage(tmp_path, clock) as desk:
        asyncio.run(play(desk, clock))

        assert decisions(desk) == log


def test_every_scene_is_told_in_order(tmp_path: Path) -> None:
    """All of the teller's words are said, each before what it announces."""
    said: list[str] = []
    clock = ManualClock(STORY.starts)
    with stage(tmp_path, clock) as desk:
        asyncio.run(play(desk, clock, said))

    assert said == [scene.says for scene in STORY.scenes]


def test_a_story_that_is_stopped_ends_between_decisions(tmp_path: Path) -> None:
    """Told to stop, it ends after what just happened, however long the beat."""
    clock = ManualClock(STORY.starts)

    async def stopped(desk: Desk) -> None:
        stop = asyncio.Event()
        stop.set()
        with compose(desk, clock, Pager(), hear) as running:
            told = Play(running, clock, say=hear, beat_s=3_600)
            await told.play(STORY, stop)

    with stage(tmp_path, clock) as desk:
        asyncio.run(stopped(desk))

        assert len(decisions(desk)) == 1


def test_timers_are_live_afterwards(tmp_path: Path) -> None:
    """Where the story ends time goes on: the next rung pages when its instant comes."""
    clock = ManualClock(STORY.starts)

    async def live_on(desk: Desk) -> list[PageItem]:
        await play(desk, clock)
        pager, stop = Pager(), asyncio.Event()
        with compose(desk, clock, pager, hear) as running:
            serving = asyncio.create_task(serve(running, stop))
            due = desk.store.next_due()
            assert due is not None
            assert timedelta() < due - clock.now() <= timedelta(minutes=5)
            clock.set(due)
            await pager.more.wait()
            stop.set()
            await serving
        return pager.pages

    with stage(tmp_path, clock) as desk:
        pages = asyncio.run(live_on(desk))

    assert [(page.page["agency"], page.page["rung"]) for page in pages] == [
        ("customs", 2),
        ("police", 2),
    ]


def test_obligations_are_left_open(tmp_path: Path) -> None:
    """One is overdue and escalated, and others still have their time."""
    clock = ManualClock(STORY.starts)
    with stage(tmp_path, clock) as desk:
        asyncio.run(play(desk, clock))
        owed = [one for one in desk.step.state(CASE).obligations.values() if one.open]

    escalated = {one.rules.name for one in owed if one.reached}
    waiting = {one.rules.name for one in owed if not one.reached}
    assert escalated == {"answer_input_request"}
    assert {"commence_investigation", "provide_adviser"} <= waiting
    now = format_time(clock.now())
    assert all(one.due > now for one in owed if not one.reached)


def test_it_starts_on_a_plain_working_day() -> None:
    """No holiday is near, so that a day of business time is the next day."""
    calendar = named_profile(STORY.profile).rules.calendar_of("police")
    assert calendar is not None

    a_day_later = calendar.add(STORY.starts, timedelta(hours=9))

    assert a_day_later == STORY.starts + timedelta(days=1)
