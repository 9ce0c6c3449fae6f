"""Versions of the packaged profile, derived for tests."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

from coordinator.protocol import Profile, profile_from_value
from tests.contract.telling import T0, packaged

__all__ = ["LATER", "SECOND", "version", "without_danger"]

LATER: Final = T0 + timedelta(minutes=5)
"""When the second version is activated."""


def version(number: int, change: Callable[[dict[str, Any]], object]) -> Profile:
    """Derive a version of the packaged profile."""
    value = deepcopy(dict(packaged().value)) | {"version": number}
    change(value)
    return profile_from_value(value)


def without_danger(value: dict[str, Any]) -> None:
    """Take the assessment of danger away."""
    del value["obligations"]["assess_danger"]


SECOND: Final = version(2, without_danger)
