"""Hosting Faust apps in one's own event loop."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from coordinator.events import OperatorError
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.hosting import HostCrashedError, hosted
from tests.agents.agencies import ENOUGH_S
from tests.kafka.broker import free_ports

pytestmark = pytest.mark.connected


def nothing(_: object) -> None:
    """Prepare nothing: there is no agent."""


async def test_services_go_on_beside_each_other_and_end_with_the_block(
    kafka: Connection,
) -> None:
    """An app without agents hosts services, which are cancelled at the end."""
    begun, ended = [asyncio.Event(), asyncio.Event()], list[int]()

    async def work(number: int) -> None:
        begun[number].set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    async with hosted(
        kafka, kafka.names.prefix, nothing, lambda: work(0), lambda: work(1)
    ):
        for one in begun:
            await asyncio.wait_for(one.wait(), ENOUGH_S)
        assert not ended

    assert sorted(ended) == [0, 1]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OperatorError("the disk is gone"), (OperatorError, "^the disk is gone$")),
        (ValueError("021 555 0100"), (HostCrashedError, r"crashed \(ValueError\)")),
    ],
)
async def test_a_service_that_fails_ends_it_all(
    kafka: Connection, raised: Exception, told: tuple[type[Exception], str]
) -> None:
    """What is one of ours is told as it is; of anything else, only what kind it is."""

    async def fail() -> None:
        raise raised

    with pytest.raises(told[0], match=told[1]):
        async with hosted(kafka, kafka.names.prefix, nothing, fail) as host:
            await asyncio.wait_for(host.broken(), ENOUGH_S)


async def test_a_cluster_that_is_not_there_is_told() -> None:
    """An app that cannot start says so, in place of trying for ever."""
    (port,) = free_ports(1)
    with pytest.raises(HostCrashedError, match="does not start"):
        async with hosted(Connection(f"localhost:{port}"), "nobody", nothing):
            raise AssertionError


async def test_logging_and_the_folder_are_left_as_they_were(
    kafka: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust sets up no logging, and leaves nothing where the process runs."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    async with hosted(kafka, kafka.names.prefix, nothing):
        pass

    assert (root.level, list(root.handlers)) == before
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - no name is needed
