"""
`coordinator topics users`: passwords of the bus's principals, set on the cluster.

Each file of a folder, `case` or `agency.police`, holds the password of the principal of
that name. No password is an argument, where others on the machine could read it, and
none is shown.
"""

import re
from pathlib import Path
from typing import Annotated, Final

from typer import Argument, echo

from coordinator.cli import options
from coordinator.cli.failures import UsageError
from coordinator.cli.screen import put_value
from coordinator.connecting import connection_of
from coordinator.events import AGENCY_PATTERN, OperatorError
from coordinator.runtime.kafka.users import Users
from coordinator.topics import Role, group_of

__all__ = ["users"]

_SHORTEST: Final = 16


def users(
    folder: Annotated[
        Path,
        Argument(
            metavar="DIR", help="A file for each principal, with its password in it."
        ),
    ],
    *,
    json: options.AsJson = False,
) -> None:
    """Set the password of each principal that has a file."""
    connection = connection_of(options.settings_of())
    passwords = {
        _principal(file): _password(file)
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith(".")
    }
    if not passwords:
        message = f"{folder}: no file is in it; each principal has one of its name"
        raise UsageError(message)
    Users(connection).set(passwords)
    for name in passwords:
        if json:
            put_value({"change": "set", "principal": f"User:{name}"})
        else:
            echo(f"set  User:{name}")


def _principal(file: Path) -> str:
    """Read whose password a file holds."""
    agency = file.name.removeprefix(group_of(Role.AGENCY, ""))
    roles = [role.value for role in Role if role is not Role.AGENCY]
    if file.name in roles or (
        agency != file.name and re.fullmatch(AGENCY_PATTERN, agency)
    ):
        return file.name
    message = (
        f"{file}: no principal of the bus; they are {', '.join(roles)} and"
        f" {group_of(Role.AGENCY, 'ID')} of each agency"
    )
    raise UsageError(message)


def _password(file: Path) -> str:
    try:
        # Editors end a file with a line feed; no password does.
        password = file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        password = ""
    if len(password) < _SHORTEST or not password.isprintable():
        message = (
            f"{file}: not a password, which is one line of {_SHORTEST} characters or"
            " more; `openssl rand -hex 32` makes one"
        )
        raise OperatorError(message)
    return password
