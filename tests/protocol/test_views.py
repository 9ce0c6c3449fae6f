"""What a receiver sees of an event."""

from typing import Any

import orjson

from coordinator.events import decode, made_id, mint_case_reference
from coordinator.protocol import Delivery, view_of
from tests.golden.stories import nz_2009

ID = made_id("e")
CASE = mint_case_reference("urn:nz:agency:police", ID)
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": ID,
    "source": "urn:nz:agency:police",
    "type": "nz.item23.suspicion.referred",
    "time": "2026-03-02T20:00:00Z",
    "subject": CASE,
    "exercise": True,
    "causationid": "c-1",
    "signature": "a..b",
    "data": {
        "referral_ref": "r",
        "basis_event_ids": [made_id("a"), made_id("b"), made_id("c")],
        "contact_role": "o",
        "method": "phone",
        "urgency": "urgent",
    },
}


def seen(view: str, without: list[str], told: dict[str, Any] = EVENT) -> dict[str, Any]:
    """Render one delivery of the event."""
    delivery: Delivery = {
        "id": made_id("d"),
        "to": "labour",
        "view": "stub" if view == "stub" else "full",
        "without": without,
    }
    return view_of(decode(orjson.dumps(told)), CASE, delivery, nz_2009().rules)


def test_the_whole_event_is_what_was_sent() -> None:
    """Where nothing is left out, even the signature stands."""
    assert seen("full", []) == EVENT


def test_ids_that_a_receiver_never_got_are_left_out() -> None:
    """Entries of a list and attributes go; what no longer holds is not signed."""
    whole = seen("full", ["/causationid", "/data/basis_event_ids/0",
                          "/data/basis_event_ids/2"])  # fmt: skip

    assert "causationid" not in whole
    assert "signature" not in whole
    assert whole["data"]["basis_event_ids"] == [made_id("b")]


def test_a_stub_shows_the_marked_fields_and_no_more() -> None:
    """It has the required attributes, subject, time, exercise and what is marked."""
    assert seen("stub", []) == {
        "specversion": "1.0",
        "id": ID,
        "source": "urn:nz:agency:police",
        "type": "nz.item23.suspicion.referred",
        "subject": CASE,
        "time": "2026-03-02T20:00:00Z",
        "exercise": True,
        "data": {"urgency": "urgent"},
    }


def test_a_stub_with_nothing_marked_is_the_envelope_only() -> None:
    """Where the profile marks no field, there is no data, but the person is named."""
    placed = EVENT | {
        "type": "nz.item23.safe_house.placed",
        "personref": "p-1",
        "data": {"placement_ref": "x", "provider": "y", "from": EVENT["time"]},
    }
    stub = seen("stub", [], placed)

    assert "data" not in stub
    assert stub["personref"] == "p-1"


def test_a_case_that_an_event_begins_stands_as_its_subject() -> None:
    """A receiver learns the reference even where the sender gave none."""
    begins = EVENT | {
        "type": "nz.item23.suspicion.reported",
        "data": {"observer_role": "o", "context": "visa", "indicators": ["x"]},
    }
    del begins["subject"]
    whole = seen("full", [], begins)

    assert whole["subject"] == CASE
    assert "signature" not in whole
