"""
The partition of a case, computed here and nowhere else.

Kafka's clients hash a key each in its own way, so whoever writes to a topic keyed by
case names the partition itself. The count is fixed when the topics are made: with
another one a case's records would stand in two places.
"""

from hashlib import sha256

__all__ = ["partition_for"]


def partition_for(key: str, partitions: int) -> int:
    """
    Give the partition, from 0, of a case reference or scope.

    It is the first 64 bits, big-endian, of the key's SHA-256 in UTF-8, modulo
    `partitions`: the same in every client, version and language.
    """
    return int.from_bytes(sha256(key.encode()).digest()[:8]) % partitions
