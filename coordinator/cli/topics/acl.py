"""
`coordinator topics acl`: who may do what on the cluster; shown, or applied.

Rule 1: what is missing is given. Rule 2: what one of the bus's principals may do
beyond the table is told, and taken away only with --prune. Rule 3: rights of anybody
else are left alone.
"""

from collections.abc import Sequence
from typing import Annotated

from typer import Option, echo

from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.screen import put_value, show_table, talk
from coordinator.cli.topics.whose import Agencies, agencies_of
from coordinator.connecting import connection_of
from coordinator.runtime.kafka.acls import Acls
from coordinator.settings import Settings
from coordinator.topics.acl import Right, rights, surplus
from coordinator.topics.names import Names

__all__ = ["acl"]


def acl(
    *,
    agency: Agencies = None,
    apply: Annotated[
        bool, Option("--apply", help="Give on the cluster what is missing there.")
    ] = False,
    prune: Annotated[
        bool,
        Option(
            "--prune",
            help="With --apply: take from the bus's principals what is not in the"
            " table.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        Option("--dry-run", help="With --apply: say what would be done, do nothing."),
    ] = False,
    json: options.AsJson = False,
) -> None:
    """Show the rights that there should be, or see that they are there."""
    settings = options.settings_of()
    agencies = agencies_of(settings, agency)
    if apply:
        _apply(settings, agencies, prune=prune, dry_run=dry_run, json=json)
    elif prune or dry_run:
        message = "--prune and --dry-run go with --apply"
        raise UsageError(message)
    else:
        _show(rights(Names(settings.kafka_prefix), agencies), json=json)


def _show(found: Sequence[Right], *, json: bool) -> None:
    if json:
        for one in found:
            put_value(_as_record(one))
        return
    show_table(
        ["Principal", "May", "What", "Name"],
        [[one.principal, one.operation, one.resource, _name(one)] for one in found],
        nothing="",
    )


def _apply(
    settings: Settings, agencies: list[str], *, prune: bool, dry_run: bool, json: bool
) -> None:
    connection = connection_of(settings)
    acls, names = Acls(connection), connection.names
    there = acls.found()
    missing = [one for one in rights(names, agencies) if one not in there]
    too_much = surplus(there, names, agencies)
    if not dry_run:
        acls.give(missing)
        acls.take(too_much if prune else ())
    _tell("give", missing, json=json)
    _tell("take" if prune else "keep", too_much, json=json)
    if json:
        return
    if too_much and not prune:
        talk(
            f"{len(too_much)} not in the table, and kept; with --prune they are taken"
            " away."
        )
    if not missing and not too_much:
        talk("Every right is as it should be; nothing to change.")
    elif dry_run:
        talk("A dry run: nothing was changed.")


def _tell(change: str, found: Sequence[Right], *, json: bool) -> None:
    for one in found:
        if json:
            put_value({"change": change, **_as_record(one)})
        else:
            may = f"{one.operation} {one.resource} {_name(one)}"
            echo(f"{change}  {one.principal}  {may}")


def _as_record(one: Right) -> dict[str, object]:
    return {
        "principal": one.principal,
        "operation": one.operation,
        "resource": one.resource,
        "name": one.name,
        "prefixed": one.prefixed,
    }


def _name(one: Right) -> str:
    return f"{one.name}…" if one.prefixed else one.name
