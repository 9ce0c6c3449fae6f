"""
A profile's files, read as one mapping, with the file and line of every part.

    include: [calendars.yaml]   the sections of other files, as if they stood here
    extends: nz_2009.yaml       another profile, of which this one says what differs

Rule 1: what extends says only what differs. A section's entry stands over the base's
key by key; `null` takes an entry or a key away; a list or a single value replaces the
base's, save where it is written `{without: [3], also: [...]}`: that takes entries of
the base's list away, counted from 1, and puts others behind. Rule 2: it has a name, a
version, a title and a source of its own. Rule 3: nothing leads back to where it came
from.

Source: docs/adr/0002-the-protocol-is-data.md.
"""

from collections.abc import Callable
from typing import Any

from coordinator.events import OperatorError
from coordinator.events.located_yaml import Located, LocatedError, read_located

__all__ = ["Path", "Sources"]

Path = tuple[str | int, ...]
Read = Callable[[str], str]

_EXTENDS, _INCLUDE = "extends", "include"
_OWN = ("profile", "version", "title", "source")
# Deep enough for a section, its entries and their keys: what stands over a base's.
_DEPTH = 3


class Sources:
    """
    A profile's file and those it builds on.

    `value` is the whole as one JSON value; `fault` places a complaint about a part.
    """

    def __init__(self, file: str, read: Read) -> None:
        """
        Read the files.

        Raises:
            LocatedError: One of them cannot be read, or they do not fit together.
        """
        self._read = read
        self._origin: dict[Path, Located] = {}
        self.value: dict[str, Any] = {}
        self._take(file, ())

    def fault(self, path: Path, problem: str) -> LocatedError:
        """Give a fault with the file and line nearest to its path."""
        near = (path[:length] for length in range(min(len(path), _DEPTH), -1, -1))
        located = next(self._origin[part] for part in near if part in self._origin)
        return _fault(located, path, problem)

    def _take(self, file: str, behind: tuple[str, ...]) -> None:
        """Take a file and, first, what it extends; `behind` are those that led here."""
        located = read_located(self._read(file), file=file)
        own = _mapping(located)
        base = own.pop(_EXTENDS, None)
        included = own.pop(_INCLUDE, [])
        if base is not None:
            self._extend(located, own, str(base), (*behind, file))
        self._origin[()] = located
        self._lay(located, own, extends=base is not None)
        for name in included if isinstance(included, list) else [included]:
            text = self._text(located, _INCLUDE, str(name))
            self._include(read_located(text, file=str(name)))

    def _extend(
        self, located: Located, own: dict[str, Any], base: str, behind: tuple[str, ...]
    ) -> None:
        if base in behind:
            problem = (
                f"extends leads back to {base}; valid is a profile that does not"
                " itself build on this one"
            )
            raise _fault(located, (_EXTENDS,), problem)
        for key in _OWN:
            if key not in own:
                problem = (
                    f"{key} is missing; a profile that extends another has its own"
                )
                raise _fault(located, (_EXTENDS,), problem)
        self._text(located, _EXTENDS, base)
        self._take(base, behind)

    def _text(self, located: Located, key: str, name: str) -> str:
        try:
            return self._read(name)
        except OperatorError as error:
            raise _fault(located, (key,), str(error)) from None

    def _include(self, located: Located) -> None:
        for key, value in _mapping(located).items():
            if key in self.value:
                problem = f"{key} stands in {self._origin[key,].file} already"
                raise _fault(located, (key,), problem)
            self.value[key] = value
            self._origin[key,] = located

    def _lay(self, located: Located, own: dict[str, Any], *, extends: bool) -> None:
        """Lay a file's sections over what is there."""
        for key, value in own.items():
            self._lay_over(located, self.value, (key,), value, extends=extends)

    def _lay_over(
        self,
        located: Located,
        parts: dict[str, Any],
        path: Path,
        value: object,
        *,
        extends: bool,
    ) -> None:
        """Put one part in its place: over the base's, beside it, or away."""
        key = str(path[-1])
        there = parts.get(key)
        if extends and value is None:
            if key not in parts:
                problem = f"there is no {key} here to take away"
                raise _fault(located, path, problem)
            del parts[key]
            return
        self._origin[path] = located
        if isinstance(there, dict) and isinstance(value, dict) and len(path) < _DEPTH:
            inner = dict(there)
            for name, one in value.items():
                self._lay_over(located, inner, (*path, name), one, extends=extends)
            parts[key] = inner
        elif extends and isinstance(there, list) and isinstance(value, dict):
            parts[key] = self._changed(located, path, there, value)
        else:
            parts[key] = value

    def _changed(
        self, located: Located, path: Path, there: list[Any], change: dict[str, Any]
    ) -> list[Any]:
        """Take entries of the base's list away, and put others behind."""
        gone, more = change.get("without", []), change.get("also", [])
        fits = isinstance(gone, list) and isinstance(more, list)
        if not fits or not change.keys() <= {"without", "also"}:
            problem = "a list of the base is changed by {without: [3], also: [...]}"
            raise _fault(located, path, problem)
        for place in gone:
            if place not in range(1, len(there) + 1):
                problem = f"the base has no {place} here; it has 1 to {len(there)}"
                raise _fault(located, path, problem)
        kept = [one for place, one in enumerate(there, 1) if place not in gone]
        return [*kept, *more]


def _fault(located: Located, path: Path, problem: str) -> LocatedError:
    return LocatedError(file=located.file, line=located.line(path), problem=problem)


def _mapping(located: Located) -> dict[str, Any]:
    if not isinstance(located.value, dict):
        problem = "a profile is a mapping of keys to entries"
        raise _fault(located, (), problem)
    return dict(located.value)
