"""
A log as one number: the same for the same decisions, whatever runtime keeps them.

Decisions of one case have an order; those of different cases have none that every
runtime agrees on, since a cluster keeps them in partitions. So each case or scope has
a digest of its own decisions, and the log's is taken over these, sorted.
"""

from hashlib import sha256
from typing import Any, Final

__all__ = ["LogDigest"]

_END: Final = b"\n"


class LogDigest:
    """
    The digest of a log, so far as its decisions were taken.

    It is SHA-256, in hexadecimal, over a line for each key in order, `<digest>  <key>`
    as sha256sum writes it; a key's digest is SHA-256 over its decisions in order, each
    followed by a line feed. Memory: some hundred bytes a key.
    """

    def __init__(self) -> None:
        self._of: dict[str, Any] = {}  # hashlib names no type

    def take(self, key: str, decision: bytes) -> None:
        """Take a key's next decision, as it is written."""
        running = self._of.get(key)
        if running is None:
            running = self._of[key] = sha256()
        running.update(decision + _END)

    def hexdigest(self) -> str:
        """Give the digest of what was taken; more may be taken afterwards."""
        lines = sha256()
        for key in sorted(self._of):
            lines.update(f"{self._of[key].hexdigest()}  {key}\n".encode())
        return lines.hexdigest()
