"""
`coordinator protocol show`: a profile for people, as a screen, a document, a picture.

What is shown is worked out in `protocol.document`; here it is put on the screen. With
no name there is an overview; an event or an obligation that is named is told in full.
"""

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Words
from typer import Argument, Option

from coordinator.bootstrap import named_profile
from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.screen import put_value, screen, talk
from coordinator.protocol import Profile, document
from coordinator.protocol.document import Block, Facts, Section, Table, Text
from coordinator.protocol.picture import picture

__all__ = ["show"]


def show(
    name: options.ProfileGiven,
    entry: Annotated[
        str | None,
        Argument(
            metavar="EVENT-or-OBLIGATION",
            help="One of them in full; T8 will do as well.",
        ),
    ] = None,
    *,
    markdown: Annotated[
        bool, Option("--markdown", help="The whole document, as Markdown.")
    ] = False,
    svg: Annotated[
        Path | None,
        Option(
            metavar="FILE", help="The picture of a case's course, as SVG; - for stdout."
        ),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Show a profile, or one entry of it, in one way."""
    _one_way(entry is not None or json, markdown, svg is not None)
    profile = named_profile(name)
    if svg is not None:
        _write(svg, picture(profile.spec))
    elif markdown:
        _put(document.markdown(profile.spec))
    elif json:
        _values(_sections(entry, profile), profile)
    elif entry is not None:
        _show(screen(), _section(entry, profile))
    else:
        _overview(name, profile)


def _one_way(*asked: bool) -> None:
    if sum(asked) > 1:
        message = "--markdown, --svg and what goes to the screen: one at a time"
        raise UsageError(message)


def _put(text: str) -> None:
    """Write to stdout in UTF-8, so that a file made of it is the same everywhere."""
    sys.stdout.buffer.write(text.encode())


def _write(path: Path, text: str) -> None:
    if str(path) == "-":
        _put(text)
        return
    path.write_text(text, encoding="utf-8")
    talk(f"{path}: written")


def _sections(entry: str | None, profile: Profile) -> list[Section]:
    if entry is not None:
        return [_section(entry, profile)]
    chapters = document.chapters(profile.spec)
    return [one for chapter in chapters for one in (chapter, *chapter.within)]


def _section(entry: str, profile: Profile) -> Section:
    found = document.section_of(entry, profile.spec)
    if found is not None:
        return found
    alike = get_close_matches(
        entry, [*profile.spec.events, *profile.spec.obligations], n=1
    )
    meant = f"did you mean {alike[0]}?" if alike else "without a name all are listed"
    message = f"{entry}: no event or obligation of {profile.spec.reference}; {meant}"
    raise UsageError(message)


# --- for programs ------------------------------------------------------------------


def _values(sections: list[Section], profile: Profile) -> None:
    """Give each section in words, and its entry as the profile has it."""
    for section in sections:
        entries = profile.value.get(f"{section.kind}s", {})
        put_value(
            {
                "kind": section.kind,
                "title": section.title,
                "words": [line for block in section.blocks for line in _lines(block)],
                "entry": entries.get(section.name),
            }
        )


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield block.words
    elif isinstance(block, Facts):
        yield from (f"{block.label}: {item}" for item in block.items)
    else:
        yield from ("; ".join(row) for row in block.rows)


# --- for a screen ------------------------------------------------------------------


def _overview(name: str, profile: Profile) -> None:
    spec = profile.spec
    console = screen()
    console.print(Words(f"{spec.title} ({spec.reference})", style="bold"))
    console.print(Words(spec.source))
    for section in document.overview(spec):
        _show(console, section)
    console.print(f"\nOne entry in full: coordinator protocol show {name} ENTRY")


def _show(console: Console, section: Section) -> None:
    console.print(Words(f"\n{section.title}", style="bold underline"))
    for block in section.blocks:
        if isinstance(block, Text):
            console.print(Words(block.words))
        elif isinstance(block, Facts):
            console.print(Words(f"\n{block.label}", style="bold"))
            for place, item in enumerate(block.items, 1):
                number = f"{place}. " if block.numbered else ""
                console.print(Padding(Words(number + item), (0, 0, 0, 2), expand=False))
        else:
            console.print(_grid(block))


def _grid(table: Table) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        grid.add_column(column, overflow="fold")
    for row in table.rows:
        grid.add_row(*(Words(cell) for cell in row))
    return grid
