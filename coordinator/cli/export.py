"""
`coordinator export`: all that is kept, into a file that `coordinator import` takes.

It only reads. A file is there under its name once it is whole.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
from typer import Argument

from coordinator.cli import options
from coordinator.cli.progress import progress
from coordinator.cli.screen import put_value, talk
from coordinator.moving import take_out

__all__ = ["export"]

# How often the bar moves.
_SHOWN_EVERY = 500


def export(
    file: Annotated[
        str, Argument(metavar="FILE", help="Where to write it; - is stdout.")
    ],
    *,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Write everything as JSON lines, and say up to where it went."""
    settings = options.settings_of(home=home)
    lines = 0

    with (
        _written(file) as write,
        progress("lines", total=None, is_quiet=file == "-") as done,
    ):

        def keep(line: bytes) -> None:
            nonlocal lines
            write(line + b"\n")
            lines += 1
            if lines % _SHOWN_EVERY == 0:
                done(_SHOWN_EVERY)

        manifest = take_out(settings, keep)
    if json:
        record = manifest._asdict()
        if file == "-":  # where the archive itself goes
            talk(orjson.dumps(record).decode())
        else:
            put_value(record)
        return
    talk(
        f"{file}: {manifest.records:,} decisions, up to position {manifest.records} of"
        f" the log, {manifest.rejected:,} rejected, {manifest.profiles:,} versions of"
        f" the protocol; sha256 {manifest.digest}"
    )


@contextmanager
def _written(file: str) -> Iterator[Callable[[bytes], object]]:
    """Give what writes to a file, which has its name once the block is through."""
    if file == "-":
        yield sys.stdout.buffer.write
        return
    path, part = Path(file), Path(f"{file}.part")
    part.unlink(missing_ok=True)
    # It is about people: nobody else may read it.
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as stream:
            yield stream.write
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
