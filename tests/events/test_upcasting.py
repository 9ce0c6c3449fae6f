"""Events of an older schema version: accepted as they were, read as they would be."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from coordinator.events import CATALOGUE, Rejected, decode, example, schemas
from coordinator.events.upcasting import OLDER, lifted

NAME = "certification.issued"


def sent(version: int | None, **data: str) -> bytes:
    """Write the example as sent in a version; None leaves `dataschema` out."""
    event = example(NAME)
    event["data"] = {k: v for k, v in event["data"].items() if k != "kind"} | data
    event.pop("dataschema", None)
    if version is not None:
        event["dataschema"] = f"urn:nz:item23:schema:{NAME}:{version}"
    return orjson.dumps(event)


def test_an_event_of_the_first_version_is_read_in_the_words_of_the_second() -> None:
    """Only what the rules read is lifted; the bytes, and its version, stay."""
    raw = sent(1)
    event = decode(raw)

    assert (event.version, event.raw) == (1, raw)
    assert event.data["kind"] == "trafficked"
    assert event.payload.model_dump()["kind"] == "trafficked"
    assert b"kind" not in event.raw


@pytest.mark.parametrize("version", [2, None])
def test_the_current_version_is_read_as_it_is(version: int | None) -> None:
    """Named or not, it may give the new field or leave it out."""
    given, left_out = (
        decode(sent(version, kind="non_obstruction")),
        decode(sent(version)),
    )

    assert (given.version, given.data["kind"]) == (2, "non_obstruction")
    assert (left_out.version, "kind" in left_out.data) == (2, False)


def test_a_field_is_unknown_to_the_version_that_did_not_have_it() -> None:
    """The sender is told what that version takes."""
    with pytest.raises(Rejected) as turned_away:
        decode(sent(1, kind="trafficked"))
    problem = turned_away.value.problem

    assert (problem.rule, problem.pointer) == ("schema", "/data")
    assert "valid_to" in problem.detail
    assert "kind" not in problem.detail


@pytest.mark.parametrize("version", [0, 3])
def test_a_version_that_there_is_not_is_told_which_there_are(version: int) -> None:
    """Newer ones too: nobody guesses what their fields would mean."""
    with pytest.raises(Rejected) as turned_away:
        decode(sent(version))
    problem = turned_away.value.problem

    assert problem.pointer == "/dataschema"
    assert f"{NAME}:2 or urn:nz:item23:schema:{NAME}:1" in problem.detail


def test_the_published_schema_of_a_version_takes_what_is_accepted_as_it() -> None:
    """Only what names the older version is of it; the rest is of the current one."""
    published = {
        version: Draft202012Validator(orjson.loads(schemas()[f"events/{file}.json"]))
        for version, file in ((1, f"{NAME}.v1"), (2, NAME))
    }
    events = {
        raw: [n for n, one in published.items() if one.is_valid(orjson.loads(raw))]
        for raw in (
            sent(1),
            sent(2),
            sent(None),
            sent(2, kind="trafficked"),
            sent(1, kind="trafficked"),
        )
    }

    assert list(events.values()) == [[1], [2], [2], [2], []]
    for raw, versions in events.items():
        assert not versions or decode(raw).version in versions


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "certification_no": st.from_regex("[A-Z0-9]{1,8}", fullmatch=True),
            "valid_to": st.just("2027-03-02T20:00:00Z"),
            "legal_basis": st.text("abc ", min_size=1),
        },
    )
)
def test_lifted_is_what_a_sender_of_the_new_version_would_have_sent(
    data: dict[str, str],
) -> None:
    """The two differ in nothing but what was sent."""
    older, newer = decode(sent(1, **data)), decode(sent(2, kind="trafficked", **data))

    assert (older.data, older.payload) == (newer.data, newer.payload)


@pytest.mark.parametrize("name", OLDER)
def test_every_older_version_lifts_to_data_that_fits_the_current_one(name: str) -> None:
    """Whatever the version, what comes out is valid."""
    kind = CATALOGUE[name]
    for version, older in enumerate(OLDER[name], 1):
        fields = {info.alias or key for key, info in older.model.model_fields.items()}
        data = {key: value for key, value in kind.example.items() if key in fields}

        older.model.model_validate(data)
        kind.model.model_validate(lifted(name, version, data))
        assert "kind" not in data  # a lift changes nothing that it reads
