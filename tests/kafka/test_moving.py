"""From one machine to a cluster and back: nothing lost, nothing twice, one digest."""

import asyncio
import random
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest

from coordinator import workers
from coordinator.bootstrap import deciding
from coordinator.events import page_sent
from coordinator.runtime.clock import ManualClock, SystemClock
from coordinator.runtime.kafka.cluster import joined
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.mirror import Mirror
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.tail import Tail
from coordinator.runtime.port import PageItem, Store
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Submission
from coordinator.settings import Settings
from coordinator.topics import INTAKE, LOG, REJECTED, Topic
from coordinator.topics.names import Names
from tests.cli.homes import CONTACTS, Bus, tell
from tests.contract.telling import T0
from tests.contract.telling import tell as tell_case
from tests.kafka.cluster import make_topics
from tests.kafka.program import Ends, Program

pytestmark = pytest.mark.connected

AGENCIES = ("police", "customs", "labour", "justice")
PARTITIONS = 3
ENOUGH_S = 60.0
CASES = 150
KILLED = 7


@pytest.fixture
def program(kafka: Connection, tmp_path: Path) -> Program:
    """Give the command line on a cluster that has topics, and nothing in them."""
    make_topics(kafka, AGENCIES, partitions=PARTITIONS)
    return Program(kafka, tmp_path)


@pytest.fixture
def ends(kafka: Connection) -> Iterator[Ends]:
    """Count what stands in topics."""
    counting = Ends(kafka)
    yield counting
    counting.close()


@pytest.fixture
def here(program: Program) -> Program:
    """Give the command line on a home of this machine, in which a case was told."""
    home = program.folder / "home"
    bus = Bus(home)
    tell(bus)
    bus.take([Submission(raw=b"\xff no event")])
    return program.set(RUNTIME="embedded", HOME=str(home))


def verified(program: Program) -> dict[str, Any]:
    """Replay, and give what was found: the count and the digest among it."""
    ran = program("replay", "--verify", "--json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = ran.values[0]
    return found


def many(home: Path) -> None:
    """Make a home of many cases, a day before they are overdue."""
    settings = Settings(home=home, contacts=CONTACTS)
    with deciding(settings, clock=ManualClock(T0)) as desk:
        for number in range(CASES):
            at = T0 + timedelta(seconds=number)
            desk.step.take([*tell_case(number), Submission(raw=b"none")], at)


def test_a_home_moves_to_a_cluster_and_back(
    program: Program, here: Program, ends: Ends
) -> None:
    """Log, rejected and digest are the same on each side of each move."""
    before = verified(here)
    exported = here("export", "home.ndjson", "--json").values[0]
    there = program("import", "home.ndjson", "--json")

    assert there.code == 0, there.err
    assert there.values == [{**exported, "written": before["count"]}]
    assert verified(program) == before
    assert ends.of(INTAKE) == ends.of(LOG) == before["count"]
    assert ends.of(REJECTED) == 1
    rejected = ("log", "--rejected", "--json")
    assert program(*rejected).values == here(*rejected).values
    for command in (["pages", "--json"], ["inbox", "police", "--json"]):
        assert sorted(program(*command).out.splitlines()) == sorted(
            here(*command).out.splitlines()
        )

    again = program("export", "cluster.ndjson", "--json").values[0]
    assert again == exported
    back = here.set(HOME=str(program.folder / "back"))
    assert back("import", "cluster.ndjson").code == 0
    assert verified(back) == before


def test_done_again_it_changes_nothing_whatever_came_since(
    program: Program, here: Program, kafka: Connection, ends: Ends
) -> None:
    """What was brought in stands at the beginning of what is there by now."""
    here("export", "home.ndjson")
    program("import", "home.ndjson")
    again = program("import", "home.ndjson", "--json")
    assert (again.code, again.values[0]["written"]) == (0, 0)

    asyncio.run(put(kafka, INTAKE, b"more"))
    intake = ends.of(INTAKE)
    once_more = program("import", "home.ndjson", "--json")

    assert (once_more.code, once_more.values[0]["written"]) == (0, 0)
    assert ends.of(INTAKE) == intake


def test_killed_at_any_point_it_goes_on(
    program: Program, ends: Ends, tmp_path: Path
) -> None:
    """However often it is killed, in the end all is there, once, and in order."""
    home = tmp_path / "home"
    many(home)
    here = program.set(RUNTIME="embedded", HOME=str(home))
    before = verified(here)
    count = before["count"]
    assert here("export", "home.ndjson").code == 0
    chance = random.Random(5)

    stood = [0]
    while len(stood) < KILLED and stood[-1] < 2 * count + CASES:
        point = stood[-1] + chance.randrange(1, CASES)
        stood.append(killed_at(program, ends, point))
    last = program("import", "home.ndjson", "--json")

    assert last.code == 0, last.err
    assert len(set(stood)) > 3
    assert ends.of(INTAKE) == ends.of(LOG) == count
    assert ends.of(REJECTED) == CASES
    assert verified(program) == before


def killed_at(program: Program, ends: Ends, point: int) -> int:
    """Begin an import, kill it once so many records stand there, and count them."""

    def there() -> int:
        return sum(ends.of(topic) for topic in (INTAKE, LOG, REJECTED))

    process = subprocess.Popen(
        program.command("import", "home.ndjson"),
        cwd=program.folder,
        env=program.environment(),
        stdout=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None and there() < point:
            pass
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    return there()


def test_any_beginning_is_gone_on_with(
    program: Program, here: Program, kafka: Connection, ends: Ends
) -> None:
    """Of each partition a part of its own, as a producer's batches may leave it."""
    here("export", "home.ndjson")
    assert program("import", "home.ndjson").code == 0
    other = Connection(kafka.bootstrap, names=Names(f"{kafka.names.prefix}other."))
    make_topics(other, AGENCIES, partitions=PARTITIONS)
    asyncio.run(copy_beginnings(kafka, other, random.Random(5)))
    again = program.set(KAFKA_PREFIX=other.names.prefix)
    moved = again("import", "home.ndjson", "--json")

    assert moved.code == 0, moved.err
    assert 0 < moved.values[0]["written"] < moved.values[0]["records"]
    assert verified(again) == verified(program)
    counting = Ends(other)
    for topic in (INTAKE, LOG, REJECTED):
        assert counting.of(topic) == ends.of(topic)
    counting.close()


async def copy_beginnings(
    source: Connection, target: Connection, chance: random.Random
) -> None:
    """Copy some first records of the intake's partitions, and fewer of the log's."""
    tail, producer = Tail(source, [source.names.of(INTAKE)]), Producer(target)
    logged = Tail(source, [source.names.of(LOG)])
    await producer.start()
    try:
        for topic, reader in ((INTAKE, tail), (LOG, logged)):
            await reader.start({})
            whole = await reader.ends()
            found: list[Outgoing] = []
            name = target.names.of(topic)
            while not reader.has_read(whole):
                for where, some in (await reader.read(0.5)).items():
                    most = whole[where] // 2
                    if topic is INTAKE:
                        most = chance.randint(most, whole[where])
                    found += [
                        Outgoing(name, where.partition, one.key, one.value, one.headers)
                        for one in some
                        if one.offset < most
                    ]
            await producer.send_all(found)
    finally:
        for one in (tail, logged, producer):
            await one.stop()


def test_nothing_is_activated_on_what_stands_half_way(
    program: Program, ends: Ends, tmp_path: Path
) -> None:
    """It would be taken for all there is; the archive is to be brought in again."""
    many(tmp_path / "home")
    program.set(RUNTIME="embedded", HOME=str(tmp_path / "home"))(
        "export", "home.ndjson"
    )
    killed_at(program, ends, 1)
    activated = program("protocol", "activate", "nz-2009")

    assert activated.code == 4
    assert "`coordinator import` again" in activated.err
    assert program("import", "home.ndjson").code == 0
    assert program("protocol", "activate", "nz-2009").code == 0


def test_a_cluster_that_is_in_use_is_left_alone(
    program: Program, here: Program, ends: Ends
) -> None:
    """An archive is for one where nothing is active."""
    here("export", "home.ndjson")
    program("protocol", "activate", "nz-2009")
    intake = ends.of(INTAKE)
    ran = program("import", "home.ndjson")

    assert ran.code == 4
    assert ran.err.count("\n") == 1
    assert ends.of(INTAKE) == intake
    assert ends.of(LOG) == 0


@pytest.mark.parametrize("topic", [INTAKE, LOG, REJECTED], ids=lambda one: one.name)
def test_a_cluster_that_holds_something_else_is_left_alone(
    program: Program, here: Program, kafka: Connection, ends: Ends, topic: Topic
) -> None:
    """Nothing is written behind what is not the archive's."""
    here("export", "home.ndjson")
    asyncio.run(put(kafka, topic, b"something else"))
    ran = program("import", "home.ndjson")

    assert ran.code == 4
    assert f"{topic.name}, partition 0, holds something else" in ran.err
    assert sum(ends.of(one) for one in (INTAKE, LOG, REJECTED)) == 1


async def put(connection: Connection, topic: Topic, value: bytes) -> None:
    """Write a record of no use."""
    producer = Producer(connection)
    await producer.start()
    await producer.send_all([Outgoing(connection.names.of(topic), 0, b"k", value)])
    await producer.stop()


class Hand:
    """A channel that remembers what it handed over."""

    name = "test"

    def __init__(self) -> None:
        self.handed: Counter[str] = Counter()

    def deliver(self, page: PageItem) -> Literal["sent"]:
        """Count a page."""
        self.handed[page.id] += 1
        return "sent"


async def test_workers_wait_until_all_is_there_and_then_go_on(
    program: Program, here: Program, kafka: Connection, ends: Ends
) -> None:
    """
    Deadlines that passed meanwhile come due once, and nobody is paged a second time.

    The workers were started before anything was brought in, and did nothing until then.
    """
    sent, queued = hand_one_over(Path(here.environment()["COORDINATOR_HOME"]))
    assert queued
    before = verified(here)
    here("export", "home.ndjson")
    hand = Hand()
    async with at_work(kafka, program.folder / "cache", hand) as mirror:
        there = await asyncio.to_thread(lambda: program("import", "home.ndjson"))
        assert there.code == 0, there.err
        news = asyncio.Event()
        mirror.listen(lambda *_: news.set())
        async with asyncio.timeout(ENOUGH_S):
            while not at_rest(mirror.store, before["count"]):
                await news.wait()
                news.clear()
        rows = list(mirror.store.log())

    after = verified(program)
    decisions = [orjson.loads(row.decision_bytes) for row in rows]
    # The last rung of a ladder repeats, and so has fired at another instant before.
    fired = Counter(
        (page["obligation"], page["rung"], page["agency"], page["role"], one["at"])
        for one in decisions
        for page in one["pages"]
        if page["why"] == "deadline"
    )
    assert after["count"] == len(rows) > before["count"]
    assert ends.of(INTAKE) == ends.of(LOG) == len(rows)
    assert any(one["pages"] for one in decisions[before["count"] :])
    assert set(fired.values()) == {1}
    assert queued <= hand.handed.keys()
    assert sent not in hand.handed
    assert set(hand.handed.values()) == {1}


@asynccontextmanager
async def at_work(
    connection: Connection, folder: Path, hand: Hand
) -> AsyncIterator[Mirror]:
    """Run a worker of each kind but ingress; gives the notifier's mirror."""
    stop = asyncio.Event()
    async with joined(connection) as cluster, AsyncExitStack() as stack:
        kinds = [
            await stack.enter_async_context(one)
            for one in (
                workers.case_worker(cluster, folder),
                workers.router_worker(cluster),
                workers.timers_worker(cluster, folder, SystemClock()),
                workers.notifier_worker(cluster, folder, SystemClock(), hand),
            )
        ]
        parts = dict.fromkeys(part for one in kinds for part in one.beside)
        beside = [asyncio.ensure_future(part()) for part in parts]
        members = [asyncio.ensure_future(one.run(stop)) for one in kinds]
        mirror = kinds[-1].mirror
        assert mirror is not None
        try:
            yield mirror
        finally:
            stop.set()
            await asyncio.gather(*members)
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


def hand_one_over(home: Path) -> tuple[str, set[str]]:
    """Have one page of a home sent, and give it, and those that still wait."""
    bus = Bus(home)
    store = SqliteStore(home / "bus.sqlite")
    first, *others = store.queued_pages(100)
    store.mark_pages({first.id: "sent"})
    store.close()
    bus.now += timedelta(days=1)
    event = page_sent(
        key=first.key,
        page_id=first.id,
        at=bus.now,
        channel="test",
        contact_id=first.page.get("contact_id"),
    )
    bus.take([Submission(event=event)])
    return first.id, {page.id for page in others}


def at_rest(store: Store, count: int) -> bool:
    """Whether nothing is due, behind so many rows, and whoever is to be is paged."""
    now = SystemClock().now()
    return (
        any(True for _ in store.log(after=count))
        and not store.due(now, 1)
        and not store.queued_pages(1)
    )
