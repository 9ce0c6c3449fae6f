"""What a process says of itself over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from coordinator.events import OperatorError
from coordinator.runtime.kafka.health import Check, serving
from coordinator.runtime.kafka.metrics import REJECTED, follow

HOST = "127.0.0.1"


@asynccontextmanager
async def asking(**checks: Check) -> AsyncIterator[ClientSession]:
    """Serve, and give who asks there."""
    async with (
        serving(HOST, 0, checks) as port,
        ClientSession(f"http://{HOST}:{port}") as session,
    ):
        yield session


async def test_it_is_live_before_it_is_ready() -> None:
    """An orchestrator that starts again what is slow to begin would never get there."""
    async with asking(partitions=lambda: False) as session:
        assert (await session.get("/live")).status == 200
        assert (await session.get("/ready")).status == 503


async def test_it_says_what_it_waits_for() -> None:
    """Of several parts, those that are not there are named."""
    there = {"partitions": True, "versions": False}
    async with asking(
        partitions=lambda: there["partitions"], versions=lambda: there["versions"]
    ) as session:
        answer = await session.get("/ready")
        assert await answer.json() == {"ready": False, "waits_for": ["versions"]}

        there["versions"] = True
        answer = await session.get("/ready")
        assert (answer.status, await answer.json()) == (
            200,
            {"ready": True, "waits_for": []},
        )


async def test_metrics_are_what_prometheus_reads() -> None:
    """Prometheus's own parser finds a counter, and a gauge as it is at that moment."""
    records = 7
    follow("a.topic", behind=lambda: records, partitions=lambda: 2)
    REJECTED.labels("schema").inc()
    async with asking() as session:
        records = 8
        answer = await session.get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        values = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(await answer.text())
            for sample in family.samples
        }
    assert values["coordinator_behind_records", "a.topic"] == 8
    assert values["coordinator_partitions", "a.topic"] == 2
    assert values["coordinator_rejected_total", "schema"] >= 1


async def test_nothing_is_served_without_a_port() -> None:
    """Whoever names no port wants none open."""
    async with serving(HOST, None, {}) as port:
        assert port is None


async def test_an_address_that_is_taken_is_told_in_a_line() -> None:
    """The message says which one, and what to set."""
    async with serving(HOST, 0, {}) as port:
        with pytest.raises(OperatorError, match=rf"{port}.*COORDINATOR_METRICS_PORT"):
            async with serving(HOST, port, {}):
                pass


async def test_only_reading_is_answered() -> None:
    """There is nothing that could be sent here."""
    async with asking() as session:
        assert (await session.post("/metrics", data=b"x")).status == 405
        assert (await session.get("/")).status == 404
