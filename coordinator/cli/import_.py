"""
`coordinator import`: what `coordinator export` wrote, into a new home or a cluster.

All of it is read and checked before anything is written.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, BinaryIO

from typer import Argument, echo

from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.progress import progress
from coordinator.cli.screen import put_value
from coordinator.moving import bring_in, check
from coordinator.runtime.archive import Archive, ArchiveError

__all__ = ["import_"]


def import_(
    file: Annotated[
        str, Argument(metavar="FILE", help="What export wrote; - is stdin.")
    ],
    *,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Check an archive, write it, and say what was new."""
    settings = options.settings_of(home=home)
    with _opened(file) as stream:
        try:
            archive = Archive(stream, file)
            says = archive.manifest
            with progress("checked", total=says.records, is_quiet=False) as done:
                versions = check(archive, done)
        except ArchiveError as error:
            raise UsageError(str(error)) from None
        with progress("written", total=says.records, is_quiet=False) as done:
            written = bring_in(settings, archive, versions, done)
    if json:
        put_value({**says._asdict(), "written": written})
        return
    before = says.records - written
    echo(
        f"{file}: {written:,} decisions written"
        + (f", {before:,} were there before" if before else "")
        + f"; {says.active} is active; sha256 {says.digest}"
    )


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """Open a file that can be read again; stdin is kept in one for as long."""
    if file == "-":
        with TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            yield kept
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        message = f"{file}: {error.strerror}; it takes what `coordinator export` wrote"
        raise UsageError(message) from None
    with stream:
        yield stream
