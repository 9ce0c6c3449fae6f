"""A worker that was thought dead may wake: what it then does changes nothing."""

import asyncio
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.kafka.campaign import campaign

pytestmark = pytest.mark.connected

# Those that write what is decided on, or decide.
KINDS = ("ingress", "case", "timers")


async def pause(
    kafka: Connection, folder: Path, times: int, cases: float = 6.0
) -> None:
    """Stop one of two workers of a kind, until the other has its partitions."""
    async with campaign(kafka, folder, cases=cases) as running:
        async with asyncio.TaskGroup() as tasks:
            for kind in KINDS:
                tasks.create_task(running.pause(kind, times))
        await running.assert_sound()


async def test_a_zombie_changes_nothing(kafka: Connection, tmp_path: Path) -> None:
    """One of each kind sleeps through a hand-over: all that must hold, holds."""
    await pause(kafka, tmp_path, 1, cases=3.0)


@pytest.mark.faults_long
async def test_zombies_change_nothing(kafka: Connection, tmp_path: Path) -> None:
    """Three times, under more load: the same."""
    await pause(kafka, tmp_path, 3, cases=12.0)
