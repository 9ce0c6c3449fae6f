"""
`coordinator worker agency`: a ready agent for an agency, and a look into its tray.

It hands every delivery on to the agency's own system, by HTTP or to a program, until it
is taken. What was not taken for too long is parked; `--parked` shows it, and `--retry`
has it handed over again, by the agent that runs or the next one.
"""

import asyncio
import os
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Final

from typer import Option

from coordinator.agencies import tray_of, work_until_told
from coordinator.agents.agency import forwarding
from coordinator.agents.agency.forward import Deliver
from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.operator_log import log_as_json
from coordinator.cli.screen import put_value, show_table, talk
from coordinator.delivery.command import Command
from coordinator.delivery.signing import Signer, signer_of
from coordinator.delivery.webhook import webhook
from coordinator.events import OperatorError
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.sqlite.tray import Tray
from coordinator.settings import Settings

__all__ = ["agency"]

# What is ours in the environment, passwords among it, is no business of the program's.
_OURS: Final = "COORDINATOR_"


def agency(
    *,
    as_agency: Annotated[
        str,
        Option(
            "--as",
            metavar="AGENCY",
            help="The agency that the agent is for.",
            parser=options.agency_id,
        ),
    ],
    url: Annotated[
        str | None,
        Option("--webhook", metavar="URL", help="Where to send each delivery, signed."),
    ] = None,
    command: Annotated[
        str | None,
        Option(
            "--command",
            metavar="CMD",
            help="What to run for each delivery, the event on its stdin; no shell.",
        ),
    ] = None,
    parked: Annotated[
        bool, Option("--parked", help="Show what was given up on, and end.")
    ] = False,
    retry: Annotated[
        list[str] | None,
        Option(
            "--retry",
            metavar="ID",
            help="Have a parked delivery handed over again, and end; several may be"
            " given.",
        ),
    ] = None,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Hand an agency's deliveries on until Ctrl-C or SIGTERM."""
    settings = options.settings_of(home=home)
    chosen = [bool(url), bool(command), parked, bool(retry)]
    if sum(chosen) != 1:
        message = "give one of --webhook, --command, --parked and --retry"
        raise UsageError(message)
    if parked:
        _show(settings, as_agency, json=json)
    elif retry:
        _put_back(settings, as_agency, retry)
    else:
        log_as_json()
        asyncio.run(_hand_on(settings, as_agency, url, command))


async def _hand_on(
    settings: Settings, agency_id: str, url: str | None, command: str | None
) -> None:
    async with _receiver(settings, url, command) as deliver:
        await work_until_told(forwarding(agency_id, deliver), settings)


@asynccontextmanager
async def _receiver(
    settings: Settings, url: str | None, command: str | None
) -> AsyncIterator[Deliver]:
    if url is not None:
        # Receivers compare the time with their own: the machine's, in a demo as well.
        async with webhook(url, _signer(settings), SystemClock().now) as receiver:
            yield receiver.deliver
        return
    try:
        words = shlex.split(command or "")
    except ValueError as error:
        message = f"--command: cannot be read ({error})"
        raise UsageError(message) from None
    if not words:
        message = "--command: names no program"
        raise UsageError(message)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(_OURS)
    }
    yield Command(words, kept).deliver


def _signer(settings: Settings) -> Signer:
    given, file = settings.webhook_secret, settings.webhook_secret_file
    if given is not None and file is not None:
        message = (
            "COORDINATOR_WEBHOOK_SECRET is set, and COORDINATOR_WEBHOOK_SECRET_FILE;"
            " unset one"
        )
        raise OperatorError(message)
    if file is not None:
        return signer_of(file.read_text(encoding="utf-8").split())
    return signer_of([] if given is None else given.get_secret_value().split())


def _show(settings: Settings, agency_id: str, *, json: bool) -> None:
    with _tray(settings, agency_id) as tray:
        rows = [] if tray is None else tray.parked()
    if json:
        for row in rows:
            put_value(row._asdict())
        return
    show_table(
        ("id", "case", "attempts", "why"),
        [(row.id, row.case, str(row.attempts), row.why) for row in rows],
        nothing=f"Nothing is parked for {agency_id}.",
    )


def _put_back(settings: Settings, agency_id: str, deliveries: list[str]) -> None:
    with _tray(settings, agency_id) as tray:
        for one in deliveries:
            if tray is None or not tray.try_again(one.strip().upper()):
                message = f"{one}: no such delivery is parked; see --parked"
                raise UsageError(message)
            talk(f"{one} will be handed over again.")


@contextmanager
def _tray(settings: Settings, agency_id: str) -> Iterator[Tray | None]:
    """Look into a tray, whether an agent works from it or not; None: there is none."""
    path = tray_of(settings, agency_id)
    if not path.exists():
        yield None
        return
    tray = Tray(path)
    try:
        yield tray
    finally:
        tray.close()
