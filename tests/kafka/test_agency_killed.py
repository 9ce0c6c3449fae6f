"""An agency's agent on Kafka may die at any moment, as on the other runtime."""

import asyncio
from collections import Counter
from pathlib import Path

import orjson
import pytest

from coordinator.runtime.kafka.connection import Connection
from tests.faults.agencies import Campaign
from tests.kafka.agency_inbox import AGENCY, bus
from tests.kafka.cluster import make_topics

pytestmark = pytest.mark.connected


async def campaign(
    kafka: Connection, home: Path, *, cases: int, each: int, kills: int
) -> None:
    """Deliver so much to Police, kill their agent so often, look at what it said."""
    make_topics(kafka, [AGENCY], partitions=1)
    environment = {
        "COORDINATOR_RUNTIME": "kafka",
        "COORDINATOR_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "COORDINATOR_KAFKA_PREFIX": kafka.names.prefix,
    }
    agent = Campaign(home, environment, seed=kills)
    async with bus(kafka, accepts=True) as at:
        for number in range(each):
            for case in range(cases):
                await at.deliver([case * each + number], f"alert:A-{case}")
        for _ in range(kills):
            await asyncio.to_thread(agent.kill_after, 2 * cases * each // (kills + 1))
        await asyncio.to_thread(agent.finish, cases * each)
    agent.assert_repeats_were_in_hand()
    begun = Counter(delivery for word, delivery, _ in agent.lines() if word == "begins")
    said = Counter(orjson.loads(record.value)["id"] for record in at.sent)
    ends = [delivery for word, delivery, _ in agent.lines() if word != "begins"]

    assert set(begun) == {f"D{number}" for number in range(cases * each)}
    assert len(said) == cases * each, "an acknowledgement had two ids"
    for case in range(cases):
        mine = [one for one in ends if int(one[1:]) // each == case]
        assert list(dict.fromkeys(mine)) == [
            f"D{case * each + number}" for number in range(each)
        ], "a case was out of order"


async def test_nothing_is_lost_or_said_twice_through_kills(
    kafka: Connection, tmp_path: Path
) -> None:
    """Two kills: every delivery is handled, in order, and said under one id."""
    await campaign(kafka, tmp_path, cases=8, each=4, kills=2)


@pytest.mark.faults_long
async def test_nothing_is_lost_or_said_twice_through_many_kills(
    kafka: Connection, tmp_path: Path
) -> None:
    """Ten kills: the same."""
    await campaign(kafka, tmp_path, cases=25, each=20, kills=10)
