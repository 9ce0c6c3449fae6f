"""
Errors of the contacts directory.

OperatorError
└── LocatedError
    └── DirectoryError   one line of one file is wrong: mend it there
"""

from coordinator.events.located_yaml import LocatedError


class DirectoryError(LocatedError):
    """
    The contacts directory is wrong at one line of one file.

    What cannot be put down to a line (a folder that is not there) is given line 1.
    The text quotes ids and names of fields, never an address, a title or a name.
    """
