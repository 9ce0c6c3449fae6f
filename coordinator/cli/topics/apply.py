"""
`coordinator topics apply`: have every topic on the cluster, as the table says.

Rule 1: where anything is refused, nothing is done. Rule 2: done again, nothing is left
to do. Rule 3: topics that are not in the table are left alone.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from typer import Option, echo

from coordinator.cli import options
from coordinator.cli.screen import put_value, talk
from coordinator.cli.topics.whose import Agencies, agencies_of
from coordinator.connecting import connection_of
from coordinator.events import OperatorError
from coordinator.runtime.kafka.admin import Admin
from coordinator.topics.layout import Changes, layouts

__all__ = ["apply"]


def apply(
    *,
    agency: Agencies = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    json: options.AsJson = False,
) -> None:
    """Make topics that are missing, and alter settings that differ."""
    settings = options.settings_of()
    connection = connection_of(settings)
    wanted = layouts(
        connection.names,
        agencies_of(settings, agency),
        replicas=settings.kafka_replicas,
    )
    admin = Admin(connection)
    planned = admin.changes(wanted)
    if planned.refused:
        raise OperatorError("; ".join(planned.refused))
    if not dry_run:
        admin.apply(planned)
    for change in _changes(planned):
        if json:
            put_value(change)
        else:
            echo(_as_text(change))
    if json:
        return
    if not planned.make and not planned.alter:
        talk(f"All {len(wanted)} topics are as they should be; nothing to change.")
    elif dry_run:
        talk("A dry run: nothing was changed.")


def _changes(planned: Changes) -> Iterator[dict[str, Any]]:
    for name, layout in planned.make.items():
        yield {
            "topic": name,
            "change": "make",
            "partitions": layout.partitions,
            "replicas": layout.replicas,
            "settings": dict(layout.config),
        }
    for name, different in planned.alter.items():
        settings = {
            setting: {"was": was, "becomes": becomes}
            for setting, (was, becomes) in different.items()
        }
        yield {"topic": name, "change": "alter", "settings": settings}


def _as_text(change: dict[str, Any]) -> str:
    name, settings = change["topic"], change["settings"]
    if change["change"] == "make":
        partitions, replicas = change["partitions"], change["replicas"]
        return f"make   {name}  partitions {partitions}, copies {replicas}"
    said = ", ".join(
        f"{setting} {one['was'] or 'the default'} → {one['becomes']}"
        for setting, one in settings.items()
    )
    return f"alter  {name}  {said}"
