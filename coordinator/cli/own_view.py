"""
What an agency may see of a case: its own part, and no sign of the rest.

Rule 1: an event it neither sent nor was sent is nowhere, nor is the case's own counting
of its records: a gap would tell of it. Rule 2: of what it sent, it sees the answer; of
others, the view it was sent. Rule 3: of obligations its own, of pages those to it or to
an office it is a member of.

Source: docs/rules.md, Decisions (Who sees it) and Views.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from coordinator.cli.home import Home
from coordinator.cli.inbox import received
from coordinator.events import Event, decode
from coordinator.protocol import Decision, Rules
from coordinator.runtime.port import Entry, InboxItem

__all__ = ["seen_by"]

_ANSWER = ("verdict", "rule", "cite", "detail", "breaches")


def seen_by(
    agency: str, looked_at: Home, entries: Iterable[Entry]
) -> Iterator[dict[str, Any]]:
    """
    Give an agency's part of a case.

    Yields:
        An object for each record that has something for it: `at`, `case`, `exercise`,
        then what there is of `sent` (an event of its own and its answer), `received`
        (as in its inbox), `opened` and `closed` (its obligations), `pages` and
        `notices`.
    """
    for entry in entries:
        decision: Decision = orjson.loads(entry.decision_bytes)
        rules = looked_at.versions[decision["profile"]]
        event = decode(entry.event)
        part: dict[str, Any] = {}
        if agency in (event.agency, event.recordedby):
            part["sent"] = _sent(event, decision)
        for index, delivery in enumerate(decision["deliveries"]):
            if delivery["to"] == agency:
                item = received(looked_at, InboxItem(entry, index), decision)
                part["received"] = {
                    name: item[name] for name in ("id", "view", "event")
                }
        part |= {
            name: rows
            for name, rows in (
                ("opened", _own(decision["opened"], agency)),
                ("closed", _own(decision["closed"], agency)),
                ("pages", _pages(decision, agency, rules)),
                ("notices", _to(decision["notices"], agency)),
            )
            if rows
        }
        if part:
            yield {
                "at": decision["at"],
                "case": decision["case"],
                "exercise": decision["exercise"],
                **part,
            }


def _sent(event: Event, decision: Decision) -> dict[str, Any]:
    said = {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "time": decision["input"]["time"],
    }
    return said | {name: decision[name] for name in _ANSWER}  # type: ignore[literal-required]  # members of the record


def _own(rows: Iterable[Any], agency: str) -> list[Any]:
    return [row for row in rows if row["owner"] == agency]


def _to(rows: Iterable[Any], office: str) -> list[Any]:
    return [row for row in rows if row["to"] == office]


def _pages(decision: Decision, agency: str, rules: Rules) -> list[Any]:
    return [
        page
        for page in decision["pages"]
        if page["agency"] == agency or rules.is_member(agency, page["agency"])
    ]
