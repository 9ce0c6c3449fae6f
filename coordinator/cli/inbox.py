"""
`coordinator inbox`: what an agency was sent, as it was sent; or an office's notices.

Numbered from 1 for each agency: a gap in the log's own positions would tell an agency
of events that it is not told of.
"""

from collections.abc import Iterator
from heapq import merge
from typing import Annotated, Any

import orjson
from rich.text import Text
from typer import Argument

from coordinator.cli import options
from coordinator.cli.home import Home, home_at
from coordinator.cli.notices import notice_of
from coordinator.cli.screen import local_time, put_value, screen, talk
from coordinator.events import SOURCE_PREFIX, TYPE_PREFIX, decode, format_time
from coordinator.protocol import Decision, view_of
from coordinator.runtime.port import InboxItem, NoticeItem

__all__ = ["inbox", "received"]


def inbox(
    agency: Annotated[
        str,
        Argument(metavar="AGENCY", help="An agency's id.", parser=options.agency_id),
    ],
    *,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Show deliveries and notices in the order they were decided."""
    with home_at(home) as looked_at:
        looked_at.check_agency(agency)
        number = 0
        console = screen()
        for number, item in enumerate(_items(looked_at, agency), 1):
            if json:
                put_value({"number": number, **item})
            else:
                console.print(_for_people(number, item), soft_wrap=True)
        if not number and not json:
            talk(f"{agency} was sent nothing yet.")


def _items(looked_at: Home, agency: str) -> Iterator[dict[str, Any]]:
    store = looked_at.store
    both: Iterator[InboxItem | NoticeItem] = merge(
        store.inbox(agency),
        store.notices(agency),
        key=lambda item: item.entry.position,
    )
    for item in both:
        if isinstance(item, NoticeItem):
            at = format_time(item.entry.received_at)
            notice = notice_of(item, store.history(item.entry.key))
            yield {"at": at, "case": item.entry.key, "notice": notice}
        else:
            decision = orjson.loads(item.entry.decision_bytes)
            yield received(looked_at, item, decision)


def received(looked_at: Home, item: InboxItem, decision: Decision) -> dict[str, Any]:
    """
    Give a delivery as its receiver sees it.

    Returns:
        id (the delivery's), at, case, exercise, view, and the event in that view.
    """
    entry = item.entry
    delivery = decision["deliveries"][item.place]
    rules = looked_at.versions[decision["profile"]]
    return {
        "id": delivery["id"],
        "at": format_time(entry.received_at),
        "case": entry.key,
        "exercise": decision["exercise"],
        "view": delivery["view"],
        "event": view_of(decode(entry.event), entry.key, delivery, rules),
    }


def _for_people(number: int, item: dict[str, Any]) -> Text:
    """Write one item: a line with what it is, and its content below."""
    at = local_time(options.moment("at", item["at"]))
    if "notice" in item:
        text = Text(f"{number:>4}  {at}  {item['case']}  notice", style="bold")
        content = item["notice"]
    else:
        event = item["event"]
        what = event["type"].removeprefix(TYPE_PREFIX)
        sender = event["source"].removeprefix(SOURCE_PREFIX)
        exercise = "EXERCISE  " if item["exercise"] else ""
        text = Text(
            f"{number:>4}  {at}  {item['case']}  {exercise}{what} from {sender}",
            style="bold",
        )
        if item["view"] == "stub":
            text.append("  (a stub)", style="not bold dim")
        content = {
            name: event[name] for name in ("id", "personref") if name in event
        } | event.get("data", {})
    for name, value in content.items():
        text.append(f"\n      {name}: {_plain(value)}", style="not bold")
    return text


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()
