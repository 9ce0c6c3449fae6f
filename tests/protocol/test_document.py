"""The document about a profile: whole, and linked from top to bottom."""

import re
from typing import Any

import pytest

from coordinator.events import CATALOGUE
from coordinator.protocol.document import chapters, markdown, overview, section_of
from coordinator.protocol.document.sheet import Facts, Section
from coordinator.protocol.profile import ProfileSpec
from tests.golden.stories import nz_2009
from tests.protocol.profiles import derived, modern

SPECS = [nz_2009().spec, modern().spec]


def facts(name: str, spec: ProfileSpec = SPECS[0]) -> dict[str, Any]:
    """Give an entry's facts by their labels."""
    section = section_of(name, spec)
    assert section is not None
    return {
        one.label: list(one.items) for one in section.blocks if isinstance(one, Facts)
    }


@pytest.mark.parametrize("spec", SPECS, ids=["2009", "modern"])
def test_every_entry_has_a_heading_and_every_link_leads_to_one(
    spec: ProfileSpec,
) -> None:
    """Nothing of a profile is left out, and no link leads nowhere."""
    text = markdown(spec)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = [
        re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings
    ]
    links = set(re.findall(r"\]\(#([^)]*)\)", text))

    assert set(spec.events) <= set(headings)
    assert {f"{one.number} {name}" for name, one in spec.obligations.items()} <= set(
        headings
    )
    assert len(anchors) == len(set(anchors))
    assert links <= set(anchors)
    assert "None" not in text.replace("None in force", "").replace("None of that", "")


@pytest.mark.parametrize("spec", SPECS, ids=["2009", "modern"])
def test_every_source_is_in_the_document(spec: ProfileSpec) -> None:
    """Each entry that cites something is shown with its citation."""
    text = markdown(spec)
    parts: list[dict[str, Any]] = [
        spec.agencies, spec.registers, spec.calendars, spec.closures, spec.ladders,
        spec.events, spec.obligations, spec.offices,
    ]  # fmt: skip

    assert all(one.cite in text for part in parts for one in part.values())
    assert all(one.cite in text for one in spec.programme)
    assert all(gate.mend in re.sub(r"\[([^]]*)\]\(#[^)]*\)", r"\1", text)
               for event in spec.events.values() for gate in event.gates)  # fmt: skip


def test_events_stand_by_their_area() -> None:
    """The chapters of events are the catalogue's areas, in its order."""
    found = [
        (one.title.removeprefix("Events: "), [inner.name for inner in one.within])
        for one in chapters(SPECS[0])
        if one.title.startswith("Events: ")
    ]
    areas = list(dict.fromkeys(kind.area for kind in CATALOGUE.values()))

    assert [area for area, _ in found] == areas
    assert [name for _, names in found for name in names] == list(CATALOGUE)


def test_no_section_links_to_itself() -> None:
    """A link leads somewhere else."""
    _, _, rest = markdown(SPECS[0]).partition("\n### case.identified\n")
    own, _, _ = rest.partition("\n### ")

    assert "[victim.identified]" not in own
    assert "(#caseidentified)" not in own
    assert "(#t8-assess_danger)" in own


def test_an_event_tells_who_learns_how_much() -> None:
    """All of it, only that it happened, only some fields, or nobody and why."""
    assert facts("case.identified")["Who learns of it"] == [
        "Department of Labour and New Zealand Customs Service: all of it.",
        ("Housing New Zealand Corporation, Ministry of Social Development, Ministry of"
        " Justice and Accident Compensation Corporation: only that it happened."),
    ]  # fmt: skip
    assert facts("public_report.received")["Who learns of it"] == [
        (
            "Department of Labour and New Zealand Customs Service: only that it"
            " happened,"
            " with `area` and `industry`."
        )
    ]
    assert facts("evidence.assessed")["Who learns of it"] == [
        "Nobody: an assessment of evidence stays with Police."
    ]


def test_an_event_tells_what_a_breach_does() -> None:
    """Refused, or recorded and paged; what mends it; and what is checked."""
    must = facts("case.identified")["What must hold"]

    assert "Otherwise it is refused. Nothing is to be done" in must[1]
    assert must[1].endswith("(Checked: no case.identified came before.)")
    assert must[2].startswith(
        "cross_border is true. Otherwise it is accepted and recorded as a breach, and"
        " the sender's senior official is paged."
    )
    assert "Checked" not in must[2]
    assert facts("acc_claim.lodged")["What must hold"] == [
        "Nothing: it is always accepted."
    ]


def test_an_event_tells_what_it_starts_and_closes() -> None:
    """Who owes what by when, who hears when it is missed; and what is over."""
    assert facts("suspicion.reported")["What it starts"] == [
        (
            "T1 report_to_police, when the sender is not New Zealand Police: report the"
            " suspicion to Police. Owed by the sender of what opens it, within 1"
            " hour. If"
            " missed: the owner's key contact at once, the owner's senior official"
            " after 1"
            " hour and Inter-agency Working Group after 4 hours."
        )
    ]
    assert facts("case.closed")["What it closes"] == [
        (
            "Whatever else is open in the case, as superseded, but not T13"
            " act_on_withdrawal"
            " and T28 evaluate_case."
        )
    ]


def test_an_event_tells_what_else_it_does() -> None:
    """Its effect, its notices, and what it means for certificates."""
    assert facts("event.retracted")["What else it does"] == [
        ("The case is from then on as if the event that `event_id` names had not been"
        " accepted."),
        ("It makes an update notice to Minister of Immigration's office, when the event"
        " that `event_id` names is case.identified."),
    ]  # fmt: skip
    assert (
        "in force from then on" in facts("certification.issued")["What else it does"][0]
    )
    assert (
        "no longer in force" in facts("certification.withdrawn")["What else it does"][0]
    )


def test_an_event_tells_where_it_stands() -> None:
    """Under a case, under a scope of its own, or that it starts a case."""
    text = markdown(SPECS[0])

    assert "It stands under alert:\\<the data's alert_ref\\>." in text
    assert "It may come without a case reference, and then starts a case." in text
    assert (
        "need not have taken part" in facts("suspicion.reported")["Who may send it"][0]
    )
    assert "need not" not in facts("case.identified")["Who may send it"][0]
    assert "need not" not in facts("protocol.activated")["Who may send it"][0]


def test_an_event_without_fields_is_told() -> None:
    """An event may have fields that are all optional, or all required."""
    only_always = facts("notice.acknowledged")["What it says"]
    both = facts("case.identified")["What it says"]
    only_perhaps = facts("referral.acknowledged")["What it says"]

    assert [len(one) for one in (only_always, both, only_perhaps)] == [1, 2, 2]


def test_an_obligation_tells_what_is_special() -> None:
    """What the table of obligations has no column for."""
    assert facts("T4")["What is special"] == [
        "It does not open where an event that closes it came before."
    ]
    assert facts("act_on_border_alert")["What is special"] == [
        "Opened again while it is open, the new one takes its place."
    ]
    assert facts("T3")["What is special"] == ["It does not open in an exercise."]
    assert facts("t6")["If it is missed"][0].endswith(
        "Wherever the owner is paged, so is the sender of the event that opened it."
    )
    assert "What is special" not in facts("T8")


def test_kinds_of_certificates_are_told() -> None:
    """A profile whose certificates have kinds says how they are told apart."""
    assert "told apart by `kind`" in markdown(SPECS[1])
    assert "told apart by" not in markdown(SPECS[0])


def test_a_profile_may_lack_what_another_has() -> None:
    """Without notices, closures, groups or items the document still reads."""
    spec = derived({"notices": [], "closures": {}, "programme": []}).spec

    assert "**Notices:** None." in markdown(spec)
    assert "Closed besides" not in markdown(spec)


def test_an_overview_has_no_single_entries() -> None:
    """The overview is tables, short enough for a screen."""
    found = overview(SPECS[0])

    assert all(one.kind == "chapter" and not one.within for one in found)
    assert section_of("nothing.such", SPECS[0]) is None


def test_a_document_without_names_to_link_is_text() -> None:
    """A profile with neither events nor obligations has nothing to link to."""
    spec = SPECS[0].model_copy(
        update={"events": {}, "obligations": {}, "groups": {}, "ladders": {},
                "registers": {}, "notices": ()}
    )  # fmt: skip
    found: list[Section] = chapters(spec)

    assert "](#" not in markdown(spec).partition("## How to read")[2]
    assert not any(one.within for one in found)
