"""
Linux's timers that are file descriptors, on the clock that tells the date.

Python has them from 3.13 on (`os.timerfd_create`); until then they are called through
the C library. Source: timerfd_create(2).
"""

import ctypes
import errno
import os
import time
from contextlib import suppress
from typing import Final

__all__ = ["Timerfd"]

# include/uapi/linux/timerfd.h; the same on every architecture.
_ABSOLUTE: Final = 1
_CANCEL_ON_SET: Final = 2


class _Timespec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    _fields_ = (("it_interval", _Timespec), ("it_value", _Timespec))


class Timerfd:
    """
    One timer; `fd` can be read when it has rung or the clock was set.

    Raises:
        OSError: There are no file descriptors left.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        flags = os.O_NONBLOCK | os.O_CLOEXEC
        self.fd: int = self._libc.timerfd_create(time.CLOCK_REALTIME, flags)
        if self.fd < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def set(self, at_ms: int) -> bool:
        """
        Ring at an instant, in milliseconds since 1970, instead of any other.

        An instant that is past rings at once.

        Returns:
            False where the clock was set since the last look: it may ring at another
            time than it would have, so look at the clock now.
        """
        seconds, rest_ms = divmod(max(at_ms, 1), 1000)  # zero would disarm it
        value = _Itimerspec(_Timespec(0, 0), _Timespec(seconds, rest_ms * 1_000_000))
        flags = _ABSOLUTE | _CANCEL_ON_SET
        if self._libc.timerfd_settime(self.fd, flags, ctypes.byref(value), None) == 0:
            return True
        number = ctypes.get_errno()
        if number == errno.ECANCELED:
            return False
        raise OSError(number, os.strerror(number))

    def clear(self) -> None:
        """Take note that it rang, so that `fd` cannot be read any more."""
        # ECANCELED: the clock was set. EAGAIN: it was set again meanwhile.
        with suppress(OSError):
            os.read(self.fd, 8)

    def close(self) -> None:
        """Give the file descriptor back."""
        os.close(self.fd)
