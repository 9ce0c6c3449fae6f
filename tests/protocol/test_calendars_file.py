"""The written-out holidays against the `holidays` package, and by eye."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
import yaml

from coordinator.protocol.calendar import Calendar, Closure, parse_month_day

ROOT = Path(__file__).parents[2]
FILE = ROOT / "coordinator" / "protocol" / "profiles" / "calendars.yaml"
TOOL = ROOT / "tools" / "write_calendars.py"
CONTENT: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CALENDARS: dict[str, dict[str, Any]] = CONTENT["calendars"]


def made(calendar: str, *closures: Closure) -> Calendar:
    """Make a calendar from what the file says."""
    entry = CALENDARS[calendar]
    return Calendar(
        name=calendar,
        zone=ZoneInfo(entry["zone"]),
        opens=time.fromisoformat(entry["opens"]),
        closes=time.fromisoformat(entry["closes"]),
        holidays=frozenset(entry["holidays"]),
        first_year=entry["from"],
        last_year=entry["until"],
        closures=closures,
    )


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the tool's comparison as a person would."""
    return subprocess.run(
        [sys.executable, str(TOOL), "--check", str(path)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize(
    ("calendar", "province"), [("auckland", "AUK"), ("wellington", "WGN")]
)
def test_every_working_weekday_holiday_is_written_out(
    calendar: str, province: str
) -> None:
    """Each date and name from 2009 to 2040 is the `holidays` package's."""
    known = holidays.country_holidays(
        "NZ", subdiv=province, years=range(2009, 2041), observed=True
    )

    assert CALENDARS[calendar]["holidays"] == {
        day: name for day, name in known.items() if day.weekday() < 5
    }


@pytest.mark.parametrize("calendar", ["auckland", "wellington"])
def test_a_calendar_states_its_hours_years_and_source(calendar: str) -> None:
    """Hours are strings, not YAML's base-60 numbers, and every year is there."""
    entry = CALENDARS[calendar]

    assert entry["zone"] == "Pacific/Auckland"
    assert (entry["opens"], entry["closes"]) == ("08:00", "17:00")
    assert (entry["from"], entry["until"]) == (2009, 2040)
    assert "Holidays Act 2003" in entry["cite"]
    assert {day.year for day in entry["holidays"]} == set(range(2009, 2041))
    assert list(entry["holidays"]) == sorted(entry["holidays"])


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2011-12-27", "Christmas Day (observed)"),
        ("2015-04-27", "Anzac Day (observed)"),
        ("2021-02-08", "Waitangi Day (observed)"),
        ("2022-06-24", "Matariki"),
        ("2022-09-26", "Queen Elizabeth II Memorial Day"),
        ("2026-02-06", "Waitangi Day"),
        ("2026-04-03", "Good Friday"),
        ("2026-07-10", "Matariki"),
        ("2026-12-28", "Boxing Day (observed)"),
    ],
)
def test_holidays_known_from_elsewhere_are_there(day: str, name: str) -> None:
    """Moved, new and one-off holidays are in both regions."""
    for calendar in CALENDARS.values():
        assert calendar["holidays"][date.fromisoformat(day)] == name


@pytest.mark.parametrize("day", ["2010-02-08", "2010-04-26", "2021-07-02"])
def test_a_day_that_the_law_of_its_time_did_not_give_is_a_working_day(
    day: str,
) -> None:
    """Waitangi and Anzac Day move since 2014 only; Matariki began in 2022."""
    for calendar in CALENDARS.values():
        assert date.fromisoformat(day) not in calendar["holidays"]


def test_only_the_anniversary_days_differ_between_the_regions() -> None:
    """Each year has one of Auckland's and one of Wellington's, on other Mondays."""
    auckland = CALENDARS["auckland"]["holidays"].items()
    wellington = CALENDARS["wellington"]["holidays"].items()
    only_auckland = dict(auckland - wellington)
    only_wellington = dict(wellington - auckland)

    assert set(only_auckland.values()) == {"Auckland Anniversary Day"}
    assert set(only_wellington.values()) == {"Wellington Anniversary Day"}
    assert len(only_auckland) == len(only_wellington) == 32
    assert date(2026, 1, 26) in only_auckland
    assert date(2026, 1, 19) in only_wellington
    assert not only_auckland.keys() & only_wellington.keys()


@pytest.mark.parametrize(
    ("calendar", "due"),
    [("auckland", "2026-01-27 12:00"), ("wellington", "2026-01-26 12:00")],
)
def test_the_file_makes_calendars(calendar: str, due: str) -> None:
    """What is written is all that business time needs."""
    zone = ZoneInfo("Pacific/Auckland")
    friday = datetime(2026, 1, 23, 12, tzinfo=zone)

    at = made(calendar).add(friday, timedelta(hours=9)).astimezone(zone)

    assert at.replace(tzinfo=None) == datetime.fromisoformat(due)


def test_the_summer_closure_can_be_chosen() -> None:
    """With it a due of Christmas Eve falls after 15 January."""
    entry = CONTENT["closures"]["summer_closure"]
    summer = Closure(
        "summer_closure",
        parse_month_day(entry["from"]),
        parse_month_day(entry["until"]),
    )
    zone = ZoneInfo("Pacific/Auckland")
    christmas_eve = datetime(2026, 12, 24, 16, tzinfo=zone)

    at = made("auckland", summer).add(christmas_eve, timedelta(hours=2))

    assert at == datetime(2027, 1, 18, 9, tzinfo=zone)


def test_a_closure_is_there_to_be_chosen_only() -> None:
    """The file says when it is, and why; that it holds is for a profile to say."""
    assert CONTENT.keys() == {"calendars", "closures"}
    assert CONTENT["closures"].keys() == {"summer_closure"}
    assert "Official Information Act" in CONTENT["closures"]["summer_closure"]["cite"]


def test_the_tool_finds_the_file_as_it_would_write_it() -> None:
    """The file in the profiles is the tool's, to the last comment."""
    compared = check(FILE)

    assert (compared.returncode, compared.stderr) == (0, "")


def test_the_tool_shows_a_date_that_was_changed(tmp_path: Path) -> None:
    """A holiday taken out by hand is named, and the exit code says so."""
    changed = tmp_path / "calendars.yaml"
    text = FILE.read_text(encoding="utf-8")
    changed.write_text(
        text.replace("      2026-07-10: Matariki\n", "", 1), encoding="utf-8"
    )

    compared = check(changed)

    assert compared.returncode == 1
    assert "+      2026-07-10: Matariki" in compared.stderr


def test_the_tool_writes_what_it_then_finds_unchanged(tmp_path: Path) -> None:
    """A missing file differs; written once, it does not."""
    written = tmp_path / "calendars.yaml"
    assert check(written).returncode == 1

    subprocess.run([sys.executable, str(TOOL), str(written)], check=True, timeout=60)

    assert check(written).returncode == 0
    assert written.read_bytes() == FILE.read_bytes()
