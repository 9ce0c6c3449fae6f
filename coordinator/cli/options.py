"""
Options that commands share, and how what is typed is read.

Reading is forgiving where a slip of the hand can be told from another meaning: an
agency's id in capitals, a case reference in lower case, an obligation's id cut short.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import ValidationError
from typer import Argument, Option

from coordinator.cli.failures import UsageError
from coordinator.events import OperatorError, parse_time, read_case_reference
from coordinator.settings import Settings

__all__ = [
    "AsAgency",
    "AsJson",
    "Home",
    "ProfileGiven",
    "ProfileName",
    "agency_id",
    "case_key",
    "moment",
    "settings_of",
]


def agency_id(text: str) -> str:
    """Read an agency's id as typed; ids are in lower case."""
    return text.strip().lower()


Home = Annotated[
    Path | None,
    Option(
        "--home",
        metavar="DIR",
        help="Where the bus keeps everything; also COORDINATOR_HOME, else ./var.",
    ),
]
AsJson = Annotated[
    bool,
    Option("--json", help="For programs: one JSON value a line, problems too."),
]
ProfileGiven = Annotated[
    str, Argument(metavar="P", help="A packaged profile's name, or a file.")
]
ProfileName = Annotated[
    str | None,
    Option(
        "--profile",
        metavar="PROFILE",
        help="The protocol: a packaged name or a file; also COORDINATOR_PROFILE.",
    ),
]
AsAgency = Annotated[
    str | None,
    Option("--as", metavar="AGENCY", help="The agency that looks.", parser=agency_id),
]


def settings_of(*, home: Path | None = None, profile: str | None = None) -> Settings:
    """
    Give the settings: those of the environment, where no option says otherwise.

    Raises:
        OperatorError: An environment variable holds what it cannot.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in wrong["loc"]).upper()
        message = f"COORDINATOR_{name} in the environment: {wrong['msg']}"
        raise OperatorError(message) from None
    given = {"home": home, "profile": profile}
    return settings.model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )


def case_key(text: str) -> str:
    """
    Read a case reference as a person typed it; a scope (`alert:A-17`) as it is.

    Raises:
        UsageError: It is neither.
    """
    reference = read_case_reference(text)
    if reference is not None:
        return reference
    if ":" in text:
        return text
    message = (
        f"{text}: not a case reference; one is TP-XXXXX-XXXXX-C, and its last character"
        " checks the others: read it again, one of them is wrong or missing"
    )
    raise UsageError(message)


def moment(option: str, text: str) -> datetime:
    """
    Read an option's time.

    Raises:
        UsageError: It is none.
    """
    try:
        return parse_time(text)
    except ValueError as error:
        message = f"{option} {text}: not a time; it takes {error}"
        raise UsageError(message) from None
