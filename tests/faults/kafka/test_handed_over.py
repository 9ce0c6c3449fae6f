"""
Work is handed over between workers, in order or over a sleeper's head, and done once.

A worker that was thought dead, and wakes, is a zombie: what it then does changes
nothing.
"""

import asyncio
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.kafka.campaign import campaign
from tests.faults.kafka.fleet import KINDS

pytestmark = pytest.mark.connected

# Of those that write what is decided on, or decide.
ZOMBIES = ("ingress", "case", "timers")


async def test_work_is_handed_over(kafka: Connection, tmp_path: Path) -> None:
    """A second worker joins, one of the two sleeps and wakes, and one leaves."""
    async with campaign(kafka, tmp_path, cases=3.0) as running:
        await asyncio.gather(*(running.join(kind) for kind in KINDS))
        await asyncio.gather(*(running.pause(kind) for kind in ZOMBIES))
        await asyncio.gather(*(running.leave(kind) for kind in KINDS))
        await running.assert_sound()
        running.assert_none_gave_up()


@pytest.mark.faults_long
async def test_workers_join_and_leave_often(kafka: Connection, tmp_path: Path) -> None:
    """Ten times, of each kind: nothing is lost, and each that leaves ends in order."""

    async def come_and_go(kind: str) -> None:
        for _ in range(10):
            await running.join(kind)
            await running.leave(kind)

    async with campaign(kafka, tmp_path) as running:
        await asyncio.gather(*(come_and_go(kind) for kind in KINDS))
        await running.assert_sound()
        running.assert_none_gave_up()


@pytest.mark.faults_long
async def test_zombies_change_nothing(kafka: Connection, tmp_path: Path) -> None:
    """One of two sleeps through a hand-over, three times, under more load."""

    async def sleep_and_wake(kind: str) -> None:
        await running.join(kind)
        for _ in range(3):
            await running.pause(kind)

    async with campaign(kafka, tmp_path, cases=12.0) as running:
        await asyncio.gather(*(sleep_and_wake(kind) for kind in ZOMBIES))
        await running.assert_sound()
        running.assert_none_gave_up()
