"""The log, its intake and the rejections, as they were kept; and the replay of it."""

import sqlite3
from base64 import b64decode

import orjson
import pytest

from coordinator.runtime.step import Submission
from tests.cli.homes import Run, Told


def test_the_log_is_the_bytes_that_were_kept(told: Told, run: Run) -> None:
    """Each line is a decision record as it was written, in the log's order."""
    ran = run("log", "--json")

    assert ran.code == 0
    assert [orjson.dumps(one).decode() for one in ran.values] == ran.out.splitlines()
    assert told.case in ran.out


def test_one_case_of_the_log(told: Told, run: Run) -> None:
    """With --case only its rows are shown, however the reference is typed."""
    rows = run("log", "--case", told.case.lower(), "--json").values

    assert [one["seq"] for one in rows] == list(range(1, len(rows) + 1))
    assert {one["case"] for one in rows} == {told.case}


def test_the_intake_is_what_was_decided_on(told: Told, run: Run) -> None:
    """An intake record is the event, and what was stamped on it at receipt."""
    first = run("log", "--intake", "--case", told.case, "--json").values[0]

    assert first["event"]["id"] == told.suspicion
    assert first["received_at"] == "2026-03-02T20:05:00.000Z"
    assert (first["seq"], first["profile"]) == (1, "nz-2009/1")


def test_people_see_a_row_a_decision(told: Told, run: Run) -> None:
    """People see when, where, what, from whom and what became of it."""
    lines = run("log", "--case", told.case).out.splitlines()

    assert "suspicion.reported" in lines[1]
    assert "customs" in lines[1]
    assert "accepted" in lines[1]
    assert all(line == line.rstrip() for line in lines)


def test_rejections_keep_the_bytes(told: Told, run: Run) -> None:
    """What was turned away is there byte for byte, with the problem it was told."""
    told.bus.take([Submission(raw=b"\xff?", sender="dia")])
    (row,) = run("log", "--rejected", "--json").values

    assert b64decode(row["event_base64"]) == b"\xff?"
    assert (row["sender"], row["problem"]["rule"]) == ("dia", "unreadable")
    assert "unreadable" in run("log", "--rejected").out


def test_rejections_stand_alone(told: Told, run: Run) -> None:
    """What was turned away is in no case, so it cannot be asked for by one."""
    ran = run("log", "--rejected", "--case", told.case)

    assert ran.code == 2
    assert ran.err.startswith("coordinator: --rejected stands alone")


@pytest.mark.usefixtures("told")
def test_an_unknown_case_has_no_log(run: Run) -> None:
    """A reference nothing was decided under is no empty log."""
    assert run("log", "--case", "TP-00000-00000-0").code == 2


@pytest.mark.usefixtures("told")
def test_a_replay_finds_the_same_decisions(run: Run) -> None:
    """Verifying says identical, how many, and a digest that is always the same."""
    people = run("replay", "--verify")
    found = run("replay", "--verify", "--json").values[0]
    count = len(run("log", "--json").values)

    assert people.code == 0
    assert people.out == f"identical: {count} decisions, sha256 {found['digest']}\n"
    assert found == {
        "verdict": "identical",
        "count": count,
        "of_other_engines": 0,
        "digest": found["digest"],
    }


@pytest.mark.usefixtures("told")
def test_a_replay_writes_the_decisions_again(run: Run) -> None:
    """Without --verify the decisions made again are written, as in the log."""
    assert run("replay").out == run("log", "--json").out


def test_a_replay_names_the_first_difference(told: Told, run: Run) -> None:
    """A log that says something else is found out: position, case, seq and members."""
    _tamper(told, b'"accepted","rule":null', b'"accepted","rule":"x!"')
    people = run("replay", "--verify")
    found = run("replay", "--verify", "--json")

    assert people.code == found.code == 1
    assert people.out.startswith("different: at position ")
    assert found.values[0]["members"] == ["rule"]
    assert (found.values[0]["case"], found.values[0]["seq"]) == (told.case, 1)


def test_a_log_whose_events_cannot_be_read_is_damaged(told: Told, run: Run) -> None:
    """An event that cannot have been written is a damaged store, in one line."""
    _tamper(told, b'"specversion"', b'"specversiom"', column="event")
    ran = run("replay", "--verify")

    assert ran.code == 4
    assert "its event cannot be read as one; the store is damaged" in ran.err
    assert ran.err.count("\n") == 1


def _tamper(told: Told, old: bytes, new: bytes, *, column: str = "decision") -> None:
    """Change the bytes of a case's first row, as nobody should."""
    path = told.bus.settings.home / "bus.sqlite"
    connection = sqlite3.connect(path)
    (value,) = connection.execute(
        f"SELECT {column} FROM log WHERE key = ? AND seq = 1",  # noqa: S608
        (told.case,),
    ).fetchone()
    assert old in value
    connection.execute(
        f"UPDATE log SET {column} = ? WHERE key = ? AND seq = 1",  # noqa: S608
        (value.replace(old, new), told.case),
    )
    connection.commit()
    connection.close()
