"""When an obligation falls due, and when its owner is reminded."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.golden.stories import nz_2009
from tests.protocol.case import START, Case, minutes
from tests.protocol.profiles import derived

# One agency more, which no region's hours are known of.
NOWHERE = derived({"agencies/acc/calendar": None})
DAYS = derived(
    {
        "obligations/police_take_up/due": "P1DT1H elapsed",
        "obligations/senior_official_takes_charge/due": "P2Y elapsed",
        "obligations/answer_input_request/due": {
            "choose": "urgency",
            "cases": {"routine": "P1D business"},
        },
    }
)


def asked(case: Case, owner: str, urgency: str, at: datetime) -> tuple[str, str] | None:
    """Ask for input, and give due and reminder of what is owed then."""
    late = (at - START) / timedelta(minutes=1)
    data = {"to": owner, "urgency": urgency}
    decision = case.say("police", "input.requested", late, data=data)
    if not decision["opened"]:
        return None
    reminder = next(one["at"] for one in decision["timers"] if one["rung"] == 0)
    return decision["opened"][0]["due"], reminder


def identified_at(at: datetime, case: Case) -> Case:
    """Open the case at a time, so that a later one is no earlier than its last."""
    late = (at - START) / timedelta(minutes=1)
    case.say("police", "public_report.received", late)
    case.say("police", "case.identified", late)
    return case


def test_elapsed_time_is_the_clocks_and_the_reminder_at_three_quarters() -> None:
    """Days and hours add up; years are calendar years."""
    case = Case(DAYS.rules)
    opened = case.say("police", "public_report.received")
    dues = {one["name"]: one["due"] for one in opened["opened"]}
    reminders = [one["at"] for one in opened["timers"] if one["rung"] == 0]

    assert dues == {
        "police_take_up": minutes(25 * 60),
        "senior_official_takes_charge": "2028-03-02T20:00:00.000Z",
    }
    # 731 days: the two years have 29 February 2028 in them.
    assert reminders == [minutes(25 * 45), minutes(731 * 24 * 45)]


def test_a_reminder_is_cut_to_the_millisecond() -> None:
    """Three quarters of an odd number of milliseconds is cut, never rounded up."""
    rules = derived({"limits/reminder": 0.3333333}).rules
    case = Case(rules)
    opened = case.say("police", "public_report.received")

    # 0.3333333 of 1,800 s is 599.99994 s.
    assert opened["timers"][0]["at"] == "2026-03-02T20:09:59.999Z"


@pytest.mark.parametrize(
    ("at", "due", "reminder"),
    [
        # Friday 28 December 2040, 16:00 in Wellington: the last hours that are known.
        (
            datetime(2040, 12, 27, 3, tzinfo=UTC),
            "2040-12-28T03:00:00.000Z",
            "2040-12-28T00:45:00.000Z",
        ),
        # Monday 31 December 2040, 09:00: due on a day that nobody wrote out.
        (
            datetime(2040, 12, 30, 20, tzinfo=UTC),
            "2040-12-31T20:00:00.000Z",
            "2040-12-31T14:00:00.000Z",
        ),
        (
            datetime(2041, 6, 1, tzinfo=UTC),
            "2041-06-02T00:00:00.000Z",
            "2041-06-01T18:00:00.000Z",
        ),
    ],
)
def test_beyond_the_calendars_years_time_is_elapsed(
    at: datetime, due: str, reminder: str
) -> None:
    """Too early beats not at all: an end of the calendar loses no deadline."""
    case = identified_at(at, Case(nz_2009().rules))

    assert asked(case, "health", "routine", at) == (due, reminder)


def test_without_a_calendar_time_is_elapsed() -> None:
    """An agency whose hours the profile does not know has a deadline all the same."""
    case = identified_at(START, Case(NOWHERE.rules))

    assert asked(case, "acc", "routine", START) == (minutes(1440), minutes(1080))


def test_a_value_without_a_case_has_no_deadline() -> None:
    """Where no length is given for what the event says, nothing is owed."""
    case = identified_at(START, Case(DAYS.rules))

    assert asked(case, "health", "urgent", START) is None
    assert asked(case, "health", "routine", START) is not None


def test_an_agency_has_the_calendar_of_its_own_row_or_of_its_kind() -> None:
    """A row of its own comes before that of its kind; others have none."""
    rules = nz_2009().rules
    names = {
        agency: None if found is None else found.name
        for agency in ("ngo-refuge", "ngo-other", "customs", "coordinator", "moon")
        for found in [rules.calendar_of(agency)]
    }

    assert names == {
        "ngo-refuge": "auckland",
        "ngo-other": "wellington",
        "customs": "auckland",
        "coordinator": None,
        "moon": None,
    }


SPRING = datetime(2026, 9, 24, 21, tzinfo=UTC)  # Friday 25 September, 09:00 (+12)
AUTUMN = datetime(2026, 4, 1, 20, tzinfo=UTC)  # Thursday 2 April, 09:00 (+13)


@pytest.mark.parametrize(
    ("start", "dues"),
    [
        (
            SPRING,
            {
                # Monday 28 September, when New Zealand is 13 hours ahead, 09:00.
                "refer_to_case_management": "2026-09-27T20:00:00.000Z",
                "confirm_health_eligibility": "2026-09-28T20:00:00.000Z",
                "decide_immigration_status": "2026-10-01T20:00:00.000Z",
            },
        ),
        (
            AUTUMN,
            {
                # Good Friday and Easter Monday lie between; from Tuesday 7 April on
                # New Zealand is 12 hours ahead.
                "refer_to_case_management": "2026-04-06T21:00:00.000Z",
                "confirm_health_eligibility": "2026-04-07T21:00:00.000Z",
                "decide_immigration_status": "2026-04-12T21:00:00.000Z",
            },
        ),
    ],
)
def test_business_days_are_as_long_across_a_change_of_the_clocks(
    start: datetime, dues: dict[str, str]
) -> None:
    """What a certificate asks for is due at the same hour, days later."""
    case = Case()
    at = (start - START) / timedelta(minutes=1)
    case.say("police", "public_report.received", at)
    case.say("police", "case.identified", at)
    case.say("police", "victim.identified", at, person="p-1")
    case.certified("p-1", at=at)
    opened = case.decisions[-1]["opened"]

    assert {one["name"]: one["due"] for one in opened} == dues


def test_each_owner_works_by_its_regions_holidays() -> None:
    """Auckland keeps its anniversary on 26 January 2026, Wellington on the 19th."""
    start = datetime(2026, 1, 22, 20, tzinfo=UTC)  # Friday 23 January, 09:00
    found = {}
    for owner in ("customs", "health", "ngo-refuge", "ngo-seafarers"):
        case = identified_at(start, Case())
        found[owner] = asked(case, owner, "routine", start)

    monday = ("2026-01-25T20:00:00.000Z", "2026-01-23T02:45:00.000Z")
    tuesday = ("2026-01-26T20:00:00.000Z", "2026-01-23T02:45:00.000Z")
    assert found == {
        "customs": tuesday,
        "health": monday,
        "ngo-refuge": tuesday,
        "ngo-seafarers": monday,
    }
