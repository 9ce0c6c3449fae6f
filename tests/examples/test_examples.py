"""The examples, run as they stand on the embedded runtime."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import orjson
import pytest

from coordinator.agencies import at_work, tray_of
from coordinator.bootstrap import activate, reading
from coordinator.runtime.sqlite.tray import Tray
from coordinator.settings import Settings
from tests.cli.homes import Bus, tell

ROOT = Path(__file__).parents[2]
ENOUGH_S = 30.0


def example(name: str) -> Any:  # noqa: ANN401 - a module
    """Load an example afresh."""
    spec = spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a new home."""
    made = Settings(home=tmp_path, contacts=ROOT / "contacts")
    activate(made)
    return made


def decided(settings: Settings) -> list[dict[str, Any]]:
    """Read what was decided under cases."""
    with reading(settings) as store:
        found = [orjson.loads(one.decision_bytes) for one in store.log()]
    return [one for one in found if one["case"].startswith("TP-")]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another task or process brings about."""
    async with asyncio.timeout(ENOUGH_S):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def test_customs_refer_and_police_take_it_up(settings: Settings) -> None:
    """A suspicion goes from the border to the duty desk, and the answer back."""
    police, customs = example("police"), example("customs")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(at_work(police.agent, settings))
        await stack.enter_async_context(at_work(customs.agent, settings))
        case = await customs.refer(["passport held by a travelling companion"])
        await asyncio.wait_for(customs.taken_up.wait(), ENOUGH_S)

    said = [
        (one["input"]["source"].rpartition(":")[2], one["verdict"], one["case"])
        for one in decided(settings)
    ]
    assert said == [
        ("customs", "accepted", case),
        ("customs", "accepted", case),
        ("police", "accepted", case),
    ]


async def test_justice_assign_an_interpreter_or_leave_it_to_a_person(
    settings: Settings,
) -> None:
    """Whom nobody on call understands is parked, and holds up nobody else."""
    justice = example("justice")
    bus = Bus(settings.home)
    told = tell(bus)
    for request, language in (("I-1", "fj"), ("I-2", "th")):
        bus.send(
            "interpreter.requested",
            "police",
            {
                "request_ref": request,
                "language": language,
                "for_event": "interview",
                "urgency": "urgent",
            },
            case=told.case,
            person="p-1",
        )
    bus.stand()
    async with at_work(justice.agent, settings):
        await until(lambda: decided(settings)[-1]["input"]["type"].endswith("assigned"))
    tray = Tray(tray_of(settings, "justice"))
    (parked,) = tray.parked()
    tray.close()
    last = decided(settings)[-1]

    assert (last["verdict"], [one["how"] for one in last["closed"]]) == (
        "accepted",
        ["satisfied"],
    )
    assert "no interpreter on call" in parked.why
    assert (parked.case, parked.attempts) == (told.case, 1)
