"""Sending events: one or many, each answered, and nothing lost of what is wrong."""

import json
import sqlite3
from pathlib import Path

import pytest

from coordinator.events import decode, mint_case_reference
from tests.cli.homes import Bus, Run, Told

SUSPICION = {"observer_role": "officer", "context": "border_air", "indicators": ["i1"]}
DATA = json.dumps(SUSPICION)
FIRST = "01KJR2EVF0DEM0000000000001"


def test_an_answer_begins_with_six_members_in_order(home: Path, run: Run) -> None:
    """A program finds id, case, verdict, rule, cite and detail first, so ordered."""
    assert not home.exists()
    ran = run("emit", "suspicion.reported", "--as", "customs", "--data", DATA, "--json")

    (answer,) = ran.values
    assert ran.code == 0
    assert list(answer)[:6] == ["id", "case", "verdict", "rule", "cite", "detail"]
    assert answer["case"] == mint_case_reference("urn:nz:agency:customs", answer["id"])
    assert answer["verdict"] == "accepted"
    assert [one["name"] for one in answer["opened"]] == ["report_to_police"]
    assert "deliveries" not in ran.out


def test_the_prefix_of_a_type_may_be_typed(run: Run) -> None:
    """The whole CloudEvents type is the same event as its name."""
    ran = run("emit", "nz.item23.suspicion.reported", "--as", "CUSTOMS", "--data", DATA)

    assert ran.code == 0
    assert ran.out.startswith("+ accepted    TP-")


def test_people_read_what_they_owe(run: Run) -> None:
    """The line for people says what the sender owes from here on, and by when."""
    out = run("emit", "suspicion.reported", "--as", "customs", "--data", DATA).out

    assert "customs owes: report to police, by " in out


def test_a_refusal_is_a_problem_with_its_citation(told: Told, run: Run) -> None:
    """A refused event's answer has the members of RFC 9457, and exit code 3."""
    ran = run(
        "emit",
        "case.identified",
        "--as",
        "police",
        "--case",
        told.case.lower(),
        "--data",
        json.dumps(
            {
                "origin_event_ids": [told.suspicion],
                "offence_basis": "s98D",
                "cross_border": True,
                "lead_role": "lead",
            }
        ),
        "--json",
    )

    (answer,) = ran.values
    assert ran.code == 3
    assert answer["verdict"] == "refused"
    assert answer["rule"] == "case.identified.2"
    assert answer["cite"] == "L1394-1401; items 13 19 20 22 24-26 28"
    assert answer["type"] == "urn:nz:item23:problem:case.identified.2"
    assert answer["status"] == 409
    assert answer["event_id"] == answer["id"]
    assert answer["title"]


def test_a_stranger_to_a_case_is_forbidden(told: Told, run: Run) -> None:
    """A refusal about who may speak has HTTP's 403, and says nothing of the case."""
    (answer,) = run(
        "emit",
        "interpreter.requested",
        "--as",
        "dia",
        "--case",
        told.case,
        "--person",
        "p-1",
        "--data",
        '{"request_ref":"I1","language":"th","for_event":"talk","urgency":"urgent"}',
        "--json",
    ).values

    assert (answer["rule"], answer["status"]) == ("not_a_party", 403)


def test_what_does_not_fit_is_rejected_with_the_field(run: Run) -> None:
    """A rejected event's answer points at the field and says what would be valid."""
    data = json.dumps({**SUSPICION, "context": "somewhere"})
    ran = run("emit", "suspicion.reported", "--as", "customs", "--data", data, "--json")

    (answer,) = ran.values
    assert ran.code == 3
    assert (answer["verdict"], answer["rule"]) == ("rejected", "schema")
    assert (answer["case"], answer["pointer"]) == (None, "/data/context")
    assert "border_air" in answer["detail"]
    assert "somewhere" not in ran.out + ran.err
    assert run("log", "--rejected", "--json").values[0]["sender"] == "customs"


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["suspicion.reportd", "--as", "customs"], "unknown_type"),
        (["suspicion.reported", "--as", "Customs!"], "schema"),
        (["suspicion.reported", "--as", "customs", "--case", "TP-1"], "subject"),
        (["suspicion.reported", "--as", "customs", "--id", "7"], "schema"),
        (["deadline.passed", "--as", "coordinator"], "schema"),
        (["suspicion.reported", "--as", "dia", "--for", "customs"], "forged_source"),
        (["suspicion.reported", "--as", "ngo-unheard-of"], "unknown_agency"),
    ],
)
def test_ingress_answers_for_what_was_typed(
    run: Run, arguments: list[str], rule: str
) -> None:
    """What ingress turns away is kept and answered, never a mistake of usage."""
    ran = run("emit", *arguments, "--data", DATA, "--json")

    assert ran.code == 3
    assert [one["rule"] for one in ran.values] == [rule]


def test_a_misspelt_type_gets_a_hint(run: Run) -> None:
    """People are told which event may be meant."""
    ran = run("emit", "suspicion.reportd", "--as", "customs", "--data", DATA)

    assert ran.err == "suspicion.reportd: did you mean suspicion.reported?\n"


def test_a_report_by_telephone_names_who_wrote_it_down(run: Run) -> None:
    """On behalf: the source is who said it, `recordedby` who sends, now its time."""
    ran = run(
        "emit",
        "suspicion.reported",
        "--as",
        "police",
        "--for",
        "customs",
        "--via",
        "phone",
        "--time",
        "2026-03-02T20:15:00Z",
        "--data",
        DATA,
        "--json",
    )
    (answer,) = ran.values
    (row,) = run("log", "--case", answer["case"], "--intake", "--json").values

    assert ran.code == 0
    assert row["sender"] == "police"
    assert row["event"]["source"] == "urn:nz:agency:customs"
    assert row["event"]["recordedby"] == "police"
    assert row["event"]["via"] == "phone"
    assert row["event"]["time"] == "2026-03-02T20:15:00.000Z"
    assert row["event"]["recordedtime"] > row["event"]["time"]


def test_a_missing_time_is_the_homes_own(told: Told, run: Run) -> None:
    """In a home at a fictional time an event happens at that time."""
    told.bus.stand()
    (answer,) = run(
        "emit", "suspicion.reported", "--as", "dia", "--data", DATA, "--json"
    ).values
    (row,) = run("log", "--case", answer["case"], "--intake", "--json").values

    assert row["event"]["time"].startswith("2026-03-03T00:45:")


def test_the_same_event_again_is_a_duplicate(run: Run) -> None:
    """The same id and content change nothing; other content is rejected."""
    options = ["--as", "customs", "--id", FIRST, "--time", "2026-03-02T20:15:00Z"]
    first = run("emit", "suspicion.reported", *options, "--data", DATA, "--json")
    again = run("emit", "suspicion.reported", *options, "--data", DATA, "--json")
    other = json.dumps({**SUSPICION, "indicators": ["i2"]})
    reused = run("emit", "suspicion.reported", *options, "--data", other, "--json")

    assert [ran.code for ran in (first, again, reused)] == [0, 0, 3]
    assert again.values[0]["verdict"] == "duplicate"
    assert again.values[0]["case"] == first.values[0]["case"]
    assert reused.values[0]["rule"] == "id_reused"


def test_a_dry_run_keeps_nothing(home: Path, told: Told, run: Run) -> None:
    """A dry run answers as if it were so, and leaves the log as it was."""
    assert home.exists()
    before = run("log", "--json").out
    ran = run(
        "emit",
        "suspicion.reported",
        "--as",
        "dia",
        "--data",
        DATA,
        "--dry-run",
        "--json",
    )

    assert ran.values[0]["verdict"] == "accepted"
    assert run("log", "--json").out == before
    assert (
        "A dry run: nothing was kept.\n"
        in run("emit", "x", "--as", "dia", "--dry-run").err
    )
    assert told.case in before


def test_a_dry_run_of_many_knows_the_ones_before(
    bus: Bus, run: Run, tmp_path: Path
) -> None:
    """In a dry run of a long file a late event still meets the first one's case."""
    case = mint_case_reference("urn:nz:agency:customs", FIRST)
    raws = [bus.raw("suspicion.reported", "customs", SUSPICION, id=FIRST)]
    raws += [
        bus.raw("suspicion.reported", "dia", SUSPICION, case=case) for _ in range(150)
    ]
    ran = run("emit", "--file", _file(tmp_path, raws), "--dry-run", "--json")

    assert ran.code == 0
    assert {one["case"] for one in ran.values} == {case}
    assert len(ran.values) == 151


def test_a_file_is_answered_line_by_line(bus: Bus, run: Run, tmp_path: Path) -> None:
    """Each line has its answer, in order, with the line it stands on."""
    raws = [bus.raw("suspicion.reported", "customs", SUSPICION) for _ in range(250)]
    ran = run("emit", "--file", _file(tmp_path, raws), "--as", "customs", "--json")

    assert ran.code == 0
    assert [one["line"] for one in ran.values] == list(range(1, 251))
    assert [one["id"] for one in ran.values] == [decode(raw).id for raw in raws]


def test_an_event_of_a_line_is_kept_as_it_was(
    bus: Bus, run: Run, tmp_path: Path
) -> None:
    """The bytes of a line are the bytes in the intake, spacing and all."""
    spaced = json.dumps(
        json.loads(bus.raw("suspicion.reported", "customs", SUSPICION)), indent=None
    ).encode()
    (answer,) = run("emit", "--file", _file(tmp_path, [spaced]), "--json").values
    ran = run("log", "--case", answer["case"], "--intake", "--json")

    assert spaced.decode() in ran.out


def test_what_cannot_be_read_stops_nothing(bus: Bus, run: Run, tmp_path: Path) -> None:
    """Lines around an unreadable one are decided; it is kept, and the code is 2."""
    good = [bus.raw("suspicion.reported", "customs", SUSPICION) for _ in range(2)]
    raws = [good[0], b"{broken", b"", b'{"text": "\xff"}', good[1]]
    ran = run("emit", "--file", _file(tmp_path, raws), "--json")
    kept = run("log", "--rejected", "--json").values

    assert ran.code == 2
    assert [(one["line"], one["verdict"]) for one in ran.values] == [
        (1, "accepted"),
        (2, "rejected"),
        (4, "rejected"),
        (5, "accepted"),
    ]
    assert ran.values[1]["id"] is None
    assert [one["problem"]["rule"] for one in kept] == ["unreadable", "unreadable"]


def test_another_source_than_the_sender_is_forged(
    bus: Bus, run: Run, tmp_path: Path
) -> None:
    """With --as a file may hold that agency's events alone; without, it is trusted."""
    raws = [bus.raw("suspicion.reported", "customs", SUSPICION)]
    file = _file(tmp_path, raws)
    forged = run("emit", "--file", file, "--as", "dia", "--json")
    trusted = run("emit", "--file", file, "--json")

    assert (forged.code, forged.values[0]["rule"]) == (3, "forged_source")
    assert (trusted.code, trusted.values[0]["verdict"]) == (0, "accepted")


def test_a_file_is_summed_up_for_people(bus: Bus, run: Run, tmp_path: Path) -> None:
    """In the end people read how many there were of each verdict, beside the data."""
    raw = bus.raw("suspicion.reported", "customs", SUSPICION)
    file = _file(tmp_path, [raw, raw, b"?"])
    ran = run("emit", "--file", file)

    assert ran.err == f"{file}: 3 events: 1 accepted, 1 duplicate, 1 unreadable\n"
    assert "line 3" in ran.out


def test_stdin_and_arrays_are_files_too(bus: Bus, run: Run) -> None:
    """An array's entries are answered by their place in it."""
    raws = [bus.raw("suspicion.reported", "customs", SUSPICION) for _ in range(2)]
    array = b"[\n" + b",\n".join(raws) + b"\n]"
    ran = run("emit", "--file", "-", "--json", stdin=array)

    assert ran.code == 0
    assert [(one["line"], one["entry"]) for one in ran.values] == [(2, 1), (3, 2)]


def test_people_read_the_place_in_an_array(bus: Bus, run: Run) -> None:
    """For people too an array's entry is told by its line and place."""
    raw = bus.raw("suspicion.reported", "customs", SUSPICION)
    out = run("emit", "--file", "-", stdin=b"[\n" + raw + b"]").out

    assert "  line 2  entry 1\n" in out


def test_a_locked_store_acknowledges_nothing(told: Told, run: Run) -> None:
    """Where nothing can be kept nothing is answered, and it says from which line."""
    raw = told.bus.raw("suspicion.reported", "customs", SUSPICION)
    other = sqlite3.connect(told.bus.settings.home / "bus.sqlite")
    other.execute("BEGIN IMMEDIATE")
    people = run("emit", "--file", "-", stdin=b"\n" + raw)
    programs = run("emit", "--file", "-", "--json", stdin=raw)
    other.close()

    assert people.code == programs.code == 5
    assert people.out == programs.out == ""
    assert people.err.startswith("-: line 2 and what follows was not kept\n")
    assert people.err.count("\n") == 2
    assert programs.problem["status"] == 503
    assert run("emit", "--file", "-", stdin=raw).code == 0


def test_a_breach_is_shown_with_what_was_required(told: Told, run: Run) -> None:
    """An event that is taken in breach of a rule says which, whoever reads it."""
    arguments = (
        "emit",
        "safe_house.placed",
        "--as",
        "police",
        "--case",
        told.case,
        "--person",
        "p-1",
        "--data",
        '{"placement_ref":"H1","provider":"ngo-refuge","from":"2026-03-03T00:45:00Z"}',
    )
    people, programs = run(*arguments), run(*arguments, "--json")

    assert people.code == programs.code == 0
    assert people.out.startswith("~ accepted")
    assert (
        "breach of safe_house.placed.1 (L1004-1006, L1323-1325; item 22)" in people.out
    )
    assert programs.values[0]["breaches"][0]["rule"] == "safe_house.placed.1"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "emit takes the TYPE of an event and --as AGENCY, or --file FILE"),
        (["suspicion.reported"], "emit takes the TYPE of an event and --as AGENCY"),
        (["x", "--file", "-"], "x beside --file -: its events say that"),
        (["--file", "-", "--case", "TP"], "--case beside --file -"),
        (["--file", "none.ndjson"], "none.ndjson: No such file or directory"),
        (["x", "--as", "dia", "--data", '{"a": secret}'], "not JSON at character 7"),
        (["x", "--as", "dia", "--data", "[" * 100_000], "nested too deeply"),
        (["x", "--as", "dia", "--time", "now"], "--time now: not a time"),
        (["x", "--as", "dia", "--case", "a", "--subject", "b"], "give one"),
        (["x", "--as", "dia", "--via", "fax"], "'fax' is not one of 'phone', 'paper'"),
    ],
)
def test_wrong_usage_is_one_line(run: Run, arguments: list[str], says: str) -> None:
    """What cannot be sent as typed is said in a line that quotes no data."""
    ran = run("emit", *arguments)

    assert ran.code == 2
    assert ran.out == ""
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert "secret" not in ran.err


def test_no_directory_is_said_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the default folder of contacts is missing, people are told, once."""
    monkeypatch.delenv("COORDINATOR_CONTACTS")
    monkeypatch.chdir(tmp_path)
    arguments = ("emit", "suspicion.reported", "--as", "customs", "--data", DATA)
    people, programs = run(*arguments), run(*arguments, "--json")

    assert people.err.startswith("contacts: no such folder, so no contact is known")
    assert people.err.count("\n") == 1
    assert programs.err == ""


def _file(folder: Path, raws: list[bytes]) -> str:
    path = folder / "events.ndjson"
    path.write_bytes(b"\n".join(raws) + b"\n")
    return str(path)
