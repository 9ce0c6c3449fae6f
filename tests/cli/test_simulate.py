"""The protocol tried out on files: records on stdout, problems on stderr."""

import json
from pathlib import Path

import orjson
import pytest

from tests.cli.homes import Bus, Run

SUSPICION = {"observer_role": "officer", "context": "border_air", "indicators": ["i1"]}


@pytest.fixture
def file(bus: Bus, tmp_path: Path) -> str:
    """Give a file with a suspicion that nobody refers."""
    path = tmp_path / "case.ndjson"
    path.write_bytes(bus.raw("suspicion.reported", "customs", SUSPICION) + b"\n")
    return str(path)


def test_records_are_written_as_the_log_would(file: str, run: Run, home: Path) -> None:
    """A line is the record as the bus writes it, with --json or without; no home."""
    ran = run("simulate", file)

    (record,) = ran.values
    assert (ran.code, ran.err) == (0, "")
    assert orjson.dumps(record).decode() + "\n" == ran.out
    assert run("simulate", file, "--json").out == ran.out
    assert not home.exists()


def test_the_clock_runs_on(file: str, run: Run) -> None:
    """Behind the last event, deadlines fire up to --until and no further."""
    later = run("simulate", file, "--until", "2026-03-02T21:05:00Z").values

    pages = [page for record in later for page in record["pages"]]
    assert [page["why"] for page in pages] == ["reminder", "deadline"]
    assert later[-1]["at"] == "2026-03-02T21:05:00.000Z"


def test_whoever_is_unreachable_is_passed_over(file: str, run: Run) -> None:
    """A role, or an office by its id alone, can be taken away."""
    records = run(
        "simulate",
        file,
        "--until",
        "2026-03-02T21:05:00Z",
        "--unreachable",
        "customs:key_contact",
        "--unreachable",
        "working-group",
    ).values

    reached = [page["role"] for record in records for page in record["pages"]]
    assert reached == ["key_contact", "key_contact", "senior_official"]


def test_what_ingress_rejects_stands_on_stderr(
    bus: Bus, run: Run, tmp_path: Path
) -> None:
    """A problem has its file and line; an unreadable line makes the exit code 2."""
    path = tmp_path / "some.ndjson"
    wrong = bus.raw("suspicion.reported", "customs", {**SUSPICION, "context": "x"})
    good = bus.raw("suspicion.reported", "customs", SUSPICION)
    path.write_bytes(b"\n".join([wrong, b"{?", good]))
    ran = run("simulate", str(path))
    problems = [json.loads(line) for line in ran.err.splitlines()]

    assert ran.code == 2
    assert len(ran.values) == 1
    assert [(one["rule"], one["file"], one["line"]) for one in problems] == [
        ("schema", str(path), 1),
        ("unreadable", str(path), 2),
    ]


def test_a_rejected_event_is_no_unreadable_one(bus: Bus, run: Run) -> None:
    """An event that ingress could read and rejects leaves the exit code 0."""
    wrong = bus.raw("suspicion.reported", "customs", {**SUSPICION, "context": "x"})
    ran = run("simulate", "-", stdin=wrong)

    assert (ran.code, ran.out) == (0, "")
    assert json.loads(ran.err)["pointer"] == "/data/context"


def test_files_are_taken_in_order(file: str, bus: Bus, run: Run) -> None:
    """Files go on where the one before ended; - is stdin."""
    bus.wait(minutes=70)
    raw = bus.raw("suspicion.reported", "dia", SUSPICION)
    records = run("simulate", file, "-", stdin=raw).values

    assert [one["input"]["source"].rpartition(":")[2] for one in records] == [
        "customs",
        "coordinator",
        "coordinator",
        "dia",
    ]


def test_it_can_be_told_for_people(file: str, run: Run) -> None:
    """--pretty tells the story in place of records."""
    out = run("simulate", file, "--pretty").out

    assert "customs: suspicion.reported" in out
    assert not out.startswith("{")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--until", "soon"], "--until soon: not a time"),
        (["--unreachable", "police"], "--unreachable police: nobody whom nz-2009/1"),
        (
            ["--unreachable", "polise:key_contact"],
            "it takes an agency, a colon and one",
        ),
        (["--unreachable", "police:boss"], "key_contact, senior_official"),
        (["--unreachable", "working-group:key_contact"], "working-group or minister"),
        (["--profile", "nosuch"], "nosuch: no such profile"),
    ],
)
def test_a_wrong_option_is_one_line(
    file: str, run: Run, arguments: list[str], says: str
) -> None:
    """A time, role or profile that cannot be is said before anything is decided."""
    ran = run("simulate", file, *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_a_profile_that_is_wrong_names_its_line(
    file: str, run: Run, tmp_path: Path
) -> None:
    """A profile of one's own that does not hold is named with file and line."""
    profile = tmp_path / "ours.yaml"
    profile.write_text("profile: ours\nversion: 1\nnonsense: 1\n", encoding="utf-8")
    ran = run("simulate", file, "--profile", str(profile))

    assert ran.code == 2
    assert "ours.yaml:" in ran.err
