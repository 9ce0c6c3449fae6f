"""`coordinator cases`: every case, with what is owed in it."""

from rich.text import Text

from coordinator.cli import options
from coordinator.cli.home import home_at
from coordinator.cli.screen import local_time, put_value, show_table
from coordinator.events import format_time

__all__ = ["cases"]


def cases(*, home: options.Home = None, json: options.AsJson = False) -> None:
    """List the cases in the order they were opened."""
    with home_at(home) as looked_at:
        ledger = looked_at.ledger()
        still_open, late = ledger.open(), ledger.late(looked_at.now)
        found = ledger.cases.values()
        if json:
            for case in found:
                put_value(
                    {
                        "case": case.reference,
                        "opened_at": format_time(case.opened_at),
                        "profile": case.profile,
                        "exercise": case.exercise,
                        "events": case.events,
                        "obligations_open": still_open[case.reference],
                        "obligations_overdue": late[case.reference],
                    }
                )
            return
        show_table(
            ["Case", "Opened", "Protocol", "Events", "Owed", "Overdue", ""],
            [
                [
                    case.reference,
                    local_time(case.opened_at),
                    case.profile,
                    str(case.events),
                    str(still_open[case.reference]),
                    _overdue(late[case.reference]),
                    "exercise" if case.exercise else "",
                ]
                for case in found
            ],
            nothing="No case yet.",
        )


def _overdue(count: int) -> Text:
    return Text(str(count), style="bold red" if count else "")
