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
from typing import Any

import orjson
from pydantic import ValidationError

from coordinator.events import OperatorError
from coordinator.events.located_yaml import Located, LocatedError, read_located
from coordinator.protocol.check import check
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.rules import Rules, compile_rules

__all__ = ["Profile", "load_profile", "profile_from_value"]

Path = tuple[str | int, ...]


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
    Read a profile, and the files it includes.

    Args:
        file: The profile's file name.
        read: Gives a file's text by its name; an included one's by the name that
            `include` gives.

    Raises:
        LocatedError: The first fault found, with its file and line.
    """
    sources = _Sources(file, read)
    try:
        spec = ProfileSpec.model_validate(sources.value)
    except ValidationError as error:
        raise sources.fault(*_first_fault(error)) from None
    for finding in check(spec):
        raise sources.fault(finding.path, finding.problem)
    return _profile(spec, sources.value)


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


class _Sources:
    """A profile's file and those it includes, read as one mapping."""

    def __init__(self, file: str, read: Callable[[str], str]) -> None:
        main = read_located(read(file), file=file)
        self._main = file, main
        self._by_key: dict[str, tuple[str, Located]] = {}
        self.value: dict[str, Any] = {}
        self._take(file, main)
        included = self.value.pop("include", [])
        for name in included if isinstance(included, list) else [included]:
            try:
                text = read(str(name))
            except OperatorError as error:
                raise self.fault(("include",), str(error)) from None
            self._take(str(name), read_located(text, file=str(name)))

    def _take(self, file: str, located: Located) -> None:
        if not isinstance(located.value, dict):
            raise LocatedError(
                file=file, line=1, problem="a profile is a mapping of keys to entries"
            )
        for key, value in located.value.items():
            if key in self.value:
                raise LocatedError(
                    file=file,
                    line=located.line((key,)),
                    problem=f"{key} stands in {self._by_key[key][0]} already",
                )
            self.value[key] = value
            self._by_key[key] = file, located

    def fault(self, path: Path, problem: str) -> LocatedError:
        """Give a fault with the file and line nearest to its path."""
        file, located = self._by_key.get(str(path[0]) if path else "", self._main)
        return LocatedError(file=file, line=located.line(path), problem=problem)


def _first_fault(error: ValidationError) -> tuple[Path, str]:
    """Put pydantic's complaint in a profile keeper's words."""
    faults = error.errors(include_url=False, include_input=False)
    # A misspelt key leaves its right name missing: the misspelling is the fault.
    first = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    path = tuple(first["loc"])
    where = ".".join(str(part) for part in path) or "the profile"
    kind = first["type"]
    if kind == "missing":
        return path, f"{where} is missing"
    if kind == "extra_forbidden":
        return path, f"{where} is no key that is valid here; check its spelling"
    return path, f"{where}: {first['msg'].removeprefix('Value error, ')}"
