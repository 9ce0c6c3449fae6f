"""
The command line: what people and scripts say to the bus.

    app       the list of commands; each is loaded when it is asked for
    help.toml what every command says about itself, with an example
    failures  what went wrong, in one line, and the exit code
    options   options that commands share      screen   how data and talk are written
    <name>    a command: the module `emit` holds the command `emit`

Data goes to stdout, talk to stderr; with `--json` both are JSON, a value a line.

Source: `coordinator --help`.
"""

from coordinator.cli.app import main

__all__ = ["main"]
