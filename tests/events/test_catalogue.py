"""The catalogue as a whole: its rows, its scopes, and what it says of fields."""

import inspect
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events import (
    CATALOGUE,
    Scope,
    example,
    field_notes,
    is_case_reference,
    mint_case_reference,
)
from coordinator.events.envelope import Attributes
from coordinator.events.event_type import (
    AGENCY,
    ALERT,
    ANY,
    CASE,
    EXERCISE,
    INTEL,
    PLAN,
)

CASE_REF = "TP-12345-6789A-B"


def test_the_catalogue_has_every_row_of_the_tables() -> None:
    """Adding or losing a type is a decision, not a slip."""
    assert Counter(kind.area for kind in CATALOGUE.values()) == {
        "intake": 11,
        "coordination": 10,
        "recognition": 7,
        "safety": 10,
        "support": 9,
        "immigration": 6,
        "justice": 9,
        "closing": 5,
        "coordinator": 8,
    }


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_row_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    """The name is the key, and the model's own words end in the row's citation."""
    kind = CATALOGUE[name]
    words = inspect.getdoc(kind.model)

    assert kind.name == name
    assert kind.cite
    assert words is not None
    assert words.endswith(f"Source: {kind.cite}")


def test_only_three_types_can_start_a_case() -> None:
    """All others need a case or a scope that is there already, or name their own."""
    assert [kind.name for kind in CATALOGUE.values() if kind.mints] == [
        "public_report.received",
        "suspicion.reported",
        "document_fraud.detected",
    ]
    assert [
        kind.name
        for kind in CATALOGUE.values()
        if kind.may_lack_subject and not kind.mints
    ] == ["intelligence.shared"]


def test_only_the_coordinators_own_are_the_coordinators() -> None:
    """No agency can say that a deadline passed or a protocol holds."""
    own = {kind.name for kind in CATALOGUE.values() if kind.coordinator}

    assert own == {
        "protocol.activated",
        "protocol.migrated",
        "deadline.passed",
        "page.sent",
        "page.failed",
        "page.unreachable",
        "exercise.started",
        "exercise.ended",
    }


def test_fields_that_hold_the_ids_of_events_are_known() -> None:
    """A view can leave out the ids of events its receiver never got."""
    assert {
        kind.name: kind.event_id_fields
        for kind in CATALOGUE.values()
        if kind.event_id_fields
    } == {
        "suspicion.referred": ("basis_event_ids",),
        "suspicion.closed": ("duplicate_of",),
        "case.identified": ("origin_event_ids",),
        "event.retracted": ("event_id",),
    }


def test_fields_that_hold_the_ids_of_agencies_are_known() -> None:
    """Ingress can look every agency named up."""
    assert {
        kind.name: kind.agency_fields
        for kind in CATALOGUE.values()
        if kind.agency_fields
    } == {
        "intelligence.shared": ("to",),
        "input.requested": ("to",),
        "housing.requested": ("ngo",),
        "housing.unavailable": ("fallback_ngo",),
        "exercise.started": ("agencies",),
        "exercise.ended": ("agencies",),
    }


@pytest.mark.parametrize(
    ("name", "about_person"),
    [
        ("victim.identified", True),
        ("threat.recorded", True),
        ("offender_pursuit.assisted", False),
        ("prosecution.commenced", False),
        ("participation_consent.recorded", True),
        ("minister.informed", False),
    ],
)
def test_a_row_says_whether_it_is_about_one_person(
    name: str, *, about_person: bool
) -> None:
    """The answer is the table's, and for rights information the data's."""
    assert CATALOGUE[name].is_about_person({}) is about_person
    rights = CATALOGUE["rights_information.provided"]
    assert rights.is_about_person({"recipient": "victim"})
    assert not rights.is_about_person({"recipient": "support_organisation"})


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_example_is_in_its_scope_and_complete(name: str) -> None:
    """An example can be sent as it is, and shows every field that goes together."""
    kind = CATALOGUE[name]
    sent = example(name)
    left_out = {note.name for note in field_notes(kind.model)} - set(sent["data"])

    assert sent["data"] == kind.example
    assert ("subject" in sent) is not kind.mints
    if not kind.mints:
        assert kind.scope.admits(sent["subject"], sent["data"])
    # Exactly one of two references; and a kind that only later profiles know.
    assert left_out <= {"report_ref", "kind"}


def test_the_examples_are_one_case() -> None:
    """Their case is the one that the suspicion among them starts."""
    suspicion = example("suspicion.reported")
    reference = mint_case_reference(suspicion["source"], suspicion["id"])

    assert example("suspicion.referred")["subject"] == reference
    assert example("suspicion.referred")["data"]["basis_event_ids"] == [suspicion["id"]]


def test_an_example_can_be_changed_without_changing_the_next() -> None:
    """Each call gives an event of its own."""
    example("suspicion.reported")["data"]["indicators"].clear()

    assert example("suspicion.reported")["data"]["indicators"]


@pytest.mark.parametrize(
    ("scope", "subject", "fits"),
    [
        (CASE, CASE_REF, True),
        (CASE, "TP-12345-6789A-C", False),
        (CASE, "alert:A-1", False),
        (ALERT, "alert:A-1", True),
        (ALERT, "alert:A-2", False),
        (ALERT, "intel:A-1", False),
        (ALERT, CASE_REF, False),
        (INTEL, "intel:I-1", True),
        (INTEL, "intel:I-2", False),
        (INTEL, CASE_REF, True),
        (AGENCY, "agency:police", True),
        (AGENCY, "agency:", False),
        (AGENCY, "police", False),
        (PLAN, "plan:nz-2009", True),
        (PLAN, "plan:nz 2009", False),
        (EXERCISE, "exercise:EX-1", True),
        (EXERCISE, "exercise:EX-2", False),
        (ANY, CASE_REF, True),
        (ANY, "agency:police", True),
        (ANY, "TP-12345-6789A-C", False),
        (ANY, "anything", False),
    ],
)
def test_a_subject_must_be_of_the_types_scope(
    scope: Scope, subject: str, *, fits: bool
) -> None:
    """A case reference with its check, or the prefix and what the data names."""
    data = {"alert_ref": "A-1", "intel_ref": "I-1", "exercise_ref": "EX-1"}

    assert scope.admits(subject, data) is fits


@given(
    st.sampled_from([CASE, ALERT, INTEL, AGENCY, PLAN, EXERCISE, ANY]),
    st.text() | st.from_regex(r"\A(alert|intel|agency|plan|exercise|x):.{0,70}\Z"),
)
def test_no_subject_is_admitted_that_the_published_pattern_refuses(
    scope: Scope, subject: str
) -> None:
    """A sender who checks against the schema is never surprised by a stranger form."""
    data = dict.fromkeys(("alert_ref", "intel_ref", "exercise_ref"), "A-1")

    if scope.admits(subject, data):
        assert is_case_reference(subject) or ":" in subject
        assert re.fullmatch(scope.pattern, subject)


def test_a_scope_names_itself_only_where_a_field_repeats_it() -> None:
    """Intelligence without a subject goes under the reference it carries."""
    assert INTEL.named_by({"intel_ref": "I-1"}) == "intel:I-1"
    assert AGENCY.named_by({}) is None


def test_fields_are_explained_in_words() -> None:
    """Required fields come first, and each says what it takes."""
    notes = field_notes(CATALOGUE["victim.referred"].model)

    assert [(note.name, note.required) for note in notes] == [
        ("referral_ref", True),
        ("certification_no", True),
        ("needs", True),
        ("language", True),
        ("consent", True),
    ]
    assert notes[2].takes == (
        "a list of at least one, each one of social, financial, health, employment, "
        "housing, safety, interpreter, other"
    )
    assert notes[4].takes == "true or false"


def test_every_field_of_every_type_is_explained() -> None:
    """No field is left without words, the attributes of the event among them."""
    shapes = [kind.model for kind in CATALOGUE.values()]
    for shape in (*shapes, Attributes):
        for note in field_notes(shape):
            assert note.takes
    takes = {note.name: note.takes for note in field_notes(Attributes)}
    assert takes["specversion"] == "1.0 only"
