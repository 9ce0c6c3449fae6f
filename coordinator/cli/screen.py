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
_GAP = "  "  # between the columns of a table
_INDENT = 8  # of what goes on below a row's first line


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

    On a terminal that is too narrow, a row's cells go on below its first one, each of
    them whole: a reference that is broken in two is misread. `nothing` is said on
    stderr, in place of an empty table.
    """
    if not rows:
        talk(nothing)
        return
    cells = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if not sys.stdout.isatty():
        for plain in cells:  # there may be many, and Rich takes its time
            padded = (cell.ljust(at) for cell, at in zip(plain, widths, strict=True))
            echo(_GAP.join(padded).rstrip())
        return
    console = screen()
    texts = [[_text(cell) for cell in row] for row in rows]
    if sum(widths) + len(_GAP) * len(widths) <= console.width:
        named = [Text(column, style="bold") for column in columns]
        lines = [_padded(line, widths) for line in (named, *texts)]
    else:
        lines = [line for row in texts for line in _packed(columns, row, console.width)]
    for line in lines:
        console.print(Text(_GAP).join(line), soft_wrap=True)


def _text(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def _padded(row: Sequence[Text], widths: Sequence[int]) -> list[Text]:
    """Fill up a row's cells, so that the next ones stand below each other."""
    for text, width in zip(row, widths, strict=True):
        text.pad_right(width - len(text))
    return list(row)


def _packed(
    columns: Sequence[str], row: Sequence[Text], width: int
) -> list[list[Text]]:
    """Put a row's cells on as few lines as hold them; a bare number gets its name."""
    first, *others = row
    first.stylize("bold")
    lines = [[first]]
    used = len(first)
    for column, cell in zip(columns[1:], others, strict=True):
        if not cell:
            continue
        is_bare = cell.plain.isdigit()
        text = Text(f"{column.lower()} ").append_text(cell) if is_bare else cell
        if used + len(_GAP) + len(text) > width:
            lines.append([Text(" " * _INDENT)])
            used = _INDENT
        lines[-1].append(text)
        used += len(_GAP) + len(text)
    return lines


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
