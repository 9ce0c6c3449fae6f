"""Reading and writing events that are right."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from coordinator.events import CATALOGUE, Rejected, decode, encode, example, make_event
from coordinator.events.intake import SuspicionReported
from coordinator.events.justice import FeedbackRecorded

AT = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)
ID = "01KJ7S8Q8F0000000000000001"


def wire(event: dict[str, Any]) -> bytes:
    """Write an event as a sender with its own library would."""
    return json.dumps(event, indent=1).encode()


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_types_example_is_read_whole(name: str) -> None:
    """Each example is accepted, and what was sent is there as it was sent."""
    sent = example(name)
    raw = wire(sent)

    event = decode(raw)

    assert event.name == name
    assert event.type == f"nz.item23.{name}"
    assert event.source == f"urn:nz:agency:{event.agency}"
    assert event.id == sent["id"]
    assert event.subject == sent.get("subject")
    assert event.personref == sent.get("personref")
    assert event.time == AT
    assert event.version == CATALOGUE[name].version
    assert event.data == sent["data"]
    assert isinstance(event.payload, CATALOGUE[name].model)
    assert event.raw == raw


def test_what_is_absent_reads_as_none() -> None:
    """Only `exercise` has a value when it was not sent: it is False."""
    event = decode(wire(example("suspicion.reported")))

    assert event.exercise is False
    assert (event.recordedtime, event.recordedby, event.via) == (None, None, None)
    assert (event.correlationid, event.causationid) == (None, None)
    assert event.signature is None


def test_every_extension_is_read() -> None:
    """A report phoned in keeps its three times and both agencies apart."""
    sent = example("suspicion.reported") | {
        "datacontenttype": "application/json",
        "exercise": True,
        "recordedtime": "2026-03-02T20:40:00.5Z",
        "recordedby": "police",
        "via": "phone",
        "correlationid": "visit-7",
        "causationid": ID,
        "signature": "aGVhZGVy..c2lnbmF0dXJl",
    }

    event = decode(wire(sent))

    assert event.exercise is True
    assert event.recordedtime == AT + timedelta(minutes=25, milliseconds=500)
    assert event.recordedby == "police"
    assert event.via == "phone"
    assert event.correlationid == "visit-7"
    assert event.causationid == ID
    assert event.signature == sent["signature"]


def test_data_is_read_as_typed_values() -> None:
    """Times become aware datetimes, lists become tuples, what is absent None."""
    event = decode(wire(example("risk_alert.issued")))
    payload = event.payload.model_dump()

    assert payload["arrives_at"] == datetime(2026, 3, 3, 18, 40, tzinfo=UTC)
    suspicion = decode(wire(example("suspicion.reported"))).payload
    assert isinstance(suspicion, SuspicionReported)
    assert isinstance(suspicion.indicators, tuple)
    assert suspicion.subject_refs == ("S-1",)


def test_a_field_named_as_a_keyword_has_an_underscore() -> None:
    """`from` on the wire is `from_` in the payload, and only `from` is sent."""
    sent = example("feedback.recorded")
    payload = decode(wire(sent)).payload
    assert isinstance(payload, FeedbackRecorded)
    assert payload.from_ == "interpreting_service"

    sent["data"]["from_"] = sent["data"].pop("from")
    with pytest.raises(Rejected):
        decode(wire(sent))


def test_a_payload_cannot_be_changed() -> None:
    """What was read stays as it was sent."""
    payload = decode(wire(example("suspicion.reported"))).payload

    with pytest.raises(ValidationError, match="frozen"):
        payload.observer_role = "other"  # type: ignore[attr-defined]  # any field


def test_the_schema_named_must_be_the_types_own_or_none() -> None:
    """Without `dataschema` the current version is meant."""
    sent = example("suspicion.reported")
    del sent["dataschema"]

    assert decode(wire(sent)).version == 1


def test_an_event_made_here_is_the_same_as_one_received() -> None:
    """What `make_event` gives is what `decode` reads from its bytes."""
    sent = example("victim.identified")

    event = make_event(
        name="victim.identified",
        agency="police",
        id=ID,
        time=AT,
        data=sent["data"],
        subject=sent["subject"],
        personref="P-1",
        exercise=True,
        recordedtime=AT,
        recordedby="labour",
        via="paper",
        correlationid="c-1",
        causationid=ID,
        signature="aGVhZGVy..c2ln",
    )

    assert decode(event.raw) == event
    assert event.recordedby == "labour"
    assert orjson.dumps(orjson.loads(event.raw)) == event.raw


def test_what_is_not_given_is_not_written() -> None:
    """None and `exercise` False are left out: null is nothing a field may hold."""
    raw = encode(
        name="suspicion.reported",
        agency="customs",
        id=ID,
        time=AT.astimezone(timezone(timedelta(hours=13))),
        data=example("suspicion.reported")["data"],
        subject=None,
        exercise=False,
    )

    assert list(orjson.loads(raw)) == [
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "dataschema",
        "data",
    ]
    assert orjson.loads(raw)["time"] == "2026-03-02T20:15:00.000Z"


def test_an_event_made_wrong_is_rejected_as_if_received() -> None:
    """`make_event` checks as `decode` does."""
    with pytest.raises(Rejected) as rejected:
        make_event(name="suspicion.reported", agency="customs", id=ID, time=AT, data={})

    assert rejected.value.problem.pointer == "/data/observer_role"


def test_a_name_outside_the_catalogue_cannot_be_made() -> None:
    """A type that does not exist is a mistake of ours, found at once."""
    with pytest.raises(KeyError):
        encode(name="no.such", agency="customs", id=ID, time=AT, data={})
