"""A worker may be killed at any moment: nothing is lost, nothing is done twice."""

import asyncio
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.kafka.campaign import campaign
from tests.faults.kafka.fleet import KINDS

pytestmark = pytest.mark.connected


async def kill(kafka: Connection, folder: Path, times: int, cases: float) -> None:
    """Kill a worker of each kind, and the agents, so often; each at its own moments."""
    async with campaign(kafka, folder, cases=cases) as running:
        await asyncio.gather(
            *(running.kill(kind, times) for kind in KINDS), running.kill_agents(times)
        )
        found = await running.assert_sound()

        # Only a zombie, which nobody here is, lets in what its successor let in.
        assert not found.let_in_again
        running.assert_none_gave_up()


async def test_workers_are_killed(kafka: Connection, tmp_path: Path) -> None:
    """Each kind of worker killed once under load: all that must hold, holds."""
    await kill(kafka, tmp_path, 1, cases=3.0)


@pytest.mark.faults_long
async def test_workers_are_killed_often(kafka: Connection, tmp_path: Path) -> None:
    """Each kind of worker killed ten times under load: the same."""
    await kill(kafka, tmp_path, 10, cases=6.0)
