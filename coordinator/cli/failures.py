"""
What went wrong, for whoever has to act on it: one line, and the exit code.

    2  the command or its input is wrong     (usage)
    4  a task for whoever runs the bus       OperatorError, a file that cannot be read
    5  nothing was kept, try again           TransientError

An exception that is none of these is a mistake of ours and keeps its traceback.

Source: docs/rules.md, Problems; RFC 9457.
"""

import json
import re
import sys
from typing import Final, NamedTuple

from typer import TyperException

__all__ = ["NOT_KEPT", "OPERATOR", "REFUSED", "USAGE", "UsageError", "report"]

DIFFERENT: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
OPERATOR: Final = 4
NOT_KEPT: Final = 5

_MORE: Final = {False: "; see", True: " See"}
_PROBLEM: Final = "urn:nz:item23:problem:"


class UsageError(TyperException):
    """What was asked for cannot be done as written; the text says what can."""

    exit_code = USAGE


class Failure(NamedTuple):
    """An error as it is told; `status` is what HTTP would answer (RFC 9110)."""

    code: int
    rule: str
    status: int
    title: str
    detail: str


def report(error: Exception, *, as_json: bool) -> int:
    """
    Tell an error on stderr.

    Args:
        error: Whatever ended a command.
        as_json: As an RFC 9457 problem in place of a line for people.

    Returns:
        The exit code.

    Raises:
        Exception: The error itself, where it is nobody's doing but ours.
    """
    failure = _failure(error)
    if failure is None:
        raise error
    if not failure.detail:  # the help was shown in place of an error
        return failure.code
    if as_json:
        record = {
            "type": _PROBLEM + failure.rule,
            "title": failure.title,
            "status": failure.status,
            "detail": failure.detail,
            "rule": failure.rule,
            "cite": None,
        }
        line = json.dumps(record, ensure_ascii=False)
    else:
        line = f"coordinator: {failure.detail}"
    sys.stderr.write(f"{line}\n")
    return failure.code


def _failure(error: Exception) -> Failure | None:
    if isinstance(error, TyperException):
        detail = _usage(error)
        return Failure(USAGE, "usage", 400, "This cannot be done as written", detail)
    # Only what has been imported by now can have raised it.
    errors = sys.modules.get("coordinator.events.errors")
    detail = " ".join(str(error).split())
    if errors is not None and isinstance(error, errors.TransientError):
        return Failure(NOT_KEPT, _rule(error), 503, "Nothing was kept", detail)
    if errors is not None and isinstance(error, errors.CoordinatorError):
        title = "Whoever runs the bus must mend this"
        return Failure(OPERATOR, _rule(error), 500, title, detail)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        title = "A file cannot be used"
        return Failure(OPERATOR, "file", 500, title, f"{where}{error.strerror}")
    return None


def _usage(error: TyperException) -> str:
    """Put Typer's complaint on one line, and say where the help is."""
    text = " ".join(error.format_message().split()).replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    if context is None or not text:
        return text
    return f"{text.rstrip('.')}{_MORE[text[-1:] == '?']} {context.command_path} --help"


def _rule(error: Exception) -> str:
    """Name an error's class as a rule: HomeBusyError is home_busy."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
