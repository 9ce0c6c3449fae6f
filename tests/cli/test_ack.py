"""A duty officer acknowledges an escalation."""

import pytest

from tests.cli.homes import Run, Told


@pytest.fixture
def owed(told: Told, run: Run) -> str:
    """Give the id of the obligation that Labour missed."""
    ids = {
        one["name"]: one["id"]
        for one in run("obligations", "--json").values
        if one["case"] == told.case
    }
    return str(ids["inform_minister"])


def test_an_acknowledgement_is_answered_like_any_event(
    told: Told, owed: str, run: Run
) -> None:
    """It is sent under the obligation's own case, and its answer is the bus's."""
    ran = run("ack", owed, "--as", "labour", "--decision", "At nine", "--json")
    row = run("log", "--case", told.case, "--intake", "--json").values[-1]

    assert ran.code == 0
    assert ran.values[0]["verdict"] == "accepted"
    assert ran.values[0]["case"] == told.case
    assert row["sender"] == "labour"
    assert row["event"]["data"] == {"obligation_id": owed, "decision": "At nine"}


def test_the_beginning_of_an_id_is_enough(owed: str, run: Run) -> None:
    """As many characters as people are shown will do, in either case."""
    ran = run("ack", owed[:8].lower(), "--as", "labour", "--decision", "At nine")

    assert ran.code == 0
    assert ran.out.startswith("+ accepted")


@pytest.mark.parametrize("until", ["2026-03-03T03:00:00Z", "pt2h"])
def test_until_is_a_time_or_a_length(owed: str, run: Run, until: str) -> None:
    """The pages rest until then."""
    ran = run("ack", owed, "--as", "labour", "--decision", "x", "--until", until)
    after = {one["id"]: one for one in run("obligations", "--json").values}

    assert ran.code == 0
    assert after[owed]["acknowledged_until"] > "2026-03-03T02:4"


@pytest.mark.usefixtures("told")
def test_a_member_may_acknowledge_for_the_office(run: Run) -> None:
    """Whoever was not paged is refused; a member of the office that was is not."""
    ids = {one["name"]: one["id"] for one in run("obligations", "--json").values}
    arguments = ("ack", ids["assess_danger"], "--decision", "x", "--as")

    assert run(*arguments, "mfat").code == 0
    assert run(*arguments, "dia").code == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ZZZZ"], "ZZZZ: no obligation begins so"),
        ([" "], "no obligation begins so"),
        (["OWED", "--until", "soon"], "--until soon: not a time"),
        (["OWED", "--until", "P1W"], "--until P1W: not a time; "),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    owed: str, run: Run, arguments: list[str], says: str
) -> None:
    """A wrong id or time is said before anything is sent."""
    typed = [owed if one == "OWED" else one for one in arguments]
    ran = run("ack", *typed, "--as", "labour", "--decision", "x")

    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.usefixtures("owed")
def test_an_id_cut_too_short_is_no_guess(run: Run) -> None:
    """Where several begin so, none is taken."""
    firsts = [
        opened["id"][0]
        for record in run("log", "--json").values
        for opened in record["opened"]
    ]
    shared = next(first for first in firsts if firsts.count(first) > 1)
    ran = run("ack", shared, "--as", "labour", "--decision", "x")

    assert ran.code == 2
    assert "obligations begin so; give more of its id" in ran.err
