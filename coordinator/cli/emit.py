"""
`coordinator emit`: one event by its type, or many from a file or a pipe.

Nothing is judged here: every event goes through ingress like any other.

Source: `coordinator --help`.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated

from typer import Argument, Exit, Option

from coordinator.bootstrap import clock_of
from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.new_event import NewEvent, Via, bytes_of, data_of, name_of
from coordinator.cli.screen import talk
from coordinator.cli.sending import Sending, exit_code, send, send_file
from coordinator.events import CATALOGUE

__all__ = ["emit"]


def emit(
    type_: Annotated[
        str | None,
        Argument(
            metavar="TYPE",
            help="The event's name; `coordinator events` lists them.",
            autocompletion=lambda: list(CATALOGUE),
        ),
    ] = None,
    *,
    sender: Annotated[
        str | None,
        Option(
            "--as",
            metavar="AGENCY",
            help="Who sends it; with a file, who alone may be its source.",
            parser=options.agency_id,
        ),
    ] = None,
    case: Annotated[
        str | None, Option(metavar="REF", help="The case it belongs to.")
    ] = None,
    person: Annotated[
        str | None, Option(metavar="REF", help="The pseudonym of whom it is about.")
    ] = None,
    data: Annotated[
        str | None, Option(metavar="JSON", help="What it says, as a JSON object.")
    ] = None,
    subject: Annotated[
        str | None, Option(metavar="SCOPE", help="In place of a case: alert:A-17.")
    ] = None,
    on_behalf_of: Annotated[
        str | None,
        Option(
            "--for",
            metavar="AGENCY",
            help="Who said it, where --as writes it down.",
            parser=options.agency_id,
        ),
    ] = None,
    via: Annotated[Via | None, Option(help="How it reached --as.")] = None,
    time: Annotated[
        str | None, Option(metavar="TIME", help="When it happened; now if not given.")
    ] = None,
    id_: Annotated[
        str | None,
        Option("--id", metavar="ULID", help="Its id; a new one if not given."),
    ] = None,
    correlation: Annotated[
        str | None, Option(metavar="ID", help="What it belongs together with.")
    ] = None,
    causation: Annotated[
        str | None, Option(metavar="ID", help="The event it follows from.")
    ] = None,
    exercise: Annotated[
        bool, Option("--exercise", help="It is part of an exercise.")
    ] = False,
    file: Annotated[
        str | None,
        Option(metavar="FILE", help="Events as NDJSON or a JSON array; - is stdin."),
    ] = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Decide, and keep nothing.")
    ] = False,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Send events, and write each one's answer once it is durable."""
    settings = options.settings_of(home=home)
    sending = Sending(settings, sender, keep=not dry_run, json=json)
    if not json and not settings.contacts.is_dir():
        talk(
            f"{settings.contacts}: no such folder, so no contact is known and nobody"
            " can be paged; COORDINATOR_CONTACTS names another"
        )
    typed = {
        "--case": case,
        "--person": person,
        "--data": data,
        "--subject": subject,
        "--for": on_behalf_of,
        "--via": via,
        "--time": time,
        "--id": id_,
        "--correlation": correlation,
        "--causation": causation,
        "--exercise": exercise or None,
    }
    if file is not None:
        _check_alone(file, type_, typed)
        counts = send_file(sending, file)
    else:
        if type_ is None or sender is None:
            message = (
                "emit takes the TYPE of an event and --as AGENCY, or --file FILE;"
                " see coordinator emit --help"
            )
            raise UsageError(message)
        if case is not None and subject is not None:
            message = "--case and --subject: an event belongs to one of them; give one"
            raise UsageError(message)
        now = clock_of(settings).now()
        new = NewEvent(
            name=name_of(type_),
            sender=sender,
            data=data_of(data or "{}"),
            time=now if time is None else options.moment("--time", time),
            case=case,
            subject=subject,
            person=person,
            on_behalf_of=on_behalf_of,
            via=via,
            id=id_,
            correlation=correlation,
            causation=causation,
            exercise=exercise,
        )
        _hint(new.name, json=json)
        counts = send(sending, [(None, bytes_of(new, now))])
    if dry_run and not json:
        talk("A dry run: nothing was kept.")
    raise Exit(exit_code(counts))


def _check_alone(file: str, type_: str | None, typed: Mapping[str, object]) -> None:
    """See to it that nothing is typed that a file's events say themselves."""
    beside = [name for name, value in typed.items() if value is not None]
    if type_ is not None:
        beside.insert(0, type_)
    if beside:
        message = f"{', '.join(beside)} beside --file {file}: its events say that"
        raise UsageError(message)


def _hint(name: str, *, json: bool) -> None:
    alike = get_close_matches(name, CATALOGUE, n=1)
    if name not in CATALOGUE and alike and not json:
        talk(f"{name}: did you mean {alike[0]}?")
