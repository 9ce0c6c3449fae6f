"""Profiles for tests: the packaged one, what is derived from it, and broken ones."""

from copy import deepcopy
from functools import cache
from typing import Any, Final

from coordinator.protocol import Profile, load_profile, profile_from_value
from tests.golden.stories import PROFILES, nz_2009

__all__ = ["MAIN", "derived", "load_changed", "modern", "texts"]

MAIN: Final = "nz_2009.yaml"


@cache
def texts() -> dict[str, str]:
    """Give the packaged profile's files, by name."""
    return {
        name: (PROFILES / name).read_text(encoding="utf-8")
        for name in (MAIN, "calendars.yaml")
    }


def load_changed(changed: dict[str, str]) -> Profile:
    """Load the packaged profile with some of its files' texts replaced."""
    files = texts() | changed
    return load_profile(MAIN, files.__getitem__)


def derived(changes: dict[str, Any]) -> Profile:
    """
    Derive a profile from the packaged one, unchecked.

    `changes` maps paths such as `limits/repeat` to new values.
    """
    value = deepcopy(dict(nz_2009().value))
    for path, new in changes.items():
        *parents, last = path.split("/")
        node = value
        for part in parents:
            node = node[part]
        node[last] = new
    return profile_from_value(value)


@cache
def modern() -> Profile:
    """Give the packaged profile of today's law, which extends that of 2009."""
    return load_profile(
        "nz_modern.yaml",
        lambda name: (PROFILES / name).read_text(encoding="utf-8"),
    )
