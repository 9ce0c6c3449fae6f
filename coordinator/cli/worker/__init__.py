"""The processes that the bus is made of on Kafka, each in a command of its own."""

from typer import Typer

from coordinator.cli.worker.agency import agency
from coordinator.cli.worker.services import command_of
from coordinator.working import KINDS

__all__ = ["worker"]

worker = Typer(add_completion=False)
for _kind in KINDS:
    worker.command(_kind.value)(command_of(_kind))
worker.command("agency")(agency)


@worker.callback()
def _root() -> None:
    """Take no options of its own; a callback makes Typer keep the commands apart."""
