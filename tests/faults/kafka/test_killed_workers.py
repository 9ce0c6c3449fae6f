"""A worker may be killed at any moment: nothing is lost, nothing is done twice."""

import asyncio
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.kafka.campaign import Campaign, campaign
from tests.faults.kafka.fleet import KINDS

pytestmark = pytest.mark.connected


async def kill_all(running: Campaign, times: int) -> None:
    """Kill a worker of each kind, and the agents, so often; each at its own moments."""
    async with asyncio.TaskGroup() as tasks:
        for kind in KINDS:
            tasks.create_task(running.kill(kind, times))
        tasks.create_task(running.kill_agents(times))


async def test_workers_are_killed(kafka: Connection, tmp_path: Path) -> None:
    """Each kind of worker killed once under load: all that must hold, holds."""
    async with campaign(kafka, tmp_path) as running:
        await kill_all(running, 1)
        found = await running.assert_sound()
        print(found.counts)
