"""
`coordinator ack`: a duty officer says what is going to be done about an escalation.

The event that says so is the one whose effect, by the protocol, is to acknowledge; it
is sent like any other, and answered like any other.
"""

from datetime import datetime
from typing import Annotated

from typer import Argument, Exit, Option
from ulid import ULID

from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.home import Home, home_at, logged
from coordinator.cli.sending import Sending, exit_code, send
from coordinator.evaluation.ledger import find_obligations
from coordinator.events import encode, format_time, parse_time
from coordinator.protocol.duration import parse_duration

__all__ = ["ack"]


def ack(
    obligation: Annotated[
        str, Argument(metavar="OBLIGATION", help="Its id, or how that begins.")
    ],
    *,
    sender: Annotated[
        str,
        Option(
            "--as",
            metavar="AGENCY",
            help="The agency that was paged, or a member of the office that was.",
            parser=options.agency_id,
        ),
    ],
    decision: Annotated[str, Option(metavar="TEXT", help="What is going to be done.")],
    until: Annotated[
        str | None,
        Option(
            metavar="TIME",
            help="When the pages may go on: a time, or a length such as PT4H.",
        ),
    ] = None,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Send the acknowledgement of an obligation that the agency was paged about."""
    with home_at(home) as looked_at:
        whole, key = _find(looked_at, obligation)
        rows = looked_at.active.events.items()
        name, named = next(
            (name, row.effect.acknowledges)
            for name, row in rows
            if row.effect is not None and row.effect.acknowledges is not None
        )
        now = looked_at.now
        data = {named.obligation: whole, "decision": decision}
        if until is not None:
            data[named.until] = format_time(_time(until, now))
    raw = encode(
        name=name,
        agency=sender,
        id=str(ULID.from_datetime(now)),
        time=now,
        data=data,
        subject=key,
    )
    settings = options.settings_of(home=home)
    sending = Sending(settings, sender, keep=True, json=json)
    raise Exit(exit_code(send(sending, [(None, raw)])))


def _find(looked_at: Home, begins: str) -> tuple[str, str]:
    """
    Find one obligation by how its id begins, and the case or scope it is owed in.

    Raises:
        UsageError: There is none, or more than one.
    """
    wanted = begins.strip().upper()
    rows = logged(looked_at.store.log() if wanted else ())
    found = list(find_obligations(rows, wanted))
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{begins}: {len(found)} obligations begin so; give more of its id"
    else:
        message = (
            f"{begins}: no obligation begins so; `coordinator obligations` lists what"
            " is owed, and its ids"
        )
    raise UsageError(message)


def _time(text: str, now: datetime) -> datetime:
    """Read a time, or a length of time from now."""
    try:
        if text.upper().startswith("P"):
            return parse_duration(text.upper()).elapsed_from(now)
        return parse_time(text)
    except ValueError as error:
        message = f"--until {text}: not a time; {error}"
        raise UsageError(message) from None
