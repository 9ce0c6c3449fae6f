"""A store that cannot write for a while."""

from typing import Any

from coordinator.runtime.port import Store, StoreFault

__all__ = ["FailingStore"]


class FailingStore:
    """A store that cannot write while `fails` is set, as on a full disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fails = False

    def append(self, *rows: Any, **named: Any) -> None:  # noqa: ANN401 - as the port has it
        """Keep all, or nothing."""
        if self.fails:
            message = "nothing was kept: the disk is full"
            raise StoreFault(message)
        self._store.append(*rows, **named)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the store's own
        return getattr(self._store, name)
