"""The catalogue as shown: who says what, who learns of it, and an example to send."""

import json
import shlex
from pathlib import Path

import pytest

from coordinator.events import CATALOGUE, decode
from tests.cli.homes import Run


def test_every_type_is_listed_by_area(run: Run) -> None:
    """The list has every type there is, also those the protocol does not have."""
    ran = run("events")

    assert ran.code == 0
    for name in CATALOGUE:
        assert name in ran.out
    assert "Recognition" in ran.out


def test_what_a_protocol_does_not_have_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the list, on the type's own page, and to programs."""
    fewer = tmp_path / "fewer.yaml"
    fewer.write_text(
        "extends: nz_2009.yaml\nprofile: fewer\nversion: 1\ntitle: T\nsource: S\n"
        "events: {feedback.recorded: null}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("COORDINATOR_PROFILE", str(fewer))
    values = run("events", "--json").values

    assert "not in fewer/1" in run("events").out
    assert "does not have this event" in run("events", "feedback.recorded").out
    assert [one["name"] for one in values if one["protocol"] is None] == [
        "feedback.recorded"
    ]


def test_every_type_is_described(run: Run) -> None:
    """For programs the list is a line a type, with fields, protocol and example."""
    values = run("events", "--json").values

    assert [one["name"] for one in values] == list(CATALOGUE)
    assert all(one["says"] and one["cite"] and one["fields"] for one in values)
    assert all(one["protocol"] for one in values)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_type_can_be_read_about(run: Run, name: str) -> None:
    """Each type has a page of its own, whose example fits its schema."""
    ran = run("events", name)
    example = json.dumps(run("events", name, "--json").values[0]["example"])

    assert ran.code == 0
    assert CATALOGUE[name].cite in ran.out
    assert decode(example.encode()).name == name


def test_a_page_tells_the_rules_of_the_protocol(run: Run) -> None:
    """Emitters, receivers, gates with citation, what it opens and what it settles."""
    out = run("events", "nz.item23.case.identified").out

    assert "housing, msd, justice, acc: a stub (the envelope only)" in out
    assert (
        "case.identified.3: cross_border is true, or it is on record as a breach"
        " (L1394-1401; items 13 19 20 22 24-26 28)" in out
    )
    assert "case.identified.2: not identified already, or it is refused" in out
    assert "T3 labour: inform the Minister of Immigration, within 4 hours, once" in out
    assert "T2b decide whether the suspicion is a case: satisfied" in out
    assert "* cross_border: true or false" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("public_report.received", "What must hold"),
        ("witness_statement.taken", "nobody: a statement stays with Police"),
        ("suspicion.closed", "whatever else is open, superseded, save"),
        ("referral.acknowledged", "the sender of the suspicion.referred that"),
        ("certification.withdrawn", "every agency that was told of the certificate"),
        ("escalation.acknowledged", "the owner of the obligation that `obligation_id`"),
        ("input.requested", "within 2 hours when urgent"),
        ("intelligence.shared", "whoever `to` names"),
        ("senior_official.assigned", "satisfied, the sender its own only"),
        ("victim.identified", "when `immediate_needs` has interpreter"),
        ("suspicion.reported", "when the sender is not"),
        ("rights_information.provided", "About a victim, or nobody"),
    ],
)
def test_rules_are_put_into_words(run: Run, name: str, words: str) -> None:
    """What the profile says as data is read out as a phrase."""
    assert words in run("events", name).out


def test_an_example_is_ready_to_send(run: Run) -> None:
    """The command under an example can be typed as it stands."""
    command = run("events", "suspicion.reported").out.splitlines()[-1]
    _, *arguments = shlex.split(command)
    ran = run(*arguments, "--json")

    assert ran.code == 0
    assert ran.values[0]["verdict"] == "accepted"


def test_a_scoped_example_keeps_its_scope(run: Run) -> None:
    """An example under a scope is sent under it."""
    command = run("events", "risk_alert.issued").out.splitlines()[-1]
    _, *arguments = shlex.split(command)

    assert "--subject" in arguments
    assert run(*arguments, "--json").code == 0


def test_nobody_is_told_to_send_the_coordinators_own(run: Run) -> None:
    """The bus's own events have an example to read, and no command."""
    assert "coordinator emit" not in run("events", "deadline.passed").out


def test_a_misspelt_type_is_asked_back(run: Run) -> None:
    """A name that is no type's gets the nearest one, or where they are listed."""
    near, far = run("events", "case.identifed"), run("events", "zzz")

    assert near.code == far.code == 2
    assert "did you mean case.identified?" in near.err
    assert "`coordinator events` lists them" in far.err


def test_an_older_version_that_is_still_taken_is_named(run: Run) -> None:
    """A sender sees which schemas of a type are accepted, the newest first."""
    shown = run("events", "certification.issued").out
    told = run("events", "certification.issued", "--json")
    schemas = [f"urn:nz:item23:schema:certification.issued:{n}" for n in (2, 1)]

    assert "certification.issued:2 or, older, urn:nz" in shown.replace("\n", " ")
    assert json.loads(told.out)["schemas"] == schemas


def test_a_rule_without_words_of_its_own_is_read_out(run: Run) -> None:
    """What the profile says only as data is put into a sentence."""
    shown = " ".join(run("events", "repatriation.arranged").out.split())

    assert "before `travel_date` begins (Pacific/Auckland), at once if past" in shown
