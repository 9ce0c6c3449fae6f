"""
Who can be reached: the agencies' people, their roles and how to reach them.

The values are here. `coordinator.contacts.loading` reads them from the files people
edit; it is not imported here, so that what computes need not touch the disk.
"""

from coordinator.contacts.directory import (
    EMPTY,
    ROLES,
    AgencyContacts,
    Directory,
    Method,
    MethodKind,
    Person,
    PublicKey,
)
from coordinator.contacts.errors import DirectoryError

__all__ = [
    "EMPTY",
    "ROLES",
    "AgencyContacts",
    "Directory",
    "DirectoryError",
    "Method",
    "MethodKind",
    "Person",
    "PublicKey",
]
