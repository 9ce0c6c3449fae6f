"""`coordinator case`: the story of a case, whole or as one agency may see it."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import orjson
from rich.console import Console
from rich.text import Text
from typer import Argument

from coordinator.cli import options
from coordinator.cli.home import Home, home_at, logged, nothing_under
from coordinator.cli.narrator import Narrator
from coordinator.cli.own_view import seen_by
from coordinator.cli.screen import lateness, local_time, put_line, put_value, screen
from coordinator.evaluation.ledger import Ledger
from coordinator.events import SOURCE_PREFIX, TYPE_PREFIX, decode, parse_time
from coordinator.protocol import Rules
from coordinator.runtime.port import Entry

__all__ = ["case"]


def case(
    reference: Annotated[
        str, Argument(metavar="REF", help="A case reference, or a scope.")
    ],
    *,
    agency: options.AsAgency = None,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Tell what happened in a case, and what is owed now."""
    key = options.case_key(reference)
    with home_at(home) as looked_at:
        if agency is not None:
            looked_at.check_agency(agency)
        entries = looked_at.store.history(key)
        if agency is not None:
            parts = list(seen_by(agency, looked_at, entries))
            if not parts:
                raise nothing_under(key, agency)
            _show_part(parts, looked_at, json=json)
        elif not entries:
            raise nothing_under(key, None)
        elif json:
            for entry in entries:
                put_line(entry.decision_bytes)
        else:
            _tell(entries, looked_at)


def _tell(entries: Sequence[Entry], looked_at: Home) -> None:
    """Tell the whole story, and then what is owed at the home's own time."""
    console = screen()
    narrator = Narrator(console)
    for entry in entries:
        decision = orjson.loads(entry.decision_bytes)
        rules = looked_at.versions[decision["profile"]]
        narrator.tell(decode(entry.event), decision, rules)
    console.print()
    follows = looked_at.state(entries[0].key).rules
    if follows is not None:
        console.print(f"Protocol {follows.reference}.")
    ledger = Ledger(looked_at.versions).take_all(logged(entries))
    _owed(console, ledger, looked_at)


def _owed(console: Console, ledger: Ledger, looked_at: Home) -> None:
    owed = sorted(ledger.owed.values(), key=lambda one: one.due)
    if not owed:
        console.print("Nothing is owed.")
        return
    console.print(f"Owed at {local_time(looked_at.now)}:", style="bold")
    for one in owed:
        late = one.due < looked_at.now
        console.print(
            Text(
                f"  {one.owner}: {one.number} {one.says}, {local_time(one.due)},"
                f" {lateness(one.due, looked_at.now)}",
                style="bold red" if late else "",
            ),
            soft_wrap=True,
        )


def _show_part(parts: Sequence[dict[str, Any]], looked_at: Home, *, json: bool) -> None:
    if json:
        for part in parts:
            put_value(part)
        return
    console = screen()
    for part in parts:
        console.print(local_time(parse_time(part["at"])), style="bold")
        for line in _lines(part, looked_at.active):
            console.print(Text(f"  {line}"), soft_wrap=True)


def _lines(part: dict[str, Any], rules: Rules) -> Iterator[str]:
    """Put one record's part into words."""
    sent, got = part.get("sent"), part.get("received")
    if sent is not None:
        yield f"sent      {_name(sent)}: {sent['verdict']}"
        if sent["rule"] is not None:
            yield f"          by {sent['rule']} ({sent['cite']}). {sent['detail']}"
        for one in sent["breaches"]:
            yield f"BREACH    of {one['rule']} ({one['cite']}). {one['detail']}"
    if got is not None:
        sender = got["event"]["source"].removeprefix(SOURCE_PREFIX)
        stub = " (a stub)" if got["view"] == "stub" else ""
        yield f"received  {_name(got['event'])} from {sender}{stub}"
    for one in part.get("closed", ()):
        late = f", {one['late_by_s']:,.0f} s late" if one["late_by_s"] else ""
        word = "settled" if one["how"] == "satisfied" else "dropped"
        yield f"{word}   {_what(one, rules)}, {one['how']}{late}"
    for one in part.get("opened", ()):
        yield f"owed      {_what(one, rules)}, by {local_time(parse_time(one['due']))}"
    for one in part.get("notices", ()):
        yield f"NOTICE    {one['kind']}, and no person data"
    for one in part.get("pages", ()):
        about = _what(one, rules) if one["name"] else one["why"]
        yield f"PAGE      {one['agency']} {one['role']}: {one['why']}, {about}"


def _name(event: dict[str, Any]) -> str:
    return str(event["type"]).removeprefix(TYPE_PREFIX)


def _what(one: dict[str, Any], rules: Rules) -> str:
    """Name an obligation in the words of the protocol in force, else by its name."""
    obliged = rules.obligations.get(one["name"])
    if obliged is None:
        return str(one["name"]).replace("_", " ")
    return f"{obliged.number} {obliged.says}"
