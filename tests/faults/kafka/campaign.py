"""
A bus under load while faults happen to it, and what must hold of it afterwards.

    topics, protocol ─▶ workers, agents ─▶ load, poison ─▶ faults ─▶ all is answered
    ─▶ every process ends in order ─▶ the topics are looked at
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import Signals
from sys import executable
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient

from coordinator.clusters import activate
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.sqlite.tray import Tray
from coordinator.settings import Settings
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, PROFILES, REJECTED, Role
from tests.contract.telling import packaged, rules
from tests.faults.kafka.checks import Found, look
from tests.faults.kafka.fleet import ENOUGH_S, KINDS, Fleet, fleet
from tests.faults.kafka.load import SOON, Load
from tests.faults.kafka.topics import Topics
from tests.kafka.cluster import make_topics

__all__ = ["Campaign", "campaign"]

PARTITIONS: Final = 4
WATCHED: Final = ("police", "justice")
"""Whose agents are at work."""

_AGENTS: Final = Path(__file__).with_name("agents.py")
_POISON: Final = (b"", None, b"\xff\x00{", b'{"position": "x"}', b"[1]", b"{" * 4_000)


class Campaign:
    """
    One bus, and what happens to it.

    Args:
        connection: The cluster; its topics are there.
        made: The processes on it.
        seed: Of the chance in it.
    """

    def __init__(self, connection: Connection, made: Fleet, seed: int) -> None:
        self.connection = connection
        self.fleet = made
        self.chance = random.Random(seed)
        self.by_kind = {kind: [made.add(kind)] for kind in KINDS}
        self.enough = asyncio.Event()
        """Set when no more is to be sent."""
        self.in_hand: Counter[tuple[str, str]] = Counter()
        """How often each delivery was in an agent's hand when that ended."""
        self.load: asyncio.Task[None] | None = None
        self._until = SystemClock().now()
        self._out = made.folder / "handled"
        self._topics = Topics(connection, agencies(), PARTITIONS)
        self.agents = made.run(
            "agents",
            [executable, str(_AGENTS), str(self._out), *WATCHED],
            between=self._look_into_trays,
        )

    async def ready(self) -> None:
        """Wait until every worker is at work."""
        workers = [one for kind in self.by_kind.values() for one in kind]
        await asyncio.gather(*(one.ready() for one in workers))

    async def kill(self, kind: str, times: int) -> None:
        """Kill a worker under load again and again; now and then before it is ready."""
        (worker,) = self.by_kind[kind]
        for number in range(times):
            if number % 4 != 3:
                await worker.ready()
            await self.wait(1.5)
            await worker.strike()
        await worker.ready()

    async def kill_agents(self, times: int) -> None:
        """Kill the agents while they have something in hand."""
        for _ in range(times):
            before = self._handled_bytes()
            async with asyncio.timeout(ENOUGH_S):
                while self._handled_bytes() == before:  # noqa: ASYNC110 - a file
                    await asyncio.sleep(0.01)
            await self.wait(0.3)
            await self.agents.strike()

    async def join(self, kind: str) -> None:
        """Have a second worker of a kind join."""
        self.by_kind[kind].append(self.fleet.add(kind))
        await self.by_kind[kind][-1].ready()
        await self.wait(0.5)

    async def leave(self, kind: str) -> None:
        """Have one of two workers leave in order, whichever."""
        left = self.by_kind[kind].pop(self.chance.randrange(2))
        assert await left.stop() == 0, left.said()

    async def pause(self, kind: str) -> None:
        """Stop one of two workers in its tracks until the other has all of its work."""
        workers = self.by_kind[kind]
        group = self.connection.names.group(Role(kind))
        await self._has(group, 2)
        await asyncio.gather(*(one.ready() for one in workers))
        await self.wait(1.0)
        sleeper = self.chance.choice(workers)
        sleeper.send(Signals.SIGSTOP)
        await self._has(group, 1)
        # The other one is to be well ahead.
        await self.wait(2.0)
        sleeper.send(Signals.SIGCONT)
        await self._has(group, 2)

    async def _has(self, group: str, count: int) -> None:
        """Wait until a group has so many members."""
        async with asyncio.timeout(ENOUGH_S):
            while await members(self.connection, group) != count:  # noqa: ASYNC110 - the broker does not call back
                await asyncio.sleep(0.3)

    async def wait(self, most_s: float) -> None:
        """Wait for a while, as chance has it."""
        await asyncio.sleep(self.chance.random() * most_s)

    def handled(self) -> list[tuple[str, str, int]]:
        """Read what the handlers were given: agency, delivery, which attempt."""
        if not self._out.exists():
            return []
        rows = [line.split() for line in self._out.read_text().splitlines()]
        return [(agency, one, int(attempt)) for agency, one, attempt in rows]

    def _handled_bytes(self) -> int:
        return self._out.stat().st_size if self._out.exists() else 0

    async def _settled(self) -> Found:
        """Wait until all is answered, then end every process, and look at it all."""
        loop = asyncio.get_running_loop()
        found, last, moved = await self._look(), 0, loop.time()
        while found.missing:
            await asyncio.sleep(1)
            found = await self._look()
            if self._topics.count() != last:
                last, moved = self._topics.count(), loop.time()
            # Patience is for a bus that gets nowhere.
            assert loop.time() - moved < ENOUGH_S, self._told(found)
        ends = await self.fleet.stop()
        assert not ends, f"these did not end in order: {ends}"
        return await self._look()

    async def assert_sound(self) -> Found:
        """Let the load end, and see that all holds that must."""
        self.enough.set()
        assert self.load is not None
        await self.load
        self._until = SystemClock().now() + SOON
        found = await self._settled()
        assert not [*found.wrong, *found.missing], self._told(found)
        code, said = await self.fleet.coordinator("replay", "--verify", "--json")
        assert code == 0, said
        assert json.loads(said)["count"] == found.decided, said
        return found

    def assert_none_gave_up(self) -> None:
        """See that no process ended but by our doing."""
        ours = {0, -Signals.SIGKILL}
        ends = {one.name: one.ends for one in self.fleet.workers}
        assert {code for codes in ends.values() for code in codes} <= ours, ends

    async def _look(self) -> Found:
        await self._topics.read_on()
        found = look(self._topics, {rules().reference: rules()}, self._until)
        self._look_at_handlers(found)
        return found

    def _look_at_handlers(self, found: Found) -> None:
        """Each delivery was handed to its handler once, or was in hand at an end."""
        times = Counter((agency, one) for agency, one, _ in self.handled())
        due = {(agency, one) for agency in WATCHED for one in found.deliveries[agency]}
        found.counts["handled"] = len(times)
        found.counts["handled again"] = times.total() - len(times)
        found.missing += [f"{one}: not handed to a handler" for one in due - set(times)]
        found.wrong += [
            f"{one}: handed to a handler {count} times, in hand {self.in_hand[one]}"
            for one, count in times.items()
            if one not in due or count > 1 + self.in_hand[one]
        ]

    def _look_into_trays(self) -> None:
        for agency in WATCHED:
            path = self.fleet.folder / "home" / "agents" / f"{agency}.sqlite"
            if not path.exists():
                continue
            tray = Tray(path)
            for case in tray.cases():
                waiting = tray.first_of(case)
                if waiting is not None and waiting.attempts:
                    self.in_hand[agency, waiting.id] += 1
            tray.close()

    def _told(self, found: Found) -> str:
        """Say what is wrong first, and how each process ended."""
        wrong = [f"wrong: {one}" for one in found.wrong]
        missing = [f"missing: {one}" for one in found.missing]
        ends = {one.name: one.ends for one in self.fleet.workers}
        count = f"{len(wrong)} wrong, {len(missing)} missing; ends {ends}"
        return "\n".join([count, str(found.counts), *wrong[:20], *missing[:20]])


async def members(connection: Connection, group: str) -> int:
    """Count a group's members; 0 while they share their work out."""
    admin = AIOKafkaAdminClient(**connection.for_aiokafka())
    try:
        async with asyncio.timeout(ENOUGH_S):
            await admin.start()
            (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    ((_, _, state, _, _, found, *_),) = answer.groups
    return len(found) if state == "Stable" else 0


def agencies() -> list[str]:
    """Name the agencies of the protocol that have an outbox and an inbox."""
    spec = packaged().spec
    return sorted(
        one
        for one in spec.agencies
        if "*" not in one and one != "coordinator" and one not in spec.offices
    )


@asynccontextmanager
async def campaign(
    connection: Connection,
    folder: Path,
    *,
    seed: int = 1,
    cases: float = 6.0,
    due: float = 4.0,
) -> AsyncIterator[Campaign]:
    """
    Give a bus that is at work and under load while the block runs.

    Args:
        connection: The cluster; nothing is made on it yet.
        folder: For what processes say, and what they can lose.
        seed: Of the chance in it.
        cases: How many are begun in a second.
        due: How many suspicions are imported in a second, due at once or soon.
    """
    make_topics(connection, agencies(), partitions=PARTITIONS)
    settings = Settings(
        home=folder / "home",
        runtime="kafka",
        kafka_bootstrap=connection.bootstrap,
        kafka_prefix=connection.names.prefix,
    )
    await asyncio.to_thread(activate, settings, packaged())
    async with fleet(connection, folder) as made:
        running = Campaign(connection, made, seed)
        await poison(connection)
        load = Load(connection, PARTITIONS, cases=cases, due=due, seed=seed)
        running.load = asyncio.create_task(load.run(running.enough))
        try:
            await running.ready()
            yield running
        finally:
            running.enough.set()
            await asyncio.wait({running.load}, timeout=ENOUGH_S)


async def poison(connection: Connection) -> None:
    """Write bytes into every topic that nobody of ours can have written there."""
    names, producer = connection.names, Producer(connection)
    topics = [
        *((names.of(topic), PARTITIONS) for topic in (INTAKE, LOG)),
        *((names.of(topic), 1) for topic in (REJECTED, PROFILES)),
        *((names.of(topic, one), 1) for topic in (OUTBOX, INBOX) for one in WATCHED),
    ]
    headers = (("offset", b"\xff"), ("record", b"?"), ("profile", b"\xfe"))
    await producer.start()
    try:
        await producer.send_all(
            [
                Outgoing(topic, partition, key, value, said)  # type: ignore[arg-type]
                for topic, partitions in topics
                for partition in range(partitions)
                for value in _POISON
                for key, said in ((b"", ()), (b"\xff", headers))
            ]
        )
    finally:
        await producer.stop()
