"""An agency's line where a broker asks who one is: its own topics, and no others."""

import asyncio

import pytest

from coordinator.events import OperatorError
from coordinator.runtime.kafka.line import kafka_line
from coordinator.runtime.line import Arrival
from coordinator.topics import Role
from tests.agents.agencies import ENOUGH_S, until
from tests.kafka.agency_inbox import AGENCY, bus
from tests.kafka.broker import Broker
from tests.kafka.conftest import As
from tests.kafka.test_agency_line import acknowledged, receiving

pytestmark = pytest.mark.connected


async def test_an_agency_works_with_its_own_rights(secured: Broker, as_: As) -> None:
    """With TLS, a password and no more rights than an agency has, all of it works."""
    police = as_(Role.AGENCY, AGENCY)
    kept: list[Arrival] = []
    event_id = "00000000000000000000000001"
    async with (
        bus(secured.operator) as at,
        kafka_line(AGENCY, police) as line,
        receiving(line, kept.extend),
    ):
        await at.deliver([1])
        await until(lambda: len(kept) == 1)
        sending = asyncio.create_task(line.send(acknowledged(event_id)))
        await at.answer(event_id, 1_000, "accepted")
        receipt = await asyncio.wait_for(sending, ENOUGH_S)

    assert receipt["verdict"] == "accepted"


async def test_an_agency_has_no_other_agencys_line(as_: As) -> None:
    """Another's topics are told of as if they were not there."""
    with pytest.raises(OperatorError, match=r"none for agency\.customs"):
        async with kafka_line(AGENCY, as_(Role.AGENCY, "customs")):
            raise AssertionError
