"""
The runtimes that keep the contract, each as a home that can be opened again.

Closing a store and opening its home again is what a restart is; memory's restart is a
new step on the same store.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from coordinator.runtime.memory import MemoryStore
from coordinator.runtime.port import Store
from coordinator.runtime.sqlite.store import SqliteStore

__all__ = ["HOMES", "Home", "MemoryHome", "SqliteHome"]


class Home(Protocol):
    """What a test has of a runtime: a place that outlives the stores opened on it."""

    def open(self) -> Store:
        """Open what is kept there; a store opened before is closed first."""


class MemoryHome:
    """A home for as long as the test lasts."""

    def __init__(self, _: Path) -> None:
        self._store = MemoryStore()

    def open(self) -> Store:
        """Give the one store there is."""
        self._store.close()
        return self._store


class SqliteHome:
    """A home on disk."""

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


HOMES: dict[str, Callable[[Path], Home]] = {"memory": MemoryHome, "sqlite": SqliteHome}
