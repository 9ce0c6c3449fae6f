"""What is turned away, under which rule, and what the sender is told."""

import json
from typing import Any

import pytest

from coordinator.events import MAX_BYTES, Problem, Rejected, decode, example


def rejected(raw: bytes | dict[str, Any]) -> Problem:
    """Give the problem that these bytes, or this event, end in."""
    with pytest.raises(Rejected) as refusal:
        decode(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    return refusal.value.problem


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 01}',
        b"{} {}",
        b"[]",
        b'"text"',
        b"null",
        b"1" * 5_000,
        b'{"data":' * 2_000,
        b'{"data":' * 500 + b"1" + b"}" * 500,
        b"[" * 30_000 + b"]" * 30_000,
    ],
)
def test_what_is_not_one_json_object_is_unreadable(raw: bytes) -> None:
    """Broken JSON, another encoding, and anything but an object are one problem."""
    problem = rejected(raw)

    assert (problem.rule, problem.status) == ("unreadable", 400)
    assert problem.event_id is None


@pytest.mark.parametrize("spacing", [(",", ":"), (", ", ": "), (" , ", " : ")])
@pytest.mark.parametrize("inside", [True, False])
def test_a_name_given_twice_is_unreadable(
    spacing: tuple[str, str], *, inside: bool
) -> None:
    """Two readers could take different ones, and a signature hold for both."""
    event = example("suspicion.reported")
    text = json.dumps(event, separators=spacing)
    name = "area" if inside else "id"
    once = json.dumps(name) + spacing[1]
    twice = text.replace(once, f'{once}"first"{spacing[0]}{once}', 1)

    assert decode(text.encode()).id == event["id"]
    problem = rejected(twice.encode())
    assert problem.rule == "unreadable"
    assert "twice" in problem.detail


def test_the_size_limit_is_that_of_cloudevents() -> None:
    """64 KiB is read, one byte more is not, whatever the bytes are."""
    raw = json.dumps(example("suspicion.reported")).encode()

    assert decode(raw + b" " * (MAX_BYTES - len(raw))).name == "suspicion.reported"
    problem = rejected(raw + b" " * (MAX_BYTES - len(raw) + 1))
    assert (problem.rule, problem.status) == ("oversize", 413)
    assert "65,536" in problem.detail


@pytest.mark.parametrize(
    "attribute", ["specversion", "id", "source", "type", "time", "data"]
)
def test_a_required_attribute_that_is_missing_is_named(attribute: str) -> None:
    """The pointer says where it would stand, the detail what it takes."""
    event = example("suspicion.reported")
    del event[attribute]

    problem = rejected(event)

    assert problem.rule == "schema"
    assert problem.pointer == f"/{attribute}"
    assert problem.detail.startswith(f"{attribute} is missing; it takes ")
    assert problem.event_id == (None if attribute == "id" else event["id"])


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("specversion", "0.3"),
        ("specversion", 1.0),
        ("id", "1"),
        ("id", 7),
        ("source", "customs"),
        ("source", "urn:nz:agency:Customs"),
        ("source", "urn:nz:agency:customs-"),
        ("type", ["nz.item23.suspicion.reported"]),
        ("type", None),
        ("subject", ""),
        ("subject", "x" * 129),
        ("time", "2026-03-02T20:15:00+13:00"),
        ("time", 1_772_482_500),
        ("time", "2026-02-30T20:15:00Z"),
        ("datacontenttype", "text/plain"),
        ("dataschema", 1),
        ("recordedtime", "yesterday"),
        ("recordedby", "Police"),
        ("via", "fax"),
        ("correlationid", "a b"),
        ("causationid", ""),
        ("exercise", "true"),
        ("exercise", 1),
        ("signature", "a.b.c"),
        ("data", []),
        ("data", "text"),
        ("data", None),
    ],
)
def test_an_attribute_that_does_not_fit_is_pointed_at(
    attribute: str, value: object
) -> None:
    """Nothing is coerced; the detail says what the attribute takes."""
    problem = rejected(example("suspicion.reported") | {attribute: value})

    assert problem.rule == "schema"
    assert problem.pointer == f"/{attribute}"
    assert "; it takes " in problem.detail


def test_an_attribute_of_nobodys_is_rejected_without_repeating_it() -> None:
    """The whole event is pointed at, and the attributes there are get named."""
    problem = rejected(example("suspicion.reported") | {"victimname": "x"})

    assert problem.rule == "schema"
    assert problem.pointer == ""
    assert "victimname" not in problem.detail
    assert "recordedtime" in problem.detail


@pytest.mark.parametrize(
    "sent",
    [
        "nz.item23.nothing.happened",
        "suspicion.reported",
        "NZ.ITEM23.SUSPICION.REPORTED",
    ],
)
def test_a_type_outside_the_catalogue_is_unknown(sent: str) -> None:
    """A name that is close is no better than one that is far off."""
    problem = rejected(example("suspicion.reported") | {"type": sent})

    assert (problem.rule, problem.status) == ("unknown_type", 422)
    assert problem.pointer == "/type"
    assert problem.event_id is not None


@pytest.mark.parametrize(
    "dataschema",
    [
        "urn:nz:item23:schema:suspicion.reported:2",
        "urn:nz:item23:schema:suspicion.reported",
        "urn:nz:item23:schema:case.identified:1",
    ],
)
def test_a_schema_nobody_knows_is_rejected(dataschema: str) -> None:
    """A version from the future, or another type's schema, is not guessed at."""
    problem = rejected(example("suspicion.reported") | {"dataschema": dataschema})

    assert problem.rule == "schema"
    assert problem.pointer == "/dataschema"


def test_a_missing_field_is_named_with_what_it_takes_and_its_citation() -> None:
    """The sender can mend the event from the problem alone."""
    event = example("suspicion.referred")
    del event["data"]["urgency"]

    problem = rejected(event)

    assert problem.pointer == "/data/urgency"
    assert problem.detail == "urgency is missing; it takes one of urgent, routine"
    assert problem.cite == "goal 4 L245-249; L430-431"
    assert problem.event_id == event["id"]


def test_a_field_of_nobodys_is_rejected_without_repeating_it() -> None:
    """The data is pointed at, and the fields there are get named."""
    event = example("suspicion.reported")
    event["data"]["victim_name"] = "x"

    problem = rejected(event)

    assert problem.pointer == "/data"
    assert "victim_name" not in problem.detail
    assert problem.detail.endswith(
        "it takes observer_role, context, indicators, area, subject_refs, narrative_ref"
    )


def test_the_entry_of_a_list_is_pointed_at() -> None:
    """Entries are counted from 0 in the pointer, from 1 in the words."""
    event = example("suspicion.reported")
    event["data"]["indicators"] = ["one", ""]

    problem = rejected(event)

    assert problem.pointer == "/data/indicators/1"
    assert problem.detail.startswith("entry 2 of indicators does not fit; ")


@pytest.mark.parametrize("place", ["area", "observer_role"])
def test_null_is_not_a_value(place: str) -> None:
    """What is not known is left out, and the sender is told so."""
    event = example("suspicion.reported")
    event["data"][place] = None

    problem = rejected(event)

    assert problem.pointer == f"/data/{place}"
    assert "left out" in problem.detail


def test_a_union_is_pointed_at_as_one_field() -> None:
    """The pointer ends at the field, not at one of the forms it might have had."""
    event = example("protocol.activated")
    event["data"]["version"] = True

    assert rejected(event).pointer == "/data/version"


def test_an_event_about_one_person_needs_a_personref() -> None:
    """Gates and obligations are per person, so nobody is not an answer."""
    event = example("victim.identified")
    del event["personref"]

    problem = rejected(event)

    assert (problem.rule, problem.pointer) == ("schema", "/personref")
    assert "missing" in problem.detail
    assert problem.cite == "L1001-1002, L1186-1190"


def test_no_other_event_may_carry_a_personref() -> None:
    """Person data goes where a rule asks for it and nowhere else."""
    problem = rejected(example("minister.informed") | {"personref": "P-1"})

    assert (problem.rule, problem.pointer) == ("schema", "/personref")
    assert "left out" in problem.detail


@pytest.mark.parametrize(
    ("recipient", "personref", "fits"),
    [
        ("victim", {"personref": "P-1"}, True),
        ("victim", {}, False),
        ("support_organisation", {}, True),
        ("support_organisation", {"personref": "P-1"}, False),
    ],
)
def test_rights_information_names_a_person_exactly_when_a_victim_received_it(
    recipient: str, personref: dict[str, str], *, fits: bool
) -> None:
    """An organisation is no person, and a victim is one."""
    event = example("rights_information.provided")
    del event["personref"]
    event |= personref
    event["data"]["recipient"] = recipient

    if fits:
        assert decode(json.dumps(event).encode()).personref == personref.get(
            "personref"
        )
    else:
        assert rejected(event).pointer == "/personref"
