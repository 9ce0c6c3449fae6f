"""The AsyncAPI document, against the topics, the catalogue and what is decided."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coordinator.cli.notices import notice_of
from coordinator.evaluation.simulate import Simulation, Step
from coordinator.events import CATALOGUE, TYPE_PREFIX, Event, example
from coordinator.protocol import Decision, view_of
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Outcome
from coordinator.topics import TOPICS, Record
from coordinator.topics.asyncapi import asyncapi
from tests.cli.homes import Bus, tell
from tests.golden.stories import PACKAGED, nz_2009
from tests.topics.documents import channel, document, fits, message, resolved

MESSAGES: dict[str, Any] = document()["components"]["messages"]
OWN = [name for name, kind in CATALOGUE.items() if kind.coordinator]
AGENCIES = [name for name, kind in CATALOGUE.items() if not kind.coordinator]


def references(value: object) -> Iterator[str]:
    """Give every reference within a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_it_is_the_same_text_every_time() -> None:
    """The file can be kept and compared."""
    assert asyncapi() == asyncapi()
    assert asyncapi() == json.dumps(document(), indent=2) + "\n"


def test_it_refers_to_nothing_but_itself() -> None:
    """One file is enough, on a machine without a network."""
    for reference in set(references(document())):
        assert reference.startswith("#/")
        assert resolved(reference) is not None


def test_nothing_in_it_is_left_unused() -> None:
    """Every schema and message is met on the way from a channel."""
    met: set[str] = set()
    ahead = set(references([document()["channels"], document()["servers"]]))
    while ahead:
        met |= ahead
        ahead = {one for ref in ahead for one in references(resolved(ref))} - met
    for part, held in document()["components"].items():
        for name in held:
            assert f"#/components/{part}/{name}" in met


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_every_topic_is_a_channel_as_it_is_kept(topic: Any) -> None:  # noqa: ANN401
    """Address, partitions and settings are those that a broker is given."""
    told = channel(topic.name.replace(".{agency}", ""))
    kafka = told["bindings"]["kafka"]

    assert told["address"] == kafka["topic"] == topic.name
    assert ("parameters" in told) is topic.each_agency
    assert kafka["partitions"] == topic.partitions
    assert {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in kafka["topicConfiguration"].items()
    } == topic.config()


def test_every_type_of_event_has_a_message() -> None:
    """One as it is sent, one as it is delivered; older versions have their own."""
    sent = channel("agency.outbox")["messages"]
    delivered = channel("agency.inbox")["messages"]

    assert list(sent) == [*AGENCIES[:15], *list(sent)[15:]]
    assert set(sent) == {*AGENCIES, "certification.issued.v1"}
    assert set(delivered) == {f"{name}.delivered" for name in sent} | {"receipt"}
    assert set(channel("case.intake")["messages"]) == {*sent, *OWN}
    for name in CATALOGUE:
        assert message(name)["title"] == TYPE_PREFIX + name


def test_nothing_about_a_person_can_reach_the_minister() -> None:
    """No message of that channel has a place for a pseudonym."""
    for reference in channel("minister.inbox")["messages"].values():
        payload = resolved(resolved(reference["$ref"])["payload"]["$ref"])

        assert "personref" not in payload["properties"]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_has_examples_that_fit(name: str) -> None:
    """Readers find one to copy: headers and value are what the schemas allow."""
    assert message(name)["examples"]
    for given in message(name)["examples"]:
        assert fits(message(name)["headers"], given["headers"])
        assert fits(message(name)["payload"], given["payload"])


def matching(value: object, where: str) -> list[str]:
    """Name the messages of a channel that a value may be."""
    return [
        name
        for name in channel(where)["messages"]
        if fits(message(name)["payload"], value)
    ]


@pytest.mark.parametrize("name", AGENCIES)
def test_an_event_is_one_message_and_no_other(name: str) -> None:
    """The type tells which, and the version where there are several."""
    event = example(name)

    assert matching(event, "agency.outbox") == [name]
    del event["dataschema"]
    assert matching(event, "agency.outbox") == [name]
    older = event | {"dataschema": f"urn:nz:item23:schema:{name}:0"}
    assert matching(older, "agency.outbox") == []


def test_an_event_of_an_older_version_is_its_own_message() -> None:
    """It is known by its dataschema."""
    name = "certification.issued"
    older = message(f"{name}.v1")["examples"][0]["payload"]

    assert matching(older, "agency.outbox") == [f"{name}.v1"]
    with_kind = {**older, "data": {**older["data"], "kind": "trafficked"}}
    assert matching(with_kind, "agency.outbox") == []


def test_operations_are_those_of_the_table() -> None:
    """Who may write sends, who may read receives, and nothing else is there."""
    operations = document()["operations"]

    assert set(operations) == {
        f"{role}.{action}.{topic.name.replace('.{agency}', '')}"
        for topic in TOPICS.values()
        for action, roles in (("send", topic.writers), ("receive", topic.readers))
        for role in roles
    }
    assert [name for name in operations if name.startswith("agency.")] == [
        "agency.send.agency.outbox",
        "agency.receive.agency.inbox",
    ]


def test_a_role_sends_only_its_own_records() -> None:
    """The timers put no agency's event into the intake; ingress only receipts."""
    told = document()["operations"]
    timers = told["timers.send.case.intake"]["messages"]
    ingress = told["ingress.send.agency.inbox"]["messages"]

    assert [one["$ref"].rpartition("/")[2] for one in timers] == OWN
    assert [one["$ref"].rpartition("/")[2] for one in ingress] == ["receipt"]
    assert "messages" not in told["router.send.agency.inbox"]


def test_each_reader_has_a_group_of_its_own() -> None:
    """So that each gets every record, however many processes share its work."""
    for name, told in document()["operations"].items():
        group = told["bindings"]["kafka"].get("groupId")
        role = name.partition(".")[0]

        assert (group is not None) is (told["action"] == "receive")
        if role == "agency" and group is not None:
            assert "agency." in group["description"]
        elif group is not None:
            assert group["const"] == role


# --- what is decided fits -----------------------------------------------------------


def steps(path: Path) -> Iterator[Step]:
    """Simulate a packaged scenario."""
    simulation = Simulation(nz_2009().rules)
    for raw in path.read_bytes().splitlines():
        yield from simulation.take(raw)


def decided(path: Path) -> Iterator[tuple[Event, Decision]]:
    """Give what was decided in a scenario."""
    for step in steps(path):
        if step.event is not None and step.decision is not None:
            yield step.event, step.decision


SCENARIOS = sorted(PACKAGED.glob("*.ndjson"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_delivery_fits_its_message(path: Path) -> None:
    """Whole or a stub, with or without ids that the receiver never got."""
    rules = nz_2009().rules
    for event, decision in decided(path):
        for delivery in decision["deliveries"]:
            seen = view_of(event, decision["case"], delivery, rules)
            name = f"{event.name}.delivered"

            assert fits(message(name)["payload"], seen), (seen, delivery)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_decision_and_every_answer_fits_its_message(path: Path) -> None:
    """What the log will hold, and what the sender is told."""
    for step in steps(path):
        event_id = None if step.event is None else step.event.id
        answer = receipt_of(Outcome(event_id, step.decision, step.problem), None)

        assert fits(message("receipt")["payload"], answer), answer
        if step.event is not None and step.decision is not None:
            value = message("decision")["examples"][0]["payload"] | {
                "event": step.event.raw.decode(),
                "decision": step.decision,
            }
            assert fits(message("decision")["payload"], value), value
            less = {k: v for k, v in value.items() if k != "position"}
            assert not fits(message("decision")["payload"], less)


def test_a_notice_fits_its_message(tmp_path: Path) -> None:
    """What the Minister's office is shown today is what its topic will hold."""
    told = tell(Bus(tmp_path / "home"))
    store = SqliteStore(told.bus.settings.home / "bus.sqlite", read_only=True)
    (item,) = store.notices("minister-immigration")
    notice = notice_of(item, store.history(told.case))
    store.close()

    assert fits(message("notice")["payload"], notice)
    assert not fits(message("notice")["payload"], {**notice, "name": "a person"})


def test_kinds_of_records_are_told_apart_in_an_inbox() -> None:
    """A header says what a value is, before it is read."""
    kinds = {
        given["headers"].get("record")
        for where in ("agency.inbox", "minister.inbox")
        for name in channel(where)["messages"]
        for given in message(name)["examples"]
    }

    assert kinds == {Record.DELIVERY, Record.RECEIPT, Record.NOTICE}
