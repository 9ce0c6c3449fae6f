"""
The program: its commands, loaded one at a time.

What the bus is made of takes longer to import than `--help` may take, so the list of
commands is data (`help.toml`), and a command's module is imported once somebody asks
for that command. The module `coordinator.cli.<name>` holds the function `<name>`, or a
Typer of that name where there are commands below it; where Python has that name for
itself, both end in `_`.
"""

import logging
import os
import sys
import tomllib
from importlib import import_module
from importlib.resources import files
from io import TextIOWrapper
from keyword import iskeyword
from typing import Any, Final

from typer import Context, Exit, Typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from coordinator.cli.failures import report

__all__ = ["app", "main"]

_NAME: Final = "coordinator"
# What a shell says of a program that a closed pipe ended: 128 and the signal's number.
_PIPE_CLOSED: Final = 141
_HELP: Final = tomllib.loads(
    (files("coordinator.cli") / "help.toml").read_text(encoding="utf-8")
)


class Commands(TyperGroup):
    """The commands by name, in the order of `help.toml`; only the one run is loaded."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**settings)
        for name, told in _HELP["commands"].items():
            self.add_command(
                TyperCommand(name, help=told["summary"], rich_help_panel=told["panel"])
            )

    def resolve_command(
        self,
        ctx: Context,  # type: ignore[override]  # its base has no public name
        args: list[str],
    ) -> tuple[str | None, Any, list[str]]:
        """Load the command that the arguments name."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, None if stub is None else _loaded(str(name)), rest

    def invoke(self, ctx: Context) -> None:  # type: ignore[override]  # as above
        """Run a command; a reader that has seen enough is no error."""
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise Exit(_PIPE_CLOSED) from None


def _loaded(name: str) -> Any:  # noqa: ANN401 - Typer names no public type for it
    """Import a command's module, and give its commands their help."""
    python = f"{name}_" if iskeyword(name) else name
    found = getattr(import_module(f"coordinator.cli.{python}"), python)
    _quieten()
    told = _HELP["commands"][name]
    if isinstance(found, Typer):
        for below in found.registered_commands:
            more = told["below"][str(below.name)]
            below.help, below.epilog = _text(more), _example(more)
        found.info.help = _text(told)
        return get_command(found)
    alone = Typer(add_completion=False)
    alone.command(name, help=_text(told), epilog=_example(told))(found)
    return get_command(alone)


def _quieten() -> None:
    """
    Keep stdout for data, and stderr for what a command has to say itself.

    What libraries log is for commands that run for long: they have a log of their own.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    structlog = sys.modules.get("structlog")
    if structlog is not None:
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


def _text(told: dict[str, str]) -> str:
    return f"{told['summary']}\n\n{told.get('more', '')}".rstrip()


def _example(told: dict[str, str]) -> str:
    return f"Example:\n\n{told['example'].rstrip()}"


app = Typer(
    name=_NAME,
    cls=Commands,
    help=_HELP["about"],
    epilog=_HELP["epilog"],
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Take no options of its own; a callback makes Typer keep the commands apart."""


def main() -> int:
    """
    Run the program with the process's arguments.

    Returns:
        The exit code: 0 done, 2 usage or unreadable input, 3 some refused or
        rejected, 4 for whoever runs the bus, 5 not kept, 1 a difference that a check
        was asked to find, 130 interrupted, 141 the reader of the output went away.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # An argument may hold bytes, a screen lack letters: show it all the same.
            stream.reconfigure(errors="backslashreplace")
    arguments = sys.argv[1:]
    try:
        code = get_command(app).main(arguments, _NAME, standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - what is nobody's doing is raised again
        code = report(error, as_json="--json" in arguments)
    if code == _PIPE_CLOSED:
        # Python flushes once more at the end, and must find an open file then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code or 0
