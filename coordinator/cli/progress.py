"""How far a long piece of work has come: on a terminal, and nowhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

__all__ = ["Advance", "progress"]

Advance = Callable[[int], None]


@contextmanager
def progress(what: str, *, total: int | None, is_quiet: bool) -> Iterator[Advance]:
    """
    Show a bar on stderr while the work goes on.

    Args:
        what: A word or two before the bar.
        total: How much there is to do; None where nobody knows.
        is_quiet: Show nothing, as where stderr is no terminal.

    Yields:
        A function that is told how much more was done.
    """
    if is_quiet or not sys.stderr.isatty():
        yield _nothing
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        # Data is written meanwhile, past this console.
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


def _nothing(_: int) -> None:
    return
