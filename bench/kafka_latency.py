"""
From one agency's outbox to another one's inbox, when little is going on.

Ingress, case worker and router run as three processes, as in production; this process
is both agencies. An event's time runs from handing it to the producer of the outbox
until a reader of the other inbox has it. Beside it a bare relay of as many processes
and hops carries values of the same sizes, event for event at the same instants.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Final, NamedTuple

import orjson
from aiokafka.structs import ConsumerRecord

from bench.figure import Companion, Figure, Goal
from bench.flow import STEPS, case
from bench.kafka_cluster import activate, broker, topics
from bench.kafka_processes import Process, module, running, worker
from bench.measuring import fresh_folder, percentile
from bench.sizes import Sizes
from coordinator.events import decode
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import header
from coordinator.runtime.kafka.outgoing import Outgoing, Producer
from coordinator.runtime.kafka.tail import Tail
from coordinator.topics import INBOX, LOG, OUTBOX, Record, headers

__all__ = ["latency_on_kafka"]

_PARTITIONS: Final = 12
_BETWEEN: Final = timedelta(milliseconds=50)
_TOGETHER: Final = 10
"""Cases that are told side by side, so that a case's next event waits for its last."""
_WARM: Final = _TOGETHER * STEPS
"""Events that go first and are not counted."""
_COMES_S: Final = 60.0
_READS_S: Final = 0.5
# Who gets something of the load.
_AGENCIES: Final = (
    "acc",
    "customs",
    "health",
    "housing",
    "justice",
    "labour",
    "msd",
    "police",
)


class _Sizes(NamedTuple):
    """Bytes of a value in each topic, on average."""

    sent: int
    logged: int
    delivered: int


class _Watch:
    """Notes when each event was sent, and when it first came in."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self._came: dict[str, float] = {}
        self.sizes: list[int] = []

    def sends(self, key: str) -> None:
        """Note that it is sent now."""
        self._sent[key] = perf_counter()

    def came(self, key: str | None, size: int) -> None:
        """Note that it is here, if it is one that was sent, and here for once."""
        if key is not None and key in self._sent and key not in self._came:
            self._came[key] = perf_counter()
            self.sizes.append(size)

    def has_all(self) -> bool:
        """Whether all that was sent is here."""
        return len(self._came) == len(self._sent)

    def laps_ms(self) -> list[float]:
        """Give the milliseconds that each took, in the order of sending."""
        return [(self._came[one] - at) * 1000 for one, at in self._sent.items()]


def latency_on_kafka(sizes: Sizes) -> list[Figure]:
    """Compare the way through the bus with a bare relay of as many hops."""
    ours: list[list[float]] = []
    bare: list[list[float]] = []
    with broker() as there:
        for _ in range(sizes.repeats):
            with fresh_folder() as folder:
                laps, seen = asyncio.run(_ours(there, folder, sizes.latency_cases))
            ours.append(laps)
            bare.append(asyncio.run(_bare(there, seen, len(laps) + _WARM)))
    each = 1 / _BETWEEN.total_seconds()
    name = f"Kafka: outbox to another's inbox, {each:g} events/s: "
    how = (
        f"best of {sizes.repeats} runs of {len(ours[0]):,} events, in turn; ingress,"
        " case and router are a process each, and so is each hop of the relay"
    )
    relay = "a bare relay of four hops, values of the same sizes"
    return [
        Figure(
            f"{name}{label}",
            min(percentile(laps, percent) for laps in ours),
            "ms",
            Companion(relay, min(percentile(laps, percent) for laps in bare)),
            goal,
            how,
        )
        for label, percent, goal in (
            ("99th percentile", 99, Goal(3, at_least=False)),
            ("median", 50, None),
        )
    ]


async def _ours(
    there: Connection, folder: Path, cases: int
) -> tuple[list[float], _Sizes]:
    connection = topics(there, _PARTITIONS, agencies=_AGENCIES)
    await activate(connection, _PARTITIONS)
    load = _load(connection, cases)
    inboxes = [connection.names.of(INBOX, one) for one in _AGENCIES]
    bus = [worker(kind, connection, folder) for kind in ("ingress", "case", "router")]
    with running(bus):
        for one in bus:
            await one.ready()
        watch = await _carried(connection, load, inboxes, _event_in, bus)
    logged = await _sizes_in(connection, connection.names.of(LOG), len(load))
    sent = round(mean(len(out.value) for _, out in load))
    return (
        watch.laps_ms()[_WARM:],
        _Sizes(sent, round(mean(logged)), round(mean(watch.sizes))),
    )


async def _bare(there: Connection, seen: _Sizes, events: int) -> list[float]:
    connection = topics(there, _PARTITIONS, "relay.intake", "relay.log", agencies=["a"])
    prefix, names = connection.names.prefix, connection.names
    way = [
        (names.of(OUTBOX, "a"), 1),
        (f"{prefix}relay.intake", _PARTITIONS),
        (f"{prefix}relay.log", _PARTITIONS),
        (names.of(INBOX, "a"), 1),
    ]
    hops = [
        module(
            "kafka_relay",
            *(there.bootstrap, f"{prefix}{number}", read, written),
            *(str(partitions), str(size)),
        )
        for number, (((read, _), (written, partitions)), size) in enumerate(
            zip(pairwise(way), seen, strict=True)
        )
    ]
    load = [
        (f"{number}", Outgoing(way[0][0], 0, b"%d" % number, bytes(seen.sent)))
        for number in range(events)
    ]
    with running(hops):
        watch = await _carried(connection, load, [way[-1][0]], _key_in, hops)
    return watch.laps_ms()[_WARM:]


def _load(connection: Connection, cases: int) -> list[tuple[str, Outgoing]]:
    """Tell cases, each event with its id, into the outboxes."""
    now = SystemClock().now()
    told = [case(number, now) for number in range(cases + _TOGETHER)]
    events = [
        decode(told[number][step])
        for start in range(0, len(told), _TOGETHER)
        for step in range(STEPS)
        for number in range(start, start + _TOGETHER)
    ]
    return [
        (
            event.id,
            Outgoing(connection.names.of(OUTBOX, event.agency), 0, None, event.raw),
        )
        for event in events
    ]


async def _carried(
    connection: Connection,
    load: Sequence[tuple[str, Outgoing]],
    inboxes: Sequence[str],
    key_in: Callable[[ConsumerRecord], str | None],
    carriers: Sequence[Process],
) -> _Watch:
    """Send event after event, and wait until all have come."""
    watch, loop = _Watch(), asyncio.get_running_loop()
    tail, producer = Tail(connection, inboxes), Producer(connection)

    async def read() -> None:
        while True:
            for messages in (await tail.read(_READS_S)).values():
                for message in messages:
                    watch.came(key_in(message), len(message.value))

    async with AsyncExitStack() as stack:
        await producer.start()
        stack.push_async_callback(producer.stop)
        await tail.start_at_end()
        stack.push_async_callback(tail.stop)
        reading = asyncio.create_task(read())
        stack.callback(reading.cancel)
        begun = loop.time()
        for number, (key, outgoing) in enumerate(load):
            at = begun + number * _BETWEEN.total_seconds()
            await asyncio.sleep(max(0.0, at - loop.time()))
            watch.sends(key)
            await producer.send_all([outgoing])
        async with asyncio.timeout(_COMES_S):
            while not watch.has_all():
                for one in carriers:
                    one.check()
                await asyncio.sleep(_READS_S)
    return watch


def _event_in(message: ConsumerRecord) -> str | None:
    """Name the event that an inbox record delivers; None for a receipt."""
    if header(message, headers.RECORD) != Record.DELIVERY:
        return None
    return str(orjson.loads(message.value)["id"])


def _key_in(message: ConsumerRecord) -> str | None:
    return bytes(message.key).decode()


async def _sizes_in(connection: Connection, topic: str, records: int) -> list[int]:
    """Give the size of each value in a topic that has so many."""
    tail = Tail(connection, [topic])
    await tail.start({})
    found: list[int] = []
    try:
        while len(found) < records:
            for messages in (await tail.read(_READS_S)).values():
                found += [len(message.value) for message in messages]
    finally:
        await tail.stop()
    return found
