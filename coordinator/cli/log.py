"""
`coordinator log`: the log, the intake it was decided from, or what was rejected.

For whoever runs the bus, and for evaluators: it shows whole records.
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import Annotated, Any

import orjson
from typer import Option

from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.home import home_at, nothing_under
from coordinator.cli.screen import local_time, put_line, put_value, show_table
from coordinator.events import SOURCE_PREFIX, TYPE_PREFIX, format_time
from coordinator.runtime.port import Entry, Rejection

__all__ = ["log"]


def log(
    *,
    case: Annotated[
        str | None, Option(metavar="REF", help="Only this case, or scope.")
    ] = None,
    intake: Annotated[
        bool, Option("--intake", help="What was decided on, in place of decisions.")
    ] = False,
    rejected: Annotated[
        bool, Option("--rejected", help="What was turned away undecided, and why.")
    ] = False,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Show the log's rows in order."""
    if rejected and (intake or case is not None):
        message = "--rejected stands alone: what was turned away is in no case"
        raise UsageError(message)
    key = None if case is None else options.case_key(case)
    with home_at(home) as looked_at:
        if rejected:
            _show_rejected(looked_at.store.rejected(), json=json)
            return
        rows: Iterable[Entry] = looked_at.store.log()
        if key is not None:
            rows = looked_at.store.history(key)
            if not rows:
                raise nothing_under(key, None)
        if not json:
            show_table(
                ["No", "Received", "Case", "Seq", "Event", "From", "Verdict", "Rule"],
                [_cells(entry) for entry in rows],
                nothing="Nothing was decided yet.",
            )
            return
        for entry in rows:
            if intake:
                put_value(_intake(entry))
            else:
                put_line(entry.decision_bytes)


def _intake(entry: Entry) -> dict[str, Any]:
    """Give an intake record: the event, and what was stamped on it."""
    return {
        "position": entry.position,
        "case": entry.key,
        "seq": entry.seq,
        "received_at": format_time(entry.received_at),
        "profile": entry.profile,
        "sender": entry.sender,
        "contact_known": entry.contact_known,
        "event": orjson.Fragment(entry.event),
    }


def _show_rejected(rows: Iterable[Rejection], *, json: bool) -> None:
    """Show the rejection stream; bytes that need not be text are given in base64."""
    if json:
        for row in rows:
            put_value(
                {
                    "position": row.position,
                    "received_at": format_time(row.received_at),
                    "sender": row.sender,
                    "problem": orjson.Fragment(row.problem),
                    "event_base64": b64encode(row.event).decode(),
                }
            )
        return
    problems = [(row, orjson.loads(row.problem)) for row in rows]
    show_table(
        ["No", "Received", "From", "Event", "Rule", "At", "What is wrong"],
        [
            [
                str(row.position),
                local_time(row.received_at),
                row.sender or "",
                problem.get("event_id", ""),
                problem["rule"],
                problem.get("pointer", ""),
                problem["detail"],
            ]
            for row, problem in problems
        ],
        nothing="Nothing was rejected yet.",
    )


def _cells(entry: Entry) -> list[str]:
    decision = orjson.loads(entry.decision_bytes)
    told = decision["input"]
    return [
        str(entry.position),
        local_time(entry.received_at),
        entry.key,
        str(entry.seq),
        told["type"].removeprefix(TYPE_PREFIX),
        told["source"].removeprefix(SOURCE_PREFIX),
        decision["verdict"] + (", breach" if decision["breaches"] else ""),
        decision["rule"] or "",
    ]
