"""Cases, obligations and pages: what there is, and how late it is."""

from collections.abc import Iterable
from typing import Any

import pytest

from coordinator.events import page_sent, page_unreachable
from coordinator.runtime.step import Submission
from tests.cli.homes import Run, Told


def test_cases_count_what_is_owed_and_what_is_late(told: Told, run: Run) -> None:
    """A case's line tells its events, open obligations and overdue ones."""
    ran = run("cases", "--json")

    assert ran.code == 0
    assert ran.values == [
        {
            "case": told.case,
            "opened_at": "2026-03-02T20:05:00.000Z",
            "profile": "nz-2009/1",
            "exercise": False,
            "events": 4,
            "obligations_open": 11,
            "obligations_overdue": 5,
        }
    ]


def test_cases_for_people_show_both_times(told: Told, run: Run) -> None:
    """People see when a case was opened in New Zealand's time, and in UTC."""
    ran = run("cases")

    assert told.case in ran.out
    assert "Tue 3 Mar 2026 09:05 NZDT (2 Mar 20:05Z)" in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.usefixtures("told")
def test_a_home_without_cases_says_so_beside_the_data(run: Run) -> None:
    """An empty list is empty on stdout; the words are talk."""
    ran = run("obligations", "--agency", "dpmc")

    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing is owed by dpmc.\n")


def test_obligations_tell_who_owes_what_and_how_late(told: Told, run: Run) -> None:
    """An obligation has its number, its words, its due time and its lateness."""
    (owed,) = [
        one
        for one in run("obligations", "--agency", "labour", "--json").values
        if one["name"] == "inform_minister"
    ]

    late_by_s = owed.pop("late_by_s")
    assert 30 * 60 <= late_by_s < 31 * 60
    assert len(owed.pop("id")) == 26
    assert owed == {
        "case": told.case,
        "name": "inform_minister",
        "number": "T3",
        "says": "inform the Minister of Immigration",
        "owner": "labour",
        "scope": "case",
        "due": "2026-03-03T00:15:00.000Z",
        "overdue": True,
        "escalated": True,
        "rung": 1,
        "acknowledged_until": None,
        "opened_at": "2026-03-02T20:15:00.000Z",
        "profile": "nz-2009/1",
        "exercise": False,
        "cite": "L201-203",
    }


@pytest.mark.usefixtures("told")
def test_obligations_come_by_urgency_and_state(run: Run) -> None:
    """The most urgent stands first; a state leaves out what is not in it."""
    every = run("obligations", "--json").values
    overdue = run("obligations", "--state", "overdue", "--json").values
    escalated = run("obligations", "--state", "escalated", "--json").values

    assert [one["due"] for one in every] == sorted(one["due"] for one in every)
    assert _ids(overdue) == _ids(one for one in every if one["overdue"])
    assert _ids(overdue) == _ids(every[:5])
    assert _ids(escalated) == _ids(one for one in every if one["rung"] > 0)


@pytest.mark.usefixtures("told")
def test_obligations_for_people_say_how_late(run: Run) -> None:
    """People see the number, the words, the lateness and the ladder."""
    out = run("obligations", "--agency", "LABOUR").out

    assert "T3 inform the Minister of Immigration" in out
    assert "30 min" in out
    assert "late" in out
    assert "paged, rung 1" in out


def test_an_acknowledged_obligation_shows_its_rest(told: Told, run: Run) -> None:
    """After an acknowledgement people see until when nobody is paged."""
    acknowledged = run(
        "ack",
        _minister(run),
        "--as",
        "labour",
        "--decision",
        "At noon",
        "--until",
        "PT2H",
    )
    assert acknowledged.code == 0
    owed = next(
        one
        for one in run("obligations", "--json").values
        if one["name"] == "inform_minister"
    )

    assert owed["acknowledged_until"].startswith("2026-03-03T02:45")
    assert "acknowledged until Tue 3 Mar 2026 15:45" in run("obligations").out
    assert told.case == owed["case"]


def test_pages_tell_what_became_of_them(told: Told, run: Run) -> None:
    """A page is queued until it was handed over, or reached nobody."""
    pages = run("pages", "--json").values
    first, second = pages[0], pages[1]
    told.bus.take(
        [
            Submission(
                event=page_sent(
                    key=told.case, page_id=first["id"], channel="log", at=told.bus.now
                )
            ),
            Submission(
                event=page_unreachable(
                    key=told.case, page_id=second["id"], at=told.bus.now
                )
            ),
        ]
    )
    after = run("pages", "--json").values

    assert {one["outcome"] for one in pages} == {"queued"}
    assert [one["outcome"] for one in after[:3]] == ["sent", "unreachable", "queued"]
    assert after[0]["outcome_at"] == "2026-03-03T00:45:00.000Z"
    assert (first["why"], first["rung"], first["role"]) == (
        "reminder",
        0,
        "key_contact",
    )


def test_pages_for_people_name_who_and_why(told: Told, run: Run) -> None:
    """People see who was paged, at which rung, and about what."""
    out = run("pages", "--agency", "labour").out

    assert "labour senior official" in out
    assert "deadline, rung 1: T3 inform the Minister of Immigration" in out
    assert "police" not in out
    assert told.case in out


def test_pages_about_a_breach_name_the_contact(told: Told, run: Run) -> None:
    """A breach's page is about no obligation; a case's own contact is named."""
    told.bus.send(
        "senior_official.assigned",
        "police",
        {
            "role": "senior_official",
            "contact_id": "police.senior_official.1",
            "from": "2026-03-02T20:15:00Z",
        },
        case=told.case,
    )
    told.bus.send(
        "safe_house.placed",
        "police",
        {
            "placement_ref": "H1",
            "provider": "ngo-refuge",
            "from": "2026-03-03T00:45:00Z",
        },
        case=told.case,
        person="p-1",
    )
    line = run("pages").out.splitlines()[-1]

    assert "police senior official (police.senior_official.1)  breach " in line


@pytest.mark.usefixtures("told")
def test_an_agency_nobody_knows_is_no_empty_list(run: Run) -> None:
    """A misspelt agency is told apart from one that has nothing."""
    for command in (["obligations", "--agency"], ["pages", "--agency"], ["inbox"]):
        ran = run(*command, "polise")

        assert ran.code == 2
        assert ran.err == (
            "coordinator: polise: no agency of nz-2009/1; did you mean police?\n"
        )


def _ids(owed: Iterable[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in owed]


def _minister(run: Run) -> str:
    ids = {one["name"]: one["id"] for one in run("obligations", "--json").values}
    return str(ids["inform_minister"])
