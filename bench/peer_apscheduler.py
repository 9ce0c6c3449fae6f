"""
The peer: APScheduler with its SQL job store on SQLite, all jobs due in one instant.

Each job is a row of its job store, runs once, and records its firing: a row of its own
in a second SQLite file, in a transaction of its own, since a job knows nothing of the
other jobs. It decides nothing. Both files write ahead with `synchronous=FULL`. The
scheduler is a `BackgroundScheduler` as it comes, ten threads; jobs never misfire, so
that none is dropped for being late.

Source: https://apscheduler.readthedocs.io (3.x)
"""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

# It comes without types.
from apscheduler.jobstores.sqlalchemy import (  # type: ignore[import-untyped]
    SQLAlchemyJobStore,
)
from apscheduler.schedulers.background import (  # type: ignore[import-untyped]
    BackgroundScheduler,
)
from sqlalchemy import create_engine, event

from bench.measuring import WrongRunError
from coordinator.runtime.clock import SystemClock

__all__ = ["drain"]

# No job may be due before the last is there. They are added without waiting for the
# disk, which makes that half a millisecond each.
_TO_ADD_ONE: Final = timedelta(milliseconds=2)
_FULL: Final = 2
_TO_START: Final = timedelta(seconds=2)


class _Record:
    """Where firings are recorded; one for the process, since jobs are found by name."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection: sqlite3.Connection | None = None
        self.recorded: list[datetime] = []
        self.count = 0
        self.done = threading.Event()

    def open(self, path: Path, count: int) -> None:
        """Begin a file, for so many firings."""
        self.connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False
        )
        _make_durable(self.connection)
        self.connection.execute("CREATE TABLE firing (job INTEGER PRIMARY KEY)")
        self.recorded, self.count = [], count
        self.done.clear()


_record: Final = _Record()
_clock: Final = SystemClock()


def fire(job: int) -> None:
    """Record a firing, durably."""
    with _record.lock:
        if _record.connection is None:
            message = "nobody waits for this"
            raise WrongRunError(message)
        _record.connection.execute("INSERT INTO firing VALUES (?)", (job,))
        _record.recorded.append(_clock.now())
        if len(_record.recorded) == _record.count:
            _record.done.set()


def drain(folder: Path, count: int) -> Sequence[float]:
    """Have so many jobs due at once; give each firing's lateness, in seconds."""
    engine = create_engine(f"sqlite:///{folder / 'jobs.sqlite'}")
    connected = [_make_hasty]
    event.listen(engine, "connect", lambda one, _: connected[-1](one))
    scheduler: Any = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        job_defaults={"misfire_grace_time": None},
    )
    _record.open(folder / "fired.sqlite", count)
    scheduler.start(paused=True)
    due = _clock.now() + count * _TO_ADD_ONE + _TO_START
    for job in range(count):
        scheduler.add_job(fire, "date", run_date=due, args=[job])
    connected.append(_make_durable)
    engine.dispose()  # what it connects from now on is durable
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA synchronous").scalar() != _FULL:
            message = "the peer is not durable"
            raise WrongRunError(message)
    scheduler.resume()
    late = _clock.now() >= due
    _record.done.wait()
    scheduler.shutdown()
    engine.dispose()
    if _record.connection is not None:
        _record.connection.close()
    if late:
        message = "the peer's jobs were due before all of them were there"
        raise WrongRunError(message)
    return [(at - due) / timedelta(seconds=1) for at in _record.recorded]


def _make_hasty(connection: Any) -> None:  # noqa: ANN401 - either driver's object
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")


def _make_durable(connection: Any) -> None:  # noqa: ANN401 - either driver's object
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {_FULL}")
