"""A store that keeps nothing beyond the process; what the others are compared with."""

from coordinator.runtime.memory.store import MemoryStore

__all__ = ["MemoryStore"]
