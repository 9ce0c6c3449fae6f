"""
Write the business calendars' holidays out, from the `holidays` package.

    python tools/write_calendars.py            writes the profiles' calendars.yaml
    python tools/write_calendars.py --check    compares; exit 1 when it differs

The dates are data of the protocol: what the bus reads is the file, never the
package, so that an upgrade moves no due time. After an upgrade, `--check` shows
the dates that would change; writing them is a decision, and a new version of the
profiles that include the file.
"""

import argparse
import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import holidays

FIRST_YEAR: Final = 2009  # the year of the Plan
LAST_YEAR: Final = 2040
SATURDAY: Final = 5  # as `date.weekday` counts

CALENDARS_FILE: Final = (
    Path(__file__).parents[1] / "coordinator/protocol/profiles/calendars.yaml"
)


@dataclass(frozen=True, slots=True)
class Region:
    """A calendar: its name here, and its province in ISO 3166-2:NZ."""

    calendar: str
    province: str
    anniversary: str


REGIONS: Final = (
    Region("auckland", "AUK", "Auckland's"),
    Region("wellington", "WGN", "Wellington's"),
)

HEAD: Final = """\
# Business hours and public holidays, every date written out: what is not here is
# a working day, and no upgrade of a library moves a due time.
#
# Listed are the Mondays to Fridays on which a region does not work: holidays where
# they fall, and "(observed)" where the law moves them off a weekend. Hours are local
# time. `from` and `until` are the years covered; a due time beyond them is an error.
#
# Written by tools/write_calendars.py; `--check` compares it with the holidays known
# to the `holidays` package.
"""

CALENDAR: Final = """
  {calendar}:
    zone: Pacific/Auckland
    opens: "08:00"
    closes: "17:00"
    from: {first}
    until: {last}
    cite: >-
      [I] for the hours and the region. Holidays Act 2003 ss 44, 45, 45A, with
      {anniversary} anniversary day; Te Kāhui o Matariki Public Holiday Act 2022;
      Queen Elizabeth II Memorial Day Act 2022
    holidays:
"""

CLOSURES: Final = """
# Days closed each year beside the holidays: month and day, both ends included; a
# closure that ends earlier in the year than it begins runs on into January. None
# is observed unless a profile names it: `closures_observed: [summer_closure]`.
closures:

  summer_closure:
    from: "12-25"
    until: "01-15"
    cite: '[I]; after "working day" in the Official Information Act 1982 s 2(1)'
"""


def calendars_text() -> str:
    """Give the whole file, the same for the same version of `holidays`."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield HEAD
    yield "\ncalendars:\n"
    for region in REGIONS:
        yield CALENDAR.format(
            calendar=region.calendar,
            anniversary=region.anniversary,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
        yield from _dates(region)
    yield CLOSURES


def _dates(region: Region) -> Iterator[str]:
    known = holidays.country_holidays(
        "NZ", subdiv=region.province, years=range(FIRST_YEAR, LAST_YEAR + 1)
    )
    days = sorted(day for day in known if day.weekday() < SATURDAY)
    for year, of_year in groupby(days, key=lambda day: day.year):
        yield f"\n      # {year}\n"
        for day in of_year:
            yield f"      {day.isoformat()}: {known[day]}\n"


def _check(path: Path, wanted: str) -> int:
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    if found == wanted:
        return 0
    sys.stderr.writelines(
        difflib.unified_diff(
            found.splitlines(keepends=True),
            wanted.splitlines(keepends=True),
            fromfile=str(path),
            tofile="as written from the holidays package",
            n=1,
        )
    )
    return 1


def main() -> int:
    """Write or compare, and give the exit code."""
    parser = argparse.ArgumentParser(description="Write the calendars' dates out.")
    parser.add_argument(
        "--check", action="store_true", help="compare only; exit 1 when it differs"
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=CALENDARS_FILE,
        help="the file to write or compare, the profiles' calendars.yaml by default",
    )
    options = parser.parse_args()
    text = calendars_text()
    if options.check:
        return _check(options.file, text)
    options.file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
