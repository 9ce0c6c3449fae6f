"""
`coordinator worker ingress`, `case`, `router`, `timers`, `notifier`.

Each is one process of the bus on Kafka; any number of each may run.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import Annotated, Literal

from typer import Option

from coordinator.cli import options
from coordinator.cli.operator_log import log_as_json
from coordinator.cli.screen import put_value
from coordinator.events import OperatorError, format_time
from coordinator.runtime.port import PageItem
from coordinator.settings import Settings
from coordinator.topics import Role
from coordinator.working import work

__all__ = ["command_of"]

_MetricsPort = Annotated[
    int | None,
    Option(
        "--metrics-port",
        metavar="PORT",
        min=0,
        max=65535,
        help="Where /live, /ready and /metrics are; COORDINATOR_METRICS_PORT else.",
    ),
]


class Lines:
    """A channel to whoever reads the program's output: a JSON line for each page."""

    name = "terminal"

    def deliver(self, page: PageItem) -> Literal["sent", "failed"]:
        """Write a page as a line."""
        put_value(
            {
                "page": page.id,
                "case": page.key,
                "at": format_time(page.at),
                "exercise": page.exercise,
                **{name: page.page[name] for name in ("name", "agency", "role", "why")},
                "rung": page.page["rung"],
            }
        )
        return "sent"


def command_of(kind: Role) -> Callable[..., None]:
    """Give the command that is one kind of worker."""

    def command(
        *, metrics_port: _MetricsPort = None, home: options.Home = None
    ) -> None:
        settings = options.settings_of(home=home)
        if settings.runtime != "kafka":
            message = (
                "a worker is a process of the bus on Kafka: set COORDINATOR_RUNTIME to"
                " kafka; on one machine, `coordinator run` is the whole bus"
            )
            raise OperatorError(message)
        if metrics_port is not None:
            settings = settings.model_copy(update={"metrics_port": metrics_port})
        log_as_json()
        asyncio.run(_work(settings, kind))

    return command


async def _work(settings: Settings, kind: Role) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(settings, kind, Lines(), stop)
