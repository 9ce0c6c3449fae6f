"""Agencies' agents for tests: a pace without waits, and a way to wait for an end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from coordinator.agents.agency import AgencyAgent, Pace, work
from coordinator.runtime.clock import Clock, SystemClock
from coordinator.runtime.line import Arrival, Keep
from coordinator.runtime.sqlite.tray import Tray, working_from
from coordinator.topics.records import Receipt

CASE = "TP-3NBGZ-VPFSC-B"
QUICK = Pace(first_s=0.001, most_s=0.002, tries=3, grace_s=5.0)
ENOUGH_S = 60.0
"""Longer than anything takes that is awaited here."""


def view(number: int, name: str = "suspicion.referred", case: str = CASE) -> bytes:
    """Write an event as it is delivered."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"0000000000000000000000{number:04}",
            "source": "urn:nz:agency:customs",
            "type": f"nz.item23.{name}",
            "subject": case,
            "time": "2026-03-02T20:15:00.000Z",
            "data": {"referral_ref": f"R-{number}", "urgency": "urgent"},
        }
    )


def arrival(number: int, case: str = CASE, **more: Any) -> Arrival:  # noqa: ANN401
    """Make a delivery; its number is its place."""
    given = {"view": "full", "event": view(number, case=case), **more}
    return Arrival(id=f"D{number}", case=case, place=number, **given)


@dataclass(eq=False)
class PipeLine:
    """A line by hand: what is `sent`, `verdicts` for it, and what comes in."""

    verdicts: Callable[[dict[str, Any]], str] = lambda _: "accepted"
    sent: list[dict[str, Any]] = field(default_factory=list)
    coming: asyncio.Queue[Sequence[Arrival]] = field(default_factory=asyncio.Queue)

    @property
    def is_reading(self) -> bool:
        """It always is."""
        return True

    async def send(self, event: bytes) -> Receipt:
        """Answer with what `verdicts` says."""
        read = orjson.loads(event)
        self.sent.append(read)
        return {
            "id": read["id"],
            "case": read.get("subject"),
            "verdict": self.verdicts(read),  # type: ignore[typeddict-item]
            "rule": None,
            "cite": None,
            "detail": None,
        }

    async def receive(self, keep: Keep, _: int | None) -> None:
        """Give what is put in."""
        while True:
            keep(await self.coming.get())


@dataclass(eq=False)
class Working:
    """An agent at work."""

    line: PipeLine
    tray: Tray


@asynccontextmanager
async def working(
    agent: AgencyAgent,
    path: Path,
    line: PipeLine | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Working]:
    """Have an agent at work while the block runs."""
    stop = asyncio.Event()
    line = line or PipeLine()
    with working_from(path / "agents" / f"{agent.agency}.sqlite") as tray:
        task = asyncio.create_task(
            work(
                agent,
                line,
                tray,
                clock=clock or SystemClock(),
                chance=lambda: 0.0,
                stop=stop,
            )
        )
        await asyncio.sleep(0)
        try:
            yield Working(line, tray)
        finally:
            stop.set()
            await asyncio.wait_for(task, ENOUGH_S)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds, which other tasks bring about."""
    async with asyncio.timeout(ENOUGH_S):
        while not condition():  # noqa: ASYNC110 - several things may bring it about
            await asyncio.sleep(0.001)
