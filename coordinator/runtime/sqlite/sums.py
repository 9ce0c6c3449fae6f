"""
Checksums of the log's rows, so that damage inside one is noticed when it is read.

SQLite notices a damaged page by its structure; inside a long text it has nothing to go
by. A row therefore carries the CRC-32 of its event and of the whole, as they were
written. It guards against disks, not against people: it is no proof.
"""

from zlib import crc32

__all__ = ["event_sum", "row_sum"]


def event_sum(event: bytes) -> int:
    """Sum up an event's bytes, as sent."""
    return crc32(event)


def row_sum(place: tuple[object, ...], of_event: int, decision: bytes) -> int:
    """Sum up a row: numbers and texts that place it, its event's sum, its decision."""
    written = "\n".join(map(str, place)).encode()
    return crc32(decision, crc32(written, of_event))
