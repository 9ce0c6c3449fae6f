"""The end of a case: exactly what is open is named, and what survives it."""

from typing import Any

from coordinator.protocol import Decision
from tests.protocol.case import Case
from tests.protocol.profiles import derived


def concluded(*people: str, rules: Any = None) -> Case:  # noqa: ANN401 - None: packaged
    """Tell of a case whose investigation is concluded."""
    case = Case(rules)
    case.identified(*people)
    case.say("police", "investigation.commenced")
    case.say("police", "investigation.concluded")
    return case


def close(case: Case, at: float = 1, *, names: list[str] | None = None) -> Decision:
    """Have Police close a case, naming all that is open, or these."""
    listed = sorted(case.state.open) if names is None else names
    data = {"open_obligations": listed}
    return case.say("police", "case.closed", at, data=data)


def test_a_case_is_closed_after_its_investigation() -> None:
    """Not before, whatever is named."""
    case = Case()
    case.identified()

    assert close(case)["rule"] == "case.closed.1"


def test_the_refusal_gives_what_is_missing_and_what_is_surplus() -> None:
    """By name; words of the sender's that are no obligation's are only counted."""
    case = concluded()
    names = ["inform_minister", "protect", "my friend", "assess_danger"]
    refused = close(case, names=names)

    assert refused["rule"] == "case.closed.2"
    assert str(refused["detail"]).endswith(
        "Missing: senior_official_takes_charge. Surplus: protect."
        " Of no obligation's name: 1."
    )


def test_the_order_in_which_they_are_named_is_free() -> None:
    """A name once is enough, whoever owes it."""
    case = concluded("p-1", "p-2")
    names = sorted(case.state.open, reverse=True)

    assert close(case, names=names)["verdict"] == "accepted"


def test_all_who_owed_what_it_ends_get_a_stub() -> None:
    """Investigators all of it, MSD and the owners only that it happened."""
    case = concluded("p-1")
    case.say("customs", "suspicion.reported")
    closed = close(case)
    views = {one["to"]: one["view"] for one in closed["deliveries"]}

    assert views == {
        "labour": "full",
        "customs": "full",
        "msd": "stub",
        "justice": "stub",
        "acc": "stub",
    }
    assert {one["how"] for one in closed["closed"]} == {"superseded"}
    assert [(one["kind"], one["to"]) for one in closed["notices"]] == [
        ("update", "minister-immigration")
    ]


def test_what_is_left_is_to_act_on_withdrawals_and_to_evaluate() -> None:
    """Owners of what survives are told nothing for that."""
    case = concluded("p-1")
    case.certified("p-1")
    case.say("police", "certification.withdrawn", person="p-1")
    closed = close(case)

    assert set(case.state.open) == {"act_on_withdrawal", "evaluate_case"}
    assert "act_on_withdrawal" not in {one["name"] for one in closed["closed"]}
    assert "health" not in {one["to"] for one in closed["deliveries"]}
    assert [(one["owner"], one["name"]) for one in closed["opened"]] == [
        ("labour", "evaluate_case")
    ]


def test_closing_refuses_no_later_event() -> None:
    """What comes later opens what it opens; closed again, the list is asked again."""
    case = concluded("p-1")
    close(case)
    later = case.say("police", "victim.identified", 2, person="p-2")
    short = close(case, 3, names=[])
    again = close(case, 4)

    assert later["verdict"] == "accepted"
    assert later["opened"] != []
    assert short["rule"] == "case.closed.2"
    assert again["verdict"] == "accepted"
    assert again["opened"] == []  # To evaluate it is owed already.


def test_an_evaluation_follows_the_closing() -> None:
    """Before it is refused; after it, nothing is owed."""
    case = concluded()
    early = case.say("labour", "evaluation.completed", 1)
    close(case, 2)
    done = case.say("customs", "evaluation.completed", 3)

    assert early["rule"] == "evaluation.completed.1"
    assert [one["name"] for one in done["closed"]] == ["evaluate_case"]
    assert case.state.open == {}


def test_a_drills_closing_makes_no_notice() -> None:
    """Nobody but those who take part hears of it."""
    case = Case()
    for name in ("public_report.received", "case.identified"):
        case.say("police", name, exercise=True)
    for name in ("investigation.commenced", "investigation.concluded"):
        case.say("police", name, exercise=True)
    data = {"open_obligations": sorted(case.state.open)}
    closed = case.say("police", "case.closed", 1, data=data, exercise=True)

    assert closed["verdict"] == "accepted"
    assert closed["notices"] == []


def test_a_closed_suspicion_leaves_the_same() -> None:
    """All else is superseded or settled; acting on a withdrawal is owed still."""
    rules = derived({"events/suspicion.closed/gates": []}).rules
    case = concluded("p-1", rules=rules)
    case.certified("p-1")
    case.say("police", "certification.withdrawn", person="p-1")
    close(case)
    case.say("police", "victim.identified", 2, person="p-2")
    case.say("police", "suspicion.closed", 3)

    assert set(case.state.open) == {"act_on_withdrawal", "evaluate_case"}
