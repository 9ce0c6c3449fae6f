"""The broker may be killed: workers that end come back, and all is answered once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.kafka.campaign import campaign
from tests.kafka.broker import Broker
from tests.kafka.cluster import need_local_kafka

pytestmark = pytest.mark.connected


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    """Give a broker that no other test needs."""
    need_local_kafka()
    broker = Broker(tmp_path / "broker")
    try:
        yield broker.start()
    finally:
        broker.stop()


async def kill(own: Broker, folder: Path, times: int, cases: float = 6.0) -> None:
    """Kill the broker under load, and start it again on what it has."""
    async with campaign(Connection(own.bootstrap), folder, cases=cases) as running:
        for _ in range(times):
            await running.wait(3.0)
            await asyncio.to_thread(own.kill)
            await running.wait(3.0)
            await asyncio.to_thread(own.start)
            await running.ready()
        found = await running.assert_sound()

        # Only a zombie, which nobody here is, lets in what its successor let in.
        assert not found.let_in_again


async def test_the_broker_is_killed(own: Broker, tmp_path: Path) -> None:
    """Killed once under load: every worker comes back; all that must hold, holds."""
    await kill(own, tmp_path / "bus", 1, cases=3.0)


@pytest.mark.faults_long
async def test_the_broker_is_killed_often(own: Broker, tmp_path: Path) -> None:
    """Killed three times: the same."""
    await kill(own, tmp_path / "bus", 3)
