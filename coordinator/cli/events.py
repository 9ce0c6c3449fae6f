"""`coordinator events`: the catalogue by area, or everything about one event."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from typing import Annotated, Any

import orjson
from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from typer import Argument

from coordinator.bootstrap import named_profile
from coordinator.cli import options
from coordinator.cli.catalogue import command_of, in_catalogue, in_protocol
from coordinator.cli.failures import UsageError
from coordinator.cli.new_event import name_of
from coordinator.cli.screen import put_value, screen
from coordinator.events import CATALOGUE
from coordinator.protocol import Rules

__all__ = ["events"]

_WHOSE = {"always": "one person", "when_victim": "a victim, or nobody"}


def events(
    type_: Annotated[
        str | None,
        Argument(
            metavar="TYPE",
            help="One event's name; all of them if not given.",
            autocompletion=lambda: list(CATALOGUE),
        ),
    ] = None,
    *,
    profile: options.ProfileName = None,
    json: options.AsJson = False,
) -> None:
    """Show the catalogue, and what a protocol makes of it."""
    rules = named_profile(options.settings_of(profile=profile).profile).rules
    names = list(CATALOGUE) if type_ is None else [_known(type_)]
    if json:
        for name in names:
            put_value({**in_catalogue(name), "protocol": in_protocol(name, rules)})
        return
    console = screen()
    if type_ is not None:
        _show_one(console, names[0], rules)
        return
    for area, within in groupby(names, key=lambda name: CATALOGUE[name].area):
        console.print(f"\n{area.capitalize()}", style="bold")
        for name in within:
            console.print(_row(name, rules), soft_wrap=True)
    console.print("\nOne of them in full: coordinator events TYPE")


def _known(text: str) -> str:
    name = name_of(text)
    if name in CATALOGUE:
        return name
    alike = get_close_matches(name, CATALOGUE, n=1)
    meant = f"did you mean {alike[0]}?" if alike else "`coordinator events` lists them"
    message = f"{text}: no such event; {meant}"
    raise UsageError(message)


def _row(name: str, rules: Rules) -> Text:
    row = rules.spec.events.get(name)
    text = Text(f"  {name:<34}")
    if row is None:
        text.append(f"not in {rules.reference}", style="dim")
    else:
        text.append(f"{', '.join(row.emitters):<28}")
        text.append(CATALOGUE[name].cite, style="dim")
    return text


def _show_one(console: Console, name: str, rules: Rules) -> None:
    told = in_catalogue(name)
    console.print(Text.assemble((name, "bold"), f"  {told['says']}  ({told['cite']})"))
    about = _WHOSE.get(told["person"], "no single person: it carries no personref")
    console.print(f"About {about}. Subject: {told['subject']}.")
    if len(told["schemas"]) > 1:
        *current, oldest = told["schemas"]
        console.print(f"Taken as {', '.join(current)} or, older, {oldest}.")
    if told["starts_a_case"]:
        console.print("It may come without a subject, and then starts a case.")
    made = in_protocol(name, rules)
    if made is None:
        console.print(f"\n{rules.reference} does not have this event.", style="bold")
    else:
        for heading, lines in _sections(made):
            console.print(f"\n{heading}", style="bold")
            for line in lines:
                console.print(_indented(line))
    console.print("\nFields", style="bold")
    for note in told["fields"]:
        mark = "*" if note["required"] else " "
        console.print(_indented(f"{mark} {note['name']}: {note['takes']}"))
    console.print("  * required", style="dim")
    console.print("\nExample", style="bold")
    written = orjson.dumps(told["example"], option=orjson.OPT_INDENT_2).decode()
    console.print(Text(written), soft_wrap=True)
    if not CATALOGUE[name].coordinator:
        console.print(f"\n{command_of(told['example'], name)}", soft_wrap=True)


def _indented(line: str) -> Padding:
    return Padding(Text(line), (0, 0, 0, 2), expand=False)


def _sections(made: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Put what the protocol makes of an event into lines under headings."""
    yield f"Who may send it ({made['reference']})", [", ".join(made["emitters"])]
    stub = ", ".join(made["stub_shows"]) or "the envelope only"
    views = {"full": "", "stub": f": a stub ({stub})"}
    learns = [f"{one['who']}{views[one['view']]}" for one in made["to"]]
    yield "Who learns of it", learns or [f"nobody: {made['no_receiver']}"]
    does = {"refuse": "or it is refused", "record": "or it is on record as a breach"}
    gates = [
        f"{one['rule']}: {one['says']}, {does[one['breach']]} ({one['cite']})"
        for one in made["gates"]
    ]
    yield "What must hold", gates or ["nothing: it is always taken"]
    opens = [
        f"{one['number']} {one['owner']}: {one['says']}, {one['due']}, once for"
        f" {one['per']}{_when(one)}; ladder {one['ladder']} ({one['cite']})"
        for one in made["opens"]
    ]
    yield "What is owed from then on", opens or ["nothing"]
    closes = [
        f"{one['number']} {one['says']}: {one['as']}"
        f"{', the sender its own only' if one['by_owner'] else ''}{_when(one)}"
        for one in made["closes"]
    ]
    leaves = made["leaves_open"]
    if leaves is not None:
        save = f", save {', '.join(leaves)}" if leaves else ""
        closes.append(f"whatever else is open, superseded{save}")
    yield "What it settles", closes or ["nothing"]


def _when(one: dict[str, Any]) -> str:
    return f", when {one['when']}" if one["when"] else ""
