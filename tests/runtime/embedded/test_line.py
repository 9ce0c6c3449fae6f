"""An agency's line to a home on the same machine."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from coordinator.agencies import line_of
from coordinator.bootstrap import activate, submit
from coordinator.events import encode, made_id
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.line import Arrival, LineBrokenError
from coordinator.runtime.step import Submission
from coordinator.settings import Settings
from tests.agents.agencies import until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a new home."""
    made = Settings(home=tmp_path / "home")
    activate(made)
    return made


def suspicion(number: int) -> bytes:
    """Write a suspicion, which Police are sent."""
    return encode(
        name="suspicion.reported",
        agency="customs",
        id=made_id("suspicion", number),
        time=SystemClock().now(),
        data={"observer_role": "o", "context": "visa", "indicators": ["x"]},
    )


def has(kept: list[Arrival], count: int) -> bool:
    """Whether so much was kept."""
    return len(kept) == count


async def test_what_comes_while_it_reads_is_found(settings: Settings) -> None:
    """What another process writes arrives without anybody's telling."""
    kept: list[Arrival] = []
    async with line_of(settings, "police") as line:
        assert not line.is_reading
        receiving = asyncio.create_task(line.receive(kept.extend, None))
        await until(lambda: line.is_reading)
        for number in range(3):
            event = suspicion(number)
            await asyncio.to_thread(
                submit, settings, [Submission(raw=event, sender="customs")]
            )
            await until(partial(has, kept, number + 1))
        receiving.cancel()

    assert len({one.id for one in kept}) == 3
    assert {one.view for one in kept} == {"full"}


async def test_it_reads_from_the_beginning_each_time(settings: Settings) -> None:
    """A place that is remembered from another home, or a backup, hides nothing."""
    events = [Submission(raw=suspicion(n), sender="customs") for n in range(250)]
    submit(settings, events)
    for kept_to in (None, 10_000):
        kept: list[Arrival] = []
        async with line_of(settings, "police") as line:
            receiving = asyncio.create_task(line.receive(kept.extend, kept_to))
            await until(partial(getattr, line, "is_reading"))
            receiving.cancel()

        assert len(kept) == 250


async def test_the_receipt_comes_back_and_sending_again_is_harmless(
    settings: Settings,
) -> None:
    """The answer says what became of it; the second time that it was known."""
    event = suspicion(1)
    async with line_of(settings, "customs") as line:
        first, second = [await line.send(event) for _ in range(2)]

    assert (first["verdict"], second["verdict"]) == ("accepted", "duplicate")
    assert first["case"] == second["case"]
    assert [one["owner"] for one in first.get("opened", [])] == ["customs"]


async def test_what_an_operator_must_mend_has_it_sent_again(
    settings: Settings,
) -> None:
    """What is no fault of the event's is no reason to give up on it."""
    wrong = settings.model_copy(update={"contacts": settings.home / "nowhere"})
    async with line_of(wrong, "customs") as line:
        with pytest.raises(LineBrokenError, match="nowhere"):
            await line.send(suspicion(1))
