"""
Files beside the cluster that a worker may lose: what it has read already, at hand.

A cache says of each partition how far it goes, in the same transaction as what it
holds. It is nobody's truth: one that is damaged, older, or of another cluster is made
anew. It is not synced to the disk either; a file that a power cut tore is damaged.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import structlog
from aiokafka.structs import TopicPartition

from coordinator.runtime.port import StoreError

__all__ = ["Cache", "claimed", "place_name", "place_named", "remove"]

_log = structlog.get_logger(__name__)

_PLACES: Final = (
    "CREATE TABLE place (partition TEXT PRIMARY KEY, next INTEGER NOT NULL)"
)


@contextmanager
def claimed(folder: Path, name: str) -> Iterator[Path]:
    """
    Have a file name to oneself, while the block runs: the first one that is free.

    Another process of the same kind on this machine has another one; one that is
    started again after the last one was killed finds that one's.

    Args:
        folder: Made if it is not there; only its owner may enter it.
        name: What the file's name begins with.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in count():
        path = folder / f"{name}-{number}.lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        try:
            yield path.with_suffix(".sqlite")
        finally:
            os.close(lock)
        return


class Cache:
    """
    A disposable SQLite file.

    Args:
        path: Where; nobody else may use it.
        mark: Of what it is a cache: one with another mark is made anew.
        tables: Statements that make its tables.
    """

    def __init__(self, path: Path, mark: str, tables: Sequence[str]) -> None:
        self._path = path
        self._tables = (_PLACES, *tables)
        try:
            self._connection = self._opened(mark)
        except sqlite3.Error as error:
            _log.warning("cache.made_anew", error=type(error).__name__)
            remove(path)
            self._connection = self._opened(mark)

    def places(self) -> dict[TopicPartition, int]:
        """Say how far it goes: of each partition, the offset to read next."""
        return {
            place_named(name): place
            for name, place in self.rows("SELECT partition, next FROM place")
        }

    def keep(
        self,
        rows: Mapping[str, Sequence[tuple[Any, ...]]],
        places: Mapping[TopicPartition, int],
    ) -> None:
        """
        Add rows, each by its statement, and say how far it goes with them.

        Raises:
            StoreError: The file cannot be written, and is gone.
        """
        connection = self._connection
        try:
            connection.execute("BEGIN")
            for statement, some in rows.items():
                connection.executemany(statement, some)
            connection.executemany(
                "INSERT OR REPLACE INTO place VALUES (?, ?)",
                [(place_name(one), place) for one, place in places.items()],
            )
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._lost(error) from error

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """
        Ask for rows.

        Raises:
            StoreError: The file is damaged, and gone.
        """
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._lost(error) from error

    def _lost(self, error: sqlite3.Error) -> StoreError:
        """Throw away what cannot be used: the next start makes it anew."""
        remove(self._path)
        what = type(error).__name__
        return StoreError(
            f"{self._path}: the cache could not be used ({what}) and is thrown away;"
            " see that the disk has room, and start again"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _opened(self, mark: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, cached_statements=64
        )
        try:
            connection.execute("PRAGMA page_size = 16384")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("CREATE TABLE IF NOT EXISTS mark (mark TEXT NOT NULL)")
            found = connection.execute("SELECT mark FROM mark").fetchall()
            if found and found != [(mark,)]:
                message = "of another cluster, or an older program"
                raise sqlite3.DatabaseError(message)
            if not found:
                connection.execute("BEGIN")
                for statement in self._tables:
                    connection.execute(statement)
                connection.execute("INSERT INTO mark VALUES (?)", (mark,))
                connection.execute("COMMIT")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def remove(path: Path) -> None:
    """Throw a cache's files away."""
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def place_name(partition: TopicPartition) -> str:
    """Write a partition as text."""
    return f"{partition.topic}/{partition.partition}"


def place_named(name: str) -> TopicPartition:
    """Read a partition again."""
    topic, _, partition = name.rpartition("/")
    return TopicPartition(topic, int(partition))
