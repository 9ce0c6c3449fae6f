"""
The protocol itself: checked, shown, compared, put in force.

A command a module; P is a profile's name (`nz-2009`) or a profile's file.
"""

from typer import Typer

from coordinator.cli.protocol.activate import activate
from coordinator.cli.protocol.diff import diff
from coordinator.cli.protocol.lint import lint
from coordinator.cli.protocol.migrate import migrate
from coordinator.cli.protocol.show import show

__all__ = ["protocol"]

protocol = Typer(add_completion=False)
protocol.command("show")(show)
protocol.command("diff")(diff)
protocol.command("lint")(lint)
protocol.command("activate")(activate)
protocol.command("migrate")(migrate)
