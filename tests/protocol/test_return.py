"""Going home, or staying: the assessment decides, and may be made again."""

import pytest

from coordinator.protocol import Decision
from tests.protocol.case import Case, minutes

ASSESSED = "humanitarian_assessment.completed"
ARRANGE, NOTIFY = "arrange_repatriation", "notify_country_of_origin"


def asked() -> Case:
    """Tell of a victim who wishes to go home."""
    case = Case()
    case.identified("p-1")
    case.say("labour", "repatriation.requested", 1, person="p-1")
    return case


def assess(case: Case, outcome: str, at: float) -> Decision:
    """Have labour complete an assessment."""
    return case.say("labour", ASSESSED, at, person="p-1", data={"outcome": outcome})


def arrange(case: Case, day: str, at: float) -> Decision:
    """Have labour arrange the journey."""
    data = {"travel_date": day}
    return case.say("labour", "repatriation.arranged", at, person="p-1", data=data)


def closed(decision: Decision) -> list[tuple[str, str]]:
    """List what a decision closed: name and how."""
    return [(one["name"], one["how"]) for one in decision["closed"]]


def test_the_wish_asks_for_an_assessment_and_that_for_the_journey() -> None:
    """Step by step, each owed until it is done."""
    case = asked()
    assessed = assess(case, "return", 2)
    arranged = arrange(case, "2026-03-20", 3)

    assert closed(assessed) == [("assess_humanitarian", "satisfied")]
    assert [one["name"] for one in assessed["opened"]] == [ARRANGE]
    assert closed(arranged) == [(ARRANGE, "satisfied")]
    assert [one["name"] for one in arranged["opened"]] == [NOTIFY]


@pytest.mark.parametrize("outcome", ["temporary", "permanent"])
def test_another_outcome_supersedes_the_journey_and_its_notice(outcome: str) -> None:
    """Whatever of the two is owed."""
    before, after = asked(), asked()
    for case in (before, after):
        assess(case, "return", 2)
    arrange(after, "2026-03-20", 3)

    assert closed(assess(before, outcome, 4)) == [(ARRANGE, "superseded")]
    assert closed(assess(after, outcome, 4)) == [(NOTIFY, "superseded")]


def test_the_same_outcome_again_changes_nothing() -> None:
    """Opening again what is open."""
    case = asked()
    assess(case, "return", 2)
    again = assess(case, "return", 3)

    assert (again["opened"], again["closed"]) == ([], [])


def test_superseded_it_can_be_owed_again() -> None:
    """What was superseded was not done."""
    case = asked()
    for at, outcome in enumerate(("return", "temporary", "return"), 2):
        assess(case, outcome, at)

    assert len(case.owed(ARRANGE)) == 1


def test_what_was_done_before_is_not_owed() -> None:
    """A journey made, or a country told, asks for neither any more."""
    case = asked()
    case.say("mfat", "country_of_origin.notified", 2, person="p-1")
    back = case.say("labour", "victim.repatriated", 3, person="p-1")
    assessed = assess(case, "return", 4)

    assert back["opened"] == assessed["opened"] == []


def test_another_day_supersedes_the_first_and_the_journey_itself_both() -> None:
    """Due comes from the event: a day before it begins, and at once when made."""
    case = asked()
    assess(case, "return", 2)
    arrange(case, "2026-03-20", 3)
    moved = arrange(case, "2026-03-21", 4)
    back = case.say("labour", "victim.repatriated", 5, person="p-1")

    # Thirteen hours ahead of UTC until 5 April.
    assert [one["due"] for one in moved["opened"]] == ["2026-03-19T11:00:00.000Z"]
    assert closed(moved) == closed(back) == [(NOTIFY, "superseded")]
    assert [one["due"] for one in back["opened"]] == [minutes(5)]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        # Summer time ends on 5 April 2026 at 3:00, begins on 27 September at 2:00.
        ("2026-04-04", "2026-04-02T11:00:00.000Z"),
        ("2026-04-05", "2026-04-03T11:00:00.000Z"),
        ("2026-04-06", "2026-04-04T12:00:00.000Z"),
        ("2026-09-27", "2026-09-25T12:00:00.000Z"),
        ("2026-09-28", "2026-09-26T11:00:00.000Z"),
        ("2026-03-03", minutes(3)),
        ("2026-03-01", minutes(3)),
    ],
)
def test_the_country_is_told_a_whole_day_before_the_travel_date_begins(
    day: str, due: str
) -> None:
    """Twenty-four hours before midnight in Auckland, whatever the clocks do; or now."""
    case = asked()
    assess(case, "return", 2)
    (opened,) = arrange(case, day, 3)["opened"]

    assert opened["due"] == due


def test_a_journey_is_arranged_only_where_that_is_the_outcome() -> None:
    """Of the latest assessment of this person."""
    case = asked()
    none = arrange(case, "2026-03-20", 2)
    assess(case, "return", 3)
    assess(case, "permanent", 4)
    other = arrange(case, "2026-03-20", 5)

    assert none["rule"] == other["rule"] == "repatriation.arranged.1"


def test_a_status_or_the_journey_settles_what_the_certificate_asks_of_labour() -> None:
    """Either will do."""
    for settles in ("immigration_status.granted", "repatriation.arranged"):
        case = asked()
        case.certified("p-1", at=1)
        assess(case, "return", 2)
        settled = case.say("labour", settles, 3, person="p-1")

        assert ("decide_immigration_status", "satisfied") in closed(settled)
