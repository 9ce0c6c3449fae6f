"""The published schemas, against the code, JSON Schema and the CloudEvents SDK."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator

from coordinator.events import (
    CATALOGUE,
    Rejected,
    decode,
    event_schema,
    example,
    schemas,
)


def decodes(event: dict[str, Any]) -> bool:
    """Tell whether the event is read."""
    try:
        decode(json.dumps(event).encode())
    except Rejected:
        return False
    return True


def test_there_is_one_file_a_type_always_the_same() -> None:
    """The files can be kept and compared: names, order and text do not change."""
    files = schemas()

    older = [name for name in files if name.endswith(".v1.json")]

    assert older == ["events/certification.issued.v1.json"]
    assert [name for name in files if name not in older] == [
        f"events/{name}.json" for name in CATALOGUE
    ]
    assert files == schemas()
    for text in files.values():
        assert text.endswith("}\n")
        assert text == json.dumps(json.loads(text), indent=2) + "\n"


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_schema_is_valid_and_says_what_it_is_of(name: str) -> None:
    """It is JSON Schema 2020-12 under the URN that events name, with its citation."""
    schema = event_schema(CATALOGUE[name])

    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == example(name)["dataschema"]
    assert schema["title"] == example(name)["type"]
    assert schema["description"].endswith(f"Source: {CATALOGUE[name].cite}")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_example_fits_its_schema(name: str) -> None:
    """What the schema allows and the code reads is shown by one example."""
    Draft202012Validator(event_schema(CATALOGUE[name])).validate(example(name))


def changed(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the event with each member, or each of its data, gone or of another kind."""
    values: list[Any] = [None, True, 1, 0, 29, 1.5, "", " ", "a b", "x", "en", "police"]
    values += ["x" * 65, "x" * 2_001, "a\x00", "2026-03-02", "2026-03-02T20:15:00Z"]
    values += ["2026-03-02T20:15:00.0001+00:00", "12.50", "urgent", "high", "housing"]
    values += [[], ["a"], ["a", 1], ["police"], ["housing"], {}, {"a": 1}, [[]]]
    for path in ((), ("data",)):
        inner = event["data"] if path else event
        for key in [*inner, "unknown", "personref", "exercise"]:
            # The subject is not for `decode` to judge.
            if key == "subject":
                continue
            for value in (..., *values):
                copy = deepcopy(event)
                owner = copy["data"] if path else copy
                owner.pop(key, None)
                if value is not ...:
                    owner[key] = value
                yield copy


@pytest.mark.parametrize("name", CATALOGUE)
def test_schema_and_code_agree_on_every_change(name: str) -> None:
    """Missing, unknown or of another kind: both refuse, or both accept."""
    validator = Draft202012Validator(event_schema(CATALOGUE[name]))
    event = example(name)
    if CATALOGUE[name].mints:
        event["subject"] = example("suspicion.referred")["subject"]

    for other in changed(event):
        assert validator.is_valid(other) is decodes(other), other


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_schema_asks_for_the_subject_where_one_is_needed(name: str) -> None:
    """The published contract has the rule that ingress applies."""
    kind = CATALOGUE[name]
    validator = Draft202012Validator(event_schema(kind))
    event = example(name)
    event.pop("subject", None)

    assert validator.is_valid(event) is kind.may_lack_subject
    assert not validator.is_valid(event | {"subject": "somebody"})


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_cloudevents_sdk_reads_every_example(name: str) -> None:
    """Another implementation of CloudEvents 1.0 finds the same attributes and data."""
    sent = example(name)
    message = HTTPMessage(
        {"content-type": "application/cloudevents+json"}, json.dumps(sent).encode()
    )

    read = from_structured_event(message)
    event = decode(message.body)

    assert read.get_specversion() == "1.0"
    assert read.get_id() == event.id
    assert read.get_source() == event.source
    assert read.get_type() == event.type
    assert read.get_subject() == event.subject
    assert read.get_time() == event.time
    assert read.get_dataschema() == sent["dataschema"]
    assert read.get_extension("personref") == event.personref
    assert read.get_data() == event.data


def test_what_the_cloudevents_sdk_writes_is_read() -> None:
    """A sender may use the SDK, extensions and all."""
    sent = example("suspicion.reported") | {"via": "phone", "exercise": True}
    sdk_event = JSONFormat().read(None, json.dumps(sent).encode())

    event = decode(JSONFormat().write(sdk_event))

    assert (event.id, event.via, event.exercise) == (sent["id"], "phone", True)
    assert event.data == sent["data"]
