"""
What agencies send while faults happen, good and bad, in the order of chance.

    cases told by their agencies   most of it accepted, what comes too early refused
    the same bytes once more       duplicates
    other content under an id      rejected
    an agency's events backwards   refused, not lost
    bytes that are no event        rejected
    imported suspicions            whose deadlines come due all the while

All of it is in an outbox, acknowledged, or in the intake, as an import's is.
"""

import asyncio
import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

import orjson

from coordinator.events import decode
from coordinator.protocol import Record
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import to_intake
from coordinator.runtime.kafka.outgoing import BrokerFault, Outgoing, Producer
from coordinator.topics import INTAKE, OUTBOX
from tests.contract.telling import Teller, rules, tell

__all__ = ["SOON", "Load"]

SOON: Final = timedelta(seconds=5)
"""In which the deadlines of what is imported come due."""

_TICK_S: Final = 0.1
# Agencies follow each other: what answers another agency's event comes after it.
_FOLLOWS: Final = {"customs": 0, "police": 4, "justice": 8}
# A reported suspicion is reminded of after 45 minutes, due after 60, and escalated
# after two hours and after five.
_RUNGS: Final = tuple(timedelta(minutes=of) for of in (45, 60, 120, 300))
_POISON: Final = (
    b"",
    b"\x00\xff\xfe",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b'{"id": 1}',
    b"[" * 5_000,
    b"x" * 70_000,
    '{"id": "\ud800"}'.encode("utf-8", "surrogatepass"),
)


class Load:
    """
    Writes for agencies; to be run in one event loop.

    Args:
        connection: The cluster.
        partitions: How many the intake has.
        cases: How many are begun in a second.
        due: How many suspicions are imported in a second.
        seed: Of the chance in it.
    """

    def __init__(
        self,
        connection: Connection,
        partitions: int,
        *,
        cases: float = 6.0,
        due: float = 4.0,
        seed: int = 1,
    ) -> None:
        self._names = connection.names
        self._partitions = partitions
        self._producer = Producer(connection)
        self._cases = cases
        self._due = due
        self._chance = random.Random(seed)
        self._clock = SystemClock()
        self._told = 0
        self._imported = 0
        self._later: defaultdict[int, list[tuple[str, bytes]]] = defaultdict(list)
        self._sent: list[tuple[str, bytes]] = []
        self.written = 0
        """Records that the broker has confirmed."""

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop; what is begun then is written to its end."""
        await self._producer.start()
        try:
            tick = 0
            while self._later or not stop.is_set():
                out = [] if stop.is_set() else [*self._begun(tick), *self._imports()]
                out += self._spoilt(self._later.pop(tick, []))
                await self._write(out)
                tick += 1
                await asyncio.sleep(_TICK_S)
        finally:
            await self._producer.stop()

    async def _write(self, out: list[Outgoing]) -> None:
        """Write it; what no broker confirms is written again, and is there twice."""
        while True:
            try:
                await self._producer.send_all(out)
            except BrokerFault:
                continue
            self.written += len(out)
            return

    def _begun(self, tick: int) -> list[Outgoing]:
        """Begin cases; their events are written in later ticks."""
        for _ in range(self._times(self._cases)):
            by_agency: defaultdict[str, list[bytes]] = defaultdict(list)
            for one in tell(self._told, self._clock.now()):
                by_agency[str(one.sender)].append(one.raw)
            for agency, events in by_agency.items():
                if self._chance.random() < 0.1:
                    events.reverse()
                for number, event in enumerate(events):
                    at = tick + _FOLLOWS[agency] + number // 4
                    self._later[at].append((agency, event))
            self._told += 1
        return []

    def _spoilt(self, events: list[tuple[str, bytes]]) -> list[Outgoing]:
        """Send events, and with them what goes wrong with sending."""
        out = list(events)
        for agency, event in events:
            chance = self._chance.random()
            if chance < 0.05:
                out.append(self._chance.choice(self._sent or events))
            elif chance < 0.07:
                other = orjson.loads(event) | {"via": "phone"}
                out.append((agency, orjson.dumps(other)))
            elif chance < 0.09:
                out.append((agency, self._chance.choice(_POISON)))
        self._sent = [*self._sent[-500:], *events]
        return [self._outgoing(*one) for one in out]

    def _outgoing(self, agency: str, event: bytes) -> Outgoing:
        return Outgoing(self._names.of(OUTBOX, agency), 0, None, event)

    def _imports(self) -> list[Outgoing]:
        """Import suspicions that were received so long ago that a rung is due soon."""
        return [
            self._import(
                self._clock.now()
                - self._chance.choice(_RUNGS)
                + SOON * self._chance.uniform(-0.2, 1)
            )
            for _ in range(self._times(self._due))
        ]

    def _import(self, then: datetime) -> Outgoing:
        self._imported += 1
        at = then.replace(microsecond=then.microsecond // 1000 * 1000)
        # Numbers from behind those of the cases told: ids come from them.
        told = Teller(1_000_000 + self._imported, at)
        record = Record(told.case, at, rules(), decode(told.first.raw))
        return to_intake(
            self._names.of(INTAKE), self._partitions, record, received_at=at
        )

    def _times(self, in_a_second: float) -> int:
        """Say how many there are in this tick."""
        each = in_a_second * _TICK_S
        return int(each) + (self._chance.random() < each % 1)
