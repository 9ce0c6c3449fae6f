"""
From a profile's text to a checked profile, with file and line in every complaint.

This module parses; reading files is `bootstrap`'s. What comes back can be written
down as one JSON value and read again (`profile_from_value`): a replay reads that,
never the file.

Source: docs/adr/0002-the-protocol-is-data.md.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import orjson
from pydantic import ValidationError

from coordinator.protocol.check import check
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.rules import Rules, compile_rules
from coordinator.protocol.sources import Path, Sources

__all__ = ["Profile", "load_profile", "parse_profile", "profile_from_value"]

# Section, entry, key: longer than this, a path leads into an entry.
_IN_ENTRY = 2


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """
    A profile ready for use.

    Attributes:
        spec: What it says.
        rules: The same, compiled.
        value: The JSON value that it is kept as.
        digest: SHA-256 of that value with sorted keys, in hexadecimal.
    """

    spec: ProfileSpec
    rules: Rules
    value: Mapping[str, Any]
    digest: str


def load_profile(file: str, read: Callable[[str], str]) -> Profile:
    """
    Read a profile, and the files it builds on.

    Args:
        file: The profile's file name.
        read: Gives a file's text by its name; another one's by the name that
            `include` or `extends` gives.

    Raises:
        LocatedError: The first fault found, with its file and line.
    """
    spec, sources = parse_profile(file, read)
    for finding in check(spec):
        raise sources.fault(finding.path, finding.problem)
    return _profile(spec, sources.value)


def parse_profile(file: str, read: Callable[[str], str]) -> tuple[ProfileSpec, Sources]:
    """
    Read a profile whose names may still lead nowhere, as `load_profile` does.

    What comes beside it places complaints about its parts.

    Raises:
        LocatedError: The first fault of its shape.
    """
    sources = Sources(file, read)
    try:
        return ProfileSpec.model_validate(sources.value), sources
    except ValidationError as error:
        raise sources.fault(*_first_fault(error, sources.value)) from None


def profile_from_value(value: Mapping[str, Any]) -> Profile:
    """Make a profile again from the value it was kept as."""
    return _profile(ProfileSpec.model_validate(value), value)


def _profile(spec: ProfileSpec, value: Mapping[str, Any]) -> Profile:
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return Profile(
        spec=spec,
        rules=compile_rules(spec),
        value=value,
        digest=hashlib.sha256(written).hexdigest(),
    )


def _first_fault(error: ValidationError, value: Mapping[str, Any]) -> tuple[Path, str]:
    """Put pydantic's complaint in a profile keeper's words."""
    faults = error.errors(include_url=False, include_input=False)
    # A misspelt key leaves its right name missing: the misspelling is the fault.
    first = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    path = tuple(first["loc"])
    where = ".".join(str(part) for part in path) or "the profile"
    kind = first["type"]
    if kind == "missing":
        return path, f"{where} is missing{_perhaps(path, value)}"
    if kind == "extra_forbidden":
        return path, f"{where} is no key that is valid here; check its spelling"
    return path, f"{where}: {first['msg'].removeprefix('Value error, ')}"


def _perhaps(path: Path, value: Mapping[str, Any]) -> str:
    """Guess that an entry which is not whole is another one, misspelt."""
    entries = value.get(str(path[0])) if len(path) > _IN_ENTRY else None
    if not isinstance(entries, Mapping):
        return ""
    others = [name for name in entries if name != path[1]]
    near = get_close_matches(str(path[1]), others, n=1, cutoff=0.8)
    return f"; if {path[1]} is not new, did you mean {near[0]}?" if near else ""
