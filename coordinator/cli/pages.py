"""`coordinator pages`: who was paged, about what, and what became of it."""

from typing import Annotated

from typer import Option

from coordinator.cli import options
from coordinator.cli.home import Home, home_at
from coordinator.cli.obligations import SHORT_ID
from coordinator.cli.screen import local_time, put_value, show_table
from coordinator.evaluation.ledger import PageOut
from coordinator.events import format_time

__all__ = ["pages"]


def pages(
    *,
    agency: Annotated[
        str | None,
        Option(metavar="AGENCY", help="Only pages to it.", parser=options.agency_id),
    ] = None,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """List the pages in the order they were decided."""
    with home_at(home) as looked_at:
        if agency is not None:
            looked_at.check_agency(agency)
        found = [
            out
            for out in looked_at.ledger().pages.values()
            if agency in (None, out.page["agency"])
        ]
        if json:
            for out in found:
                until = out.outcome_at
                put_value(
                    {
                        "case": out.key,
                        "at": format_time(out.at),
                        "exercise": out.exercise,
                        **out.page,
                        "breaches": list(out.breaches),
                        "outcome": out.outcome,
                        "outcome_at": None if until is None else format_time(until),
                    }
                )
            return
        show_table(
            ["When", "Who", "Why", "Owed", "Case", "Outcome"],
            [
                [
                    local_time(out.at),
                    _who(out),
                    _why(out, looked_at),
                    (out.page["obligation"] or "")[:SHORT_ID],
                    f"{out.key}{' (exercise)' if out.exercise else ''}",
                    out.outcome,
                ]
                for out in found
            ],
            nothing="Nobody was paged.",
        )


def _who(out: PageOut) -> str:
    """Name who was paged; an office is paged as one body."""
    page = out.page
    who = page["agency"]
    if page["role"] != who:
        who = f"{who} {page['role'].replace('_', ' ')}"
    contact = page.get("contact_id")
    return f"{who} ({contact})" if contact else who


def _why(out: PageOut, looked_at: Home) -> str:
    """Say what a page was about, in the words of the protocol in force."""
    page = out.page
    name = page["name"]
    if name is None:
        return f"breach of {', '.join(out.breaches)}" if out.breaches else page["why"]
    obliged = looked_at.active.obligations.get(name)
    what = (
        name.replace("_", " ")
        if obliged is None
        else f"{obliged.number} {obliged.says}"
    )
    rung = f", rung {page['rung']}" if page["rung"] else ""
    return f"{page['why']}{rung}: {what}"
