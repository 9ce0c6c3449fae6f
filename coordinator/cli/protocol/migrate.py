"""
`coordinator protocol migrate`: move open cases to another version of the protocol.

Rule 1: what is wrong with any of the cases is said before one of them is moved. Rule 2:
a case that was moved meanwhile is left alone, so the command can be given again.
"""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent
from typing import Annotated, Any

from typer import Argument, Exit, Option, echo

from coordinator import bootstrap
from coordinator.cli import options
from coordinator.cli.failures import REFUSED, UsageError
from coordinator.cli.home import Home, home_at, nothing_under
from coordinator.cli.screen import put_value, talk
from coordinator.events import is_case_reference
from coordinator.runtime.migration import Migration, foreseen, is_open
from coordinator.settings import Settings

__all__ = ["migrate"]

# One transaction's worth.
_BATCH = 100
_INDENT = " " * 8


def migrate(
    references: Annotated[
        list[str] | None, Argument(metavar="[REF]...", help="References of cases.")
    ] = None,
    *,
    all_open: Annotated[
        bool, Option("--all-open", help="Every open case that is on another version.")
    ] = False,
    to: Annotated[
        str | None,
        Option(
            metavar="VERSION",
            help="Any version that was once activated here (nz-2009/2); if not given,"
            " the active one.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would happen, and move nothing.")
    ] = False,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Move cases to a version, and say what becomes of what is owed in them."""
    if bool(references) == all_open:
        message = "migrate takes the references of cases, or --all-open; give one"
        raise UsageError(message)
    with home_at(home) as looked_at:
        target = _target(looked_at, to)
        if references:
            moves = _named(looked_at, references, target)
        else:
            moves = list(_all_open(looked_at, target))
    if not moves and not json:
        talk(f"No open case is on another version than {target}.")
    shown: Iterable[Migration] = moves
    if not dry_run:
        settings = options.settings_of(home=home)
        shown = _moved(settings, [move.case for move in moves], target)
    refused = 0
    for move in shown:
        refused += _verdict(move) == "refused"
        if json:
            put_value(_as_record(move))
        else:
            echo(_as_text(move))
    if dry_run and not json:
        talk("A dry run: nothing was moved.")
    raise Exit(REFUSED if refused else 0)


# --- which cases, and where to ------------------------------------------------------


def _target(looked_at: Home, to: str | None) -> str:
    if to is None:
        return looked_at.active.reference
    if to in looked_at.versions:
        return to
    message = (
        f"--to {to}: no version that is kept here; it takes"
        f" {' or '.join(looked_at.versions)}, and `coordinator protocol activate` keeps"
        " another"
    )
    raise UsageError(message)


def _named(looked_at: Home, references: Sequence[str], target: str) -> list[Migration]:
    keys = dict.fromkeys(options.case_key(one) for one in references)
    return [_one(looked_at, key, target) for key in keys]


def _one(looked_at: Home, key: str, target: str) -> Migration:
    if not is_case_reference(key):
        message = (
            f"{key}: no case but a scope; an alert keeps its version, the plan and the"
            " agencies follow the active one"
        )
        raise UsageError(message)
    state = looked_at.state(key)
    if not state.exists:
        raise nothing_under(key, None)
    move = foreseen(state, looked_at.versions[target])
    if move.before == target:
        message = f"{key}: is on {target} already; --to names another version"
        raise UsageError(message)
    return move


def _all_open(looked_at: Home, target: str) -> Iterator[Migration]:
    """Find the open cases on other versions, in the order they were opened."""
    for entry in looked_at.store.log():
        if entry.seq == 1 and is_case_reference(entry.key):
            state = looked_at.state(entry.key)
            if state.exists and is_open(state):
                move = foreseen(state, looked_at.versions[target])
                if move.before != target:
                    yield move


def _moved(
    settings: Settings, cases: Sequence[str], target: str
) -> Iterator[Migration]:
    for start in range(0, len(cases), _BATCH):
        some = cases[start : start + _BATCH]
        yield from bootstrap.migrate(settings, some, target)


# --- what became of them ------------------------------------------------------------


def _verdict(move: Migration) -> str | None:
    """Give the decision's verdict; `noop` where nothing was to do, None if foreseen."""
    if move.decision is not None:
        return move.decision["verdict"]
    return "noop" if move.before == move.after else None


def _as_record(move: Migration) -> dict[str, Any]:
    decision = move.decision
    return {
        "case": move.case,
        "from": move.before,
        "to": move.after,
        "difference": move.difference,
        "verdict": _verdict(move),
        "rule": decision and decision["rule"],
        "cite": decision and decision["cite"],
        "detail": decision and decision["detail"],
    }


def _as_text(move: Migration) -> str:
    verdict, decision = _verdict(move), move.decision
    if verdict == "noop":
        return f"{move.case}  is on {move.after} already"
    if decision is not None and verdict == "refused":
        return f"{move.case}  refused by {decision['rule']}: {decision['detail']}"
    text = indent(move.difference, _INDENT)
    return f"{move.case}  from {move.before} to {move.after}\n{text}"
