"""What an agency was sent, as it was sent; and what an office is told."""

import pytest

from tests.cli.homes import Run, Told


def test_deliveries_are_numbered_from_one(told: Told, run: Run) -> None:
    """The numbers are the agency's own, without gaps for what others got."""
    items = run("inbox", "labour", "--json").values

    assert [one["number"] for one in items] == [1, 2, 3, 4]
    assert [one["view"] for one in items] == ["full", "stub", "full", "full"]
    assert items[0]["event"]["id"] == told.suspicion


def test_an_event_comes_under_its_case(told: Told, run: Run) -> None:
    """The view has the case as its subject, even where the sender gave none."""
    first = run("inbox", "police", "--json").values[0]

    assert first["event"]["subject"] == told.case
    assert first["case"] == told.case


def test_a_stub_holds_no_more_than_it_may(told: Told, run: Run) -> None:
    """A stub has the envelope and the marked fields, nothing else."""
    stub = run("inbox", "labour", "--json").values[1]

    assert stub["event"]["data"] == {"urgency": "urgent"}
    assert told.suspicion not in str(stub)


def test_the_ministers_office_gets_notices_without_a_person(
    told: Told, run: Run
) -> None:
    """A notice has six members and no other; identified_at is the event's time."""
    (item,) = run("inbox", "minister-immigration", "--json").values
    notice = item["notice"]

    assert len(notice.pop("notice_id")) == 26
    assert notice == {
        "case_ref": told.case,
        "identified_at": "2026-03-02T20:15:00.000Z",
        "kind": "initial",
        "offence_basis": "s98D",
        "cross_border": True,
    }


def test_an_update_is_about_the_same_case(told: Told, run: Run) -> None:
    """News of a case says again what was identified, and when."""
    briefing = {"briefing_ref": "B", "officer_role": "adviser", "method": "phone"}
    for kind in ("initial", "update"):
        told.bus.send(
            "minister.informed", "labour", {**briefing, "kind": kind}, case=told.case
        )
    items = run("inbox", "minister-immigration", "--json").values
    first, *_, last = [one["notice"] for one in items if "notice" in one]

    assert [one["number"] for one in items] == [1, 2, 3, 4]
    assert last["kind"] == "update"
    assert last["notice_id"] != first["notice_id"]
    for member in ("case_ref", "identified_at", "offence_basis", "cross_border"):
        assert last[member] == first[member]


def test_people_read_what_came_and_from_whom(told: Told, run: Run) -> None:
    """People read each item's number, case, event, sender and content."""
    out = run("inbox", "labour").out

    assert f"{told.case}  suspicion.reported from customs" in out
    assert "      context: border_air" in out
    assert "suspicion.referred from customs  (a stub)" in out


def test_people_read_a_notice(told: Told, run: Run) -> None:
    """The Minister's office reads the same in words."""
    out = run("inbox", "minister-immigration").out

    assert f"{told.case}  notice" in out
    assert "offence_basis: s98D" in out


@pytest.mark.usefixtures("told")
def test_an_empty_inbox_says_so(run: Run) -> None:
    """Nothing to show is said beside the data, and is no error."""
    ran = run("inbox", "dpmc")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "dpmc was sent nothing yet.\n"
    assert run("inbox", "dpmc", "--json").err == ""
