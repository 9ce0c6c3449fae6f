"""
How data and talk are written.

Rule 1: data goes to stdout, talk to stderr. Rule 2: with `--json` data is one JSON
value a line, as the bus itself writes it. Rule 3: colour and the width of a screen are
for terminals; what is piped is plain and never cut.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer import echo

from coordinator.cli.narrator import NEW_ZEALAND, spell

__all__ = [
    "lateness",
    "local_time",
    "put_line",
    "put_value",
    "screen",
    "show_table",
    "talk",
]

# Wide enough that no row of a table is broken or cut where no screen limits it.
_UNLIMITED_COLUMNS = 4_000


class Screen(Console):
    """A console for people, on which a reader that went away is no error."""

    def on_broken_pipe(self) -> None:
        """Leave it to whoever runs the command."""
        raise BrokenPipeError


def screen() -> Screen:
    """Give stdout as a console: as wide as the terminal, or without limit."""
    width = None if sys.stdout.isatty() else _UNLIMITED_COLUMNS
    return Screen(width=width, highlight=False, markup=False, emoji=False)


def put_value(value: object) -> None:
    """Write a JSON value to stdout, on a line of its own."""
    put_line(orjson.dumps(value))


def put_line(written: bytes) -> None:
    """Write a line of data that is JSON already."""
    sys.stdout.buffer.write(written + b"\n")


def talk(text: str) -> None:
    """Say something about the work, on stderr."""
    echo(text, err=True)


def show_table(
    columns: Sequence[str], rows: Sequence[Sequence[str | Text]], *, nothing: str
) -> None:
    """
    Show rows under their columns' names.

    `nothing` is said on stderr, in place of an empty table.
    """
    if not rows:
        talk(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = screen()
    with console.capture() as shown:
        console.print(table)
    for line in shown.get().splitlines():
        echo(line.rstrip())  # the last column is filled up with blanks


def local_time(at: datetime) -> str:
    """
    Write an aware time for people: in New Zealand, and in UTC behind it.

    The day in UTC is left out where it is the same.
    """
    local, utc = at.astimezone(NEW_ZEALAND), at.astimezone(UTC)
    other = "" if utc.date() == local.date() else f"{utc.day} {utc:%b} "
    return (
        f"{local:%a} {local.day} {local:%b} {local.year} {local:%H:%M} {local.tzname()}"
        f" ({other}{utc:%H:%M}Z)"
    )


def lateness(due: datetime, now: datetime) -> str:
    """Say how far a due time is away, or how long it has passed."""
    if now > due:
        return f"{spell(now - due)} late"
    return f"in {spell(due - now)}" if due - now >= timedelta(seconds=1) else "now"
