"""The story of a case: whole, or what one agency may see of it."""

import pytest

from tests.cli.homes import Run, Told


def test_a_case_is_its_decision_records(told: Told, run: Run) -> None:
    """For programs a case is the log's own records, in order."""
    ran = run("case", told.case, "--json")

    assert ran.code == 0
    assert [one["seq"] for one in ran.values] == list(range(1, len(ran.values) + 1))
    assert {one["case"] for one in ran.values} == {told.case}


def test_a_case_is_told_to_people(told: Told, run: Run) -> None:
    """People read who said what, who was told, who was paged, and what is owed now."""
    out = run("case", told.case).out

    assert "customs: suspicion.reported" in out
    assert "police, labour (in full)" in out
    assert "PAGE" in out
    assert "Owed at Tue 3 Mar 2026 13:45 NZDT (00:45Z):" in out
    assert "labour: T3 inform the Minister of Immigration" in out


def test_a_reference_is_read_as_it_is_heard(told: Told, run: Run) -> None:
    """Lower case and no hyphens are the same reference."""
    heard = told.case.lower().replace("-", " ")

    assert run("case", heard, "--json").out == run("case", told.case, "--json").out


def test_a_misread_reference_is_no_unknown_case(told: Told, run: Run) -> None:
    """A reference whose check character does not fit was misread, and it says so."""
    assert run("case", "TP-00000-00000-0").err.startswith(
        "coordinator: TP-00000-00000-0: nothing is here; `coordinator cases` lists"
    )
    last = "0" if told.case[-1] != "0" else "1"
    ran = run("case", told.case[:-1] + last)

    assert ran.code == 2
    assert "its last character checks the others" in ran.err


@pytest.mark.usefixtures("told")
def test_a_scope_has_a_story_as_well(run: Run) -> None:
    """An agency's own scope is looked at like a case."""
    (activated,) = run("case", "agency:police", "--json").values

    assert activated["case"] == "agency:police"


def test_an_agency_sees_its_own_part(told: Told, run: Run) -> None:
    """What it sent and the answers, what it was sent, what it owes, pages to it."""
    parts = run("case", told.case, "--as", "customs", "--json").values

    sent = [one["sent"] for one in parts if "sent" in one]
    received = [one["received"] for one in parts if "received" in one]
    assert [one["id"] for one in sent] == [told.suspicion, told.referral]
    assert [one["verdict"] for one in sent] == ["accepted", "accepted"]
    assert [one["event"]["id"] for one in received] == [told.identified]
    assert {row["owner"] for one in parts for row in one.get("opened", ())} == {
        "customs"
    }
    assert {row["agency"] for one in parts for row in one.get("pages", ())} == {
        "customs",
        "working-group",
    }


def test_an_agency_sees_no_sign_of_the_rest(told: Told, run: Run) -> None:
    """No counting of the case's records, no event, receiver or debtor besides."""
    ran = run("case", told.case, "--as", "customs", "--json")

    for hidden in ('"seq"', '"deliveries"', '"position"', "victim.identified", "p-1"):
        assert hidden not in ran.out
    assert told.case in ran.out


def test_a_stub_stays_a_stub(told: Told, run: Run) -> None:
    """An agency sees the view that it was sent, and nothing more of the event."""
    first = run("case", told.case, "--as", "housing", "--json").values[0]

    assert first["received"]["view"] == "stub"
    assert "data" not in first["received"]["event"]


def test_an_unknown_case_and_one_of_others_are_answered_alike(
    told: Told, run: Run
) -> None:
    """Nobody learns from the answer whether a reference is a case's."""
    unknown = "TP-00000-00000-0"
    of_others = run("case", told.case, "--as", "dia")
    of_nobody = run("case", unknown, "--as", "dia")

    assert of_others.code == of_nobody.code == 2
    assert of_others.out == of_nobody.out == ""
    assert of_others.err.replace(told.case, unknown) == of_nobody.err


def test_a_refused_agency_sees_its_own_refusal_alone(told: Told, run: Run) -> None:
    """What an agency is told of a case it is no party to is its own refusal."""
    told.bus.send(
        "interpreter.requested", "dia", _interpreter(), case=told.case, person="p-1"
    )
    (part,) = run("case", told.case, "--as", "dia", "--json").values

    assert part["sent"]["rule"] == "not_a_party"
    assert set(part) == {"at", "case", "exercise", "sent"}


def test_an_agency_reads_its_part(told: Told, run: Run) -> None:
    """People of an agency read the same part in words."""
    out = run("case", told.case, "--as", "labour").out

    assert "received  case.identified from police" in out
    assert "owed      T3 inform the Minister of Immigration, by" in out
    assert "PAGE      labour senior_official: deadline, T3" in out


def test_an_agency_reads_breaches_refusals_and_what_it_settled(
    told: Told, run: Run
) -> None:
    """In words too an agency learns why it was refused, what it broke, what it did."""
    bus = told.bus
    placed = {
        "placement_ref": "H1",
        "provider": "ngo-refuge",
        "from": "2026-03-03T00:45:00Z",
    }
    bus.send("safe_house.placed", "police", placed, case=told.case, person="p-1")
    bus.send(
        "danger.assessed",
        "police",
        {"victim_risk": "none", "family_risk": "none"},
        case=told.case,
        person="p-1",
    )
    bus.send("case.closed", "police", {"reason": "no_case"}, case=told.case)
    bus.send(
        "investigation.concluded", "police", {"outcome": "no_charges"}, case=told.case
    )
    out = run("case", told.case, "--as", "police").out

    assert "sent      safe_house.placed: accepted" in out
    assert "BREACH    of safe_house.placed.1 (L1004-1006, L1323-1325; item 22)." in out
    assert "settled   T8 assess the danger to the victim and the family," in out
    assert "satisfied, 8,7" in out
    assert "sent      investigation.concluded: refused" in out
    assert "          by investigation.concluded.1 (items 23 24). Required: " in out
    assert "PAGE      police senior_official: breach, breach" in out


def test_a_case_in_which_nothing_is_owed_says_so(told: Told, run: Run) -> None:
    """The story of a scope that owes nothing ends with that."""
    assert told.case not in run("case", "agency:dpmc").out
    assert run("case", "agency:dpmc").out.splitlines()[-1] == "Nothing is owed."


def _interpreter() -> dict[str, object]:
    return {
        "request_ref": "I1",
        "language": "th",
        "for_event": "interview",
        "urgency": "urgent",
    }
