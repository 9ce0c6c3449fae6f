"""
The stores that keep the port's promises, each on a shelf to be taken from again.

Closing a store and opening its shelf again is what a restart is to it; memory's is the
same store once more.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from coordinator.runtime.memory import MemoryStore
from coordinator.runtime.port import Store
from coordinator.runtime.sqlite.store import SqliteStore

__all__ = ["SHELVES", "MemoryShelf", "Shelf", "SqliteShelf"]


class Shelf(Protocol):
    """A place that outlives the stores opened on it."""

    def open(self) -> Store:
        """Open what is kept there; a store opened before is closed first."""

    def close(self) -> None:
        """Close what was opened last."""


class MemoryShelf:
    """A shelf for as long as the test lasts."""

    def __init__(self, _: Path) -> None:
        self._store = MemoryStore()

    def open(self) -> Store:
        """Give the one store there is."""
        self._store.close()
        return self._store

    def close(self) -> None:
        """Close it; it keeps what it has."""
        self._store.close()


class SqliteShelf:
    """A shelf on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bus.sqlite"
        self._store: SqliteStore | None = None

    def open(self) -> Store:
        """Open the file, new or not."""
        self.close()
        self._store = SqliteStore(self.path)
        return self._store

    def close(self) -> None:
        """Close what was opened last."""
        if self._store is not None:
            self._store.close()


SHELVES: dict[str, Callable[[Path], Shelf]] = {
    "memory": MemoryShelf,
    "sqlite": SqliteShelf,
}
