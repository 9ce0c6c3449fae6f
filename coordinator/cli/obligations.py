"""`coordinator obligations`: what is owed, by whom, by when, how late."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from rich.text import Text
from typer import Option

from coordinator.cli import options
from coordinator.cli.home import home_at
from coordinator.cli.screen import lateness, local_time, put_value, show_table
from coordinator.evaluation.ledger import Owed
from coordinator.events import format_time
from coordinator.protocol.scopes import spelt

__all__ = ["SHORT_ID", "obligations"]

SHORT_ID = 8
"""Characters of an id that people are shown: 40 bits tell any two apart."""


class State(StrEnum):
    """Which obligations: all that are open, or fewer."""

    OPEN = "open"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


def obligations(
    *,
    agency: Annotated[
        str | None,
        Option(metavar="AGENCY", help="Only what it owes.", parser=options.agency_id),
    ] = None,
    state: Annotated[
        State,
        Option(help="Open: all; overdue: past due; escalated: somebody was paged."),
    ] = State.OPEN,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """List what is owed, the most urgent first."""
    with home_at(home) as looked_at:
        if agency is not None:
            looked_at.check_agency(agency)
        now = looked_at.now
        found = sorted(
            (
                owed
                for owed in looked_at.ledger().owed.values()
                if agency in (None, owed.owner) and _is(owed, state, now)
            ),
            key=lambda owed: owed.due,
        )
    if json:
        for owed in found:
            put_value(as_record(owed, now))
        return
    show_table(
        ["Id", "Owed by", "What", "For", "Due", "", "Case", "Ladder"],
        [
            [
                owed.id[:SHORT_ID],
                owed.owner,
                f"{owed.number} {owed.says}",
                spelt(owed.scope),
                local_time(owed.due),
                Text(
                    lateness(owed.due, now), style="bold red" if owed.due < now else ""
                ),
                f"{owed.key}{' (exercise)' if owed.exercise else ''}",
                _ladder(owed, now),
            ]
            for owed in found
        ],
        nothing=_nothing(agency, state),
    )


def as_record(owed: Owed, now: datetime) -> dict[str, Any]:
    """Give an obligation as a JSON object, seen from a moment."""
    until = owed.acknowledged_until
    return {
        "id": owed.id,
        "case": owed.key,
        "name": owed.name,
        "number": owed.number,
        "says": owed.says,
        "owner": owed.owner,
        "scope": owed.scope,
        "due": format_time(owed.due),
        "overdue": owed.due < now,
        "late_by_s": round(owed.late_by_s(now), 3),
        "escalated": owed.escalated,
        "rung": owed.rung,
        "acknowledged_until": None if until is None else format_time(until),
        "opened_at": format_time(owed.opened_at),
        "profile": owed.profile,
        "exercise": owed.exercise,
        "cite": owed.cite,
    }


def _is(owed: Owed, state: State, now: datetime) -> bool:
    if state is State.OVERDUE:
        return owed.due < now
    return owed.escalated or state is State.OPEN


def _ladder(owed: Owed, now: datetime) -> str:
    """Say how far up it went, and whether it rests."""
    until = owed.acknowledged_until
    if until is not None and until > now:
        return f"acknowledged until {local_time(until)}"
    return f"paged, rung {owed.rung}" if owed.escalated else ""


def _nothing(agency: str | None, state: State) -> str:
    what = "Nothing is owed" if state is State.OPEN else f"Nothing is {state}"
    return f"{what}{f' by {agency}' if agency else ''}."
