"""The examples, run as they stand on either runtime."""

import asyncio
from contextlib import AsyncExitStack
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest

from coordinator.agencies import at_work, tray_of
from coordinator.agents.agency import AgencyAgent, Received, Turn
from coordinator.bootstrap import activate, reading
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.port import PageItem
from coordinator.runtime.sqlite.tray import Tray
from coordinator.settings import Settings
from coordinator.topics import Role
from coordinator.working import work
from tests.kafka.cluster import make_topics

ROOT = Path(__file__).parents[2]
CONTACTS = ROOT / "contacts"
ENOUGH_S = 60.0


def example(name: str) -> Any:  # noqa: ANN401 - a module
    """Load an example afresh."""
    spec = spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def story(settings: Settings) -> str:
    """
    Have three agencies' agents work on a case together, and give the case.

    Customs refer a suspicion, Police take it up, find a victim and ask for interpreters
    of two languages; Justice have one for one of them.
    """
    police, customs, justice = map(example, ("police", "customs", "justice"))
    duty: AgencyAgent = police.agent
    assigned, origin = asyncio.Event(), list[str]()

    @duty.on("suspicion.reported")
    async def note_origin(event: Received, _: Turn) -> None:
        origin.append(event.id)

    @duty.on("interpreter.assigned")
    async def note(event: Received, _: Turn) -> None:
        assert event.data["interpreter_ref"] == "INT-7"
        assigned.set()

    async with AsyncExitStack() as stack:
        for agency in (police, customs, justice):
            await stack.enter_async_context(at_work(agency.agent, settings))
        case: str = await customs.refer(["passport held by a travelling companion"])
        await asyncio.wait_for(customs.taken_up.wait(), ENOUGH_S)
        for name, person, data in (identified(origin[0]), *POLICE_SAY):
            answer = await duty.publish(name, case=case, person=person, **data)
            assert answer["verdict"] == "accepted", answer
        await asyncio.wait_for(assigned.wait(), ENOUGH_S)
    return case


def identified(origin: str) -> tuple[str, None, dict[str, Any]]:
    """Hold that there is a case."""
    return (
        "case.identified",
        None,
        {
            "origin_event_ids": [origin],
            "offence_basis": "s98D",
            "cross_border": True,
            "lead_role": "lead",
        },
    )


def request(language: str) -> tuple[str, str, dict[str, Any]]:
    """Ask for an interpreter of a language."""
    return (
        "interpreter.requested",
        "p-1",
        {
            "request_ref": f"I-{language}",
            "language": language,
            "for_event": "interview",
            "urgency": "urgent",
        },
    )


POLICE_SAY: list[tuple[str, str | None, dict[str, Any]]] = [
    (
        "victim.identified",
        "p-1",
        {"language": "th", "age_band": "adult", "immediate_needs": ["safety"]},
    ),
    request("fj"),
    request("th"),
]


def look_into_justices_tray(settings: Settings, case: str) -> None:
    """Whom nobody on call understands is left to a person."""
    tray = Tray(tray_of(settings, "justice"))
    (parked,) = tray.parked()
    tray.close()
    assert "no interpreter on call" in parked.why
    assert (parked.case, parked.attempts) == (case, 1)


async def test_three_agencies_work_on_a_case_on_one_machine(tmp_path: Path) -> None:
    """The examples do what they say, and leave to a person what they cannot do."""
    settings = Settings(home=tmp_path, contacts=CONTACTS)
    activate(settings)
    case = await story(settings)
    with reading(settings) as store:
        said = [orjson.loads(one.decision_bytes) for one in store.history(case)]

    look_into_justices_tray(settings, case)
    assert [(one["input"]["type"], one["verdict"]) for one in said] == [
        (f"nz.item23.{name}", "accepted")
        for name in (
            "suspicion.reported",
            "suspicion.referred",
            "referral.acknowledged",
            "case.identified",
            "victim.identified",
            "interpreter.requested",
            "interpreter.requested",
            "interpreter.assigned",
        )
    ]


@pytest.mark.connected
async def test_the_same_files_work_on_kafka(kafka: Connection, tmp_path: Path) -> None:
    """Only the settings differ."""
    settings = Settings(
        home=tmp_path,
        contacts=CONTACTS,
        runtime="kafka",
        kafka_bootstrap=kafka.bootstrap,
        kafka_prefix=kafka.names.prefix,
        kafka_replicas=1,
    )
    make_topics(kafka, ["police", "customs", "justice"], partitions=2)
    await asyncio.to_thread(activate, settings)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as workers:
        for kind in (Role.INGRESS, Role.CASE, Role.ROUTER):
            workers.create_task(work(settings, kind, Nobody(), stop))
        case = await story(settings)
        stop.set()

    look_into_justices_tray(settings, case)


class Nobody:
    """A channel that no page comes to: there is no notifier."""

    name = "nobody"

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Fail."""
        raise AssertionError(page.id)
