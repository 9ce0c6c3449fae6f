"""A broker that dies under an agency's line, and comes back."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from coordinator.events import made_id
from coordinator.runtime.kafka.line import kafka_line
from coordinator.runtime.line import Arrival
from tests.agents.agencies import until
from tests.kafka.agency_inbox import AGENCY, bus
from tests.kafka.broker import Broker
from tests.kafka.cluster import make_topics, need_local_kafka
from tests.kafka.test_agency_line import acknowledged, receiving

pytestmark = pytest.mark.connected


def has_all(kept: list[Arrival], count: int) -> bool:
    """Whether so many deliveries have arrived, however often each."""
    return len({one.id for one in kept}) == count


async def campaign(folder: Path, kills: int) -> None:
    """Kill the broker so often between deliveries; all of them arrive, in order."""
    need_local_kafka()
    broker = await asyncio.to_thread(Broker(folder).start)
    kept: list[Arrival] = []
    try:
        make_topics(broker.operator, [AGENCY], partitions=1)
        async with (
            bus(broker.operator, accepts=True) as at,
            kafka_line(AGENCY, broker.operator, answer_s=60) as line,
            receiving(line, kept.extend) as task,
        ):
            for number in range(kills + 1):
                if number:
                    await asyncio.to_thread(broker.kill)
                    await asyncio.to_thread(broker.start)
                await at.deliver([number])
                await until(partial(has_all, kept, number + 1))
                receipt = await line.send(acknowledged(made_id("sent", number)))
                assert receipt["verdict"] == "accepted"
            assert not task.done()
    finally:
        await asyncio.to_thread(broker.stop)

    # A record whose acknowledgement was lost comes again, and is known by its id.
    places = list(dict.fromkeys(one.place for one in kept))
    assert places == sorted(places)


async def test_a_line_outlives_its_broker(tmp_path: Path) -> None:
    """One kill: the line goes on by itself, in both directions."""
    await campaign(tmp_path, kills=1)


@pytest.mark.faults_long
async def test_a_line_outlives_its_broker_three_times(tmp_path: Path) -> None:
    """Three kills: the same."""
    await campaign(tmp_path, kills=3)
