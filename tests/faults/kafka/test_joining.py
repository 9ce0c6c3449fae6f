"""Workers may join and leave under load: work is handed over, none of it twice."""

import asyncio
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.kafka.campaign import campaign
from tests.faults.kafka.fleet import KINDS

pytestmark = pytest.mark.connected


async def join_and_leave(
    kafka: Connection, folder: Path, times: int, cases: float = 6.0
) -> None:
    """Have a second worker of each kind join, and one of the two leave, so often."""
    async with campaign(kafka, folder, cases=cases) as running:
        async with asyncio.TaskGroup() as tasks:
            for kind in KINDS:
                tasks.create_task(running.join_and_leave(kind, times))
        await running.assert_sound()


async def test_workers_join_and_leave(kafka: Connection, tmp_path: Path) -> None:
    """Once: all that must hold, holds, and each that leaves ends in order."""
    await join_and_leave(kafka, tmp_path, 1, cases=3.0)


@pytest.mark.faults_long
async def test_workers_join_and_leave_often(kafka: Connection, tmp_path: Path) -> None:
    """Ten times: the same."""
    await join_and_leave(kafka, tmp_path, 10)
