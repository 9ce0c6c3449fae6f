"""
The published schemas and the AsyncAPI document: written to a folder, or compared.

They are generated from what checks events and makes decisions; the folder in the
repository is there to be read, and a difference is found before it is published.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from typer import Argument, Typer

from coordinator.cli.failures import UsageError
from coordinator.cli.options import AsJson
from coordinator.cli.screen import put_value, talk
from coordinator.events import OperatorError
from coordinator.events import schemas as event_schemas
from coordinator.protocol.decision_schema import decision_schema
from coordinator.topics.asyncapi import asyncapi

__all__ = ["schemas"]

schemas = Typer(add_completion=False)

Folder = Annotated[Path, Argument(metavar="DIR", help="The folder of the schemas.")]


@schemas.command("export")
def _export(folder: Folder) -> None:
    """Write every schema; a file that is none of them is left alone."""
    texts = _texts()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    talk(f"{folder}: {len(texts)} schemas written")


@schemas.command("check")
def _check(folder: Folder = Path("schemas"), *, json: AsJson = False) -> None:
    """Compare every schema, and find those of events that are no more."""
    if not folder.is_dir():
        message = f"{folder}: no such folder; name one, or export the schemas first"
        raise UsageError(message)
    texts = _texts()
    found = {**_differences(folder, texts), **_left_over(folder, texts)}
    if json:
        put_value({"files": len(texts), "different": found})
    if found:
        name, what = next(iter(found.items()))
        others = f", and {len(found) - 1} more" if len(found) > 1 else ""
        mend = f"run `coordinator schemas export {folder}`"
        message = f"{folder / name}: {what}{others}; {mend}"
        raise OperatorError(message)
    if not json:
        talk(f"{folder}: {len(texts)} schemas, all as they should be")


def _texts() -> dict[str, str]:
    return {
        **event_schemas(),
        "decision.json": decision_schema(),
        "asyncapi.json": asyncapi(),
    }


def _differences(folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, text in texts.items():
        path = folder / name
        if not path.is_file():
            found[name] = "is missing"
        elif path.read_bytes() != text.encode():
            found[name] = "differs from what the program does"
    return found


def _left_over(folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Find the files of types that there are no more."""
    here = (
        path.relative_to(folder).as_posix() for path in folder.glob("events/*.json")
    )
    return {
        name: "is of no known event; delete it" for name in here if name not in texts
    }
