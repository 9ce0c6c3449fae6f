"""
The operator's log: JSON on stderr, a line for each thing that happened.

    {"event": "group.handed_over", "partitions": 4, "level": "warning", "timestamp": …}

Rule 1: an event's name is constant and its values are ids and numbers; no name, place,
telephone number or word of a case is in them. Rule 2: what other libraries have to say
is taken from warnings on, and without its values: they quote what they cannot read,
as well as what they crash on. It stands there as `library`, with the place in their
source, the kind of error, and the words as they stand in the source where those are
known to be constant. Rule 3: what ends the process by a mistake of ours is told in the
same way, in place of a traceback, which ends with the exception's own words.

Source: docs/operations.md, Logs; structlog, Standard library logging.
"""

import logging
import sys
from types import TracebackType
from typing import Final, TextIO

import orjson
import structlog

from coordinator.runtime.failing import whereabouts

__all__ = ["log_as_json"]

# Its calls have their words as a constant, each of them; Faust's have not.
_CONSTANT: Final = frozenset({"aiokafka"})


def log_as_json(stream: TextIO | None = None) -> None:
    """
    Have everything that is logged in this process written as JSON.

    Args:
        stream: Where; by default stderr.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed


class _Libraries(logging.Handler):
    """Takes what libraries log, and leaves out what it is about."""

    _log = structlog.get_logger(__name__)

    def emit(self, record: logging.LogRecord) -> None:
        """Write where it comes from, and what kind of thing it is."""
        values: dict[str, str] = {
            "library": record.name,
            "where": f"{record.module}.{record.funcName}:{record.lineno}",
        }
        if record.name.partition(".")[0] in _CONSTANT:
            values["says"] = str(record.msg)
        error = _error_in(record)
        if error is not None:
            values["error"] = type(error).__name__
        # Libraries have levels of their own in between.
        level = min(record.levelno // 10 * 10, logging.CRITICAL)
        self._log.log(level, "library", **values)


def _crashed(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if isinstance(error, Exception):
        structlog.get_logger(__name__).critical("process.crashed", **whereabouts(error))
    else:
        sys.__excepthook__(kind, error, trace)


def _error_in(record: logging.LogRecord) -> BaseException | None:
    """Find the exception that is logged, as such or as a value."""
    if record.exc_info and record.exc_info[1] is not None:
        return record.exc_info[1]
    values = record.args if isinstance(record.args, tuple) else ()
    return next((one for one in values if isinstance(one, BaseException)), None)


def _json(said: object, **_: object) -> str:
    return orjson.dumps(said, default=lambda value: type(value).__name__).decode()
