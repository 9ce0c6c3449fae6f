"""
YAML text to plain values, each with the line it stands on.

The files people edit (protocol profiles, the contacts directory) are read through
here, so that every later error can name a file and a line. The YAML accepted is the
part that means the same to every reader:

- One document of mappings, lists and scalars. No anchors, aliases, merges or tags:
  what a line says must stand on that line.
- Keys are text, and each is given once.
- Unquoted `true`, `false`, `null`, `~`, nothing at all, and plain decimal numbers
  (`7`, `-0.5`) have a type. All else is text: `no` is Norwegian, `17:00` a time of
  day, `2026-04-05` a date still to be read, `007` a code. (YAML 1.2's rule; by that
  of 1.1 they would be false, 1020, a date object and 7.)

Pure: text in, values out. The caller reads the file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NoReturn, Protocol, TypeAlias

import yaml

from coordinator.events.errors import OperatorError

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"
ValuePath: TypeAlias = tuple[str | int, ...]
_Opening: TypeAlias = yaml.ScalarEvent | yaml.CollectionStartEvent


class _Mark(Protocol):
    """What both of PyYAML's marks have."""

    @property
    def line(self) -> int: ...


# 1 MiB: some twenty times the largest profile a person could keep in mind, and read
# in about a second.
MAX_BYTES: Final = 1_048_576
# Levels of nesting: our own files need eight or so; far below Python's own limit.
MAX_DEPTH: Final = 32
# No figure in a profile needs more, and up to here no float overflows.
MAX_DIGITS: Final = 15
# Names quoted in an error stay short enough for one line.
_QUOTED_CHARS: Final = 60

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
# How the parser marks a scalar in quotes, or a block: text, whatever it looks like.
_QUOTED: Final = (False, True)
_WORDS: Final[Mapping[str, bool | None]] = MappingProxyType(
    {"true": True, "false": False, "null": None, "~": None, "": None}
)


class LocatedError(OperatorError):
    """
    A file people edit is wrong at one line.

    Attributes:
        file: The name the caller gave.
        line: Counted from 1.
        problem: One line: what is wrong and what would be valid.
    """

    def __init__(self, *, file: str, line: int, problem: str) -> None:
        """Make the text `file:line: problem`."""
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Located:
    """
    A document's value, and where each part of it stands.

    Attributes:
        file: The name the caller gave.
        value: Made of dict, list, str, int, float, bool and None; an empty
            document is None.
    """

    file: str
    value: Plain
    _lines: Mapping[ValuePath, int]

    def line(self, path: ValuePath) -> int:
        """
        Find the line (from 1) of what `path` leads to.

        An entry of a mapping stands where its key does. Where the path leads to
        nothing, such as a field left out, it is the line of the nearest part around
        it that is there.
        """
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def read_located(text: str, *, file: str) -> Located:
    """
    Read one YAML document.

    Args:
        text: The whole file, at most `MAX_BYTES` as UTF-8.
        file: What errors call it.

    Raises:
        LocatedError: Not YAML, or not of the part described above.
    """
    lines: dict[ValuePath, int] = {(): 1}
    reader = _Reader(file, lines)
    value = reader.document(_events(text, file))
    return Located(file=file, value=value, _lines=MappingProxyType(lines))


def quoted(name: str) -> str:
    """Quote a name for an error: on one line, printable and not too long."""
    short = name if len(name) <= _QUOTED_CHARS else name[:_QUOTED_CHARS] + "…"
    return repr(short)


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    """Parse lazily, so that the depth limit stops hostile nesting early."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = _line_at(text[: error.start])
        problem = "half of a surrogate pair; write the character itself"
        raise LocatedError(file=file, line=line, problem=problem) from None
    if size > MAX_BYTES:
        problem = f"the file has {size} bytes; at most {MAX_BYTES} are read"
        raise LocatedError(file=file, line=1, problem=problem)
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        context = f" {error.context}" if error.context else ""
        problem = f"not YAML: {error.problem}{context}; check quotes and indents"
        line = _line_of(error.problem_mark)
        raise LocatedError(file=file, line=line, problem=problem) from None
    except yaml.reader.ReaderError as error:
        # libyaml counts in bytes of the UTF-8 form.
        line = _line_at(text.encode()[: error.position].decode(errors="replace"))
        problem = f"control character U+{error.character:04X}; remove it"
        raise LocatedError(file=file, line=line, problem=problem) from None


def _line_at(before: str) -> int:
    return before.count("\n") + 1


def _line_of(mark: _Mark | None) -> int:
    # The parser always gives a mark; only its types allow for none.
    return mark.line + 1 if mark else 1


class _Reader:
    """One reading of one document; fills `lines` as it goes."""

    def __init__(self, file: str, lines: dict[ValuePath, int]) -> None:
        self._file = file
        self._lines = lines

    def document(self, events: Iterator[yaml.Event]) -> Plain:
        value: Plain = None
        seen = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self._refuse(event, "a second document; keep one in a file")
                seen = True
                value = self._node(next(events), events, ())
        return value

    def _node(
        self, event: yaml.Event, events: Iterator[yaml.Event], path: ValuePath
    ) -> Plain:
        """Read the value that begins with `event`; its end is consumed too."""
        event = self._own(event)
        self._lines.setdefault(path, _line_of(event.start_mark))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(path) >= MAX_DEPTH:
            self._refuse(event, f"nested too deep; at most {MAX_DEPTH} levels")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        return self._sequence(events, path)

    def _mapping(
        self, events: Iterator[yaml.Event], path: ValuePath
    ) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event)
            entry = (*path, key)
            if key in found:
                problem = (
                    f"duplicate key {quoted(key)}, first on line "
                    f"{self._lines[entry]}; give it once"
                )
                self._refuse(event, problem)
            self._lines[entry] = _line_of(event.start_mark)
            found[key] = self._node(next(events), events, entry)
        return found

    def _sequence(self, events: Iterator[yaml.Event], path: ValuePath) -> list[Plain]:
        found: list[Plain] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(self._node(event, events, (*path, len(found))))
        return found

    def _key(self, event: yaml.Event) -> str:
        event = self._own(event)
        key = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None
        if not isinstance(key, str):
            self._refuse(event, "a key that is not text; put it in quotes")
        if key == "<<" and event.implicit != _QUOTED:
            self._refuse(event, "a merge (<<); write the entries out")
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text: str = event.value
        if event.implicit == _QUOTED:
            return text
        if text in _WORDS:
            return _WORDS[text]
        number = _NUMBER.fullmatch(text)
        if number is None:
            return text
        if len(text) > MAX_DIGITS:
            problem = (
                f"a number of over {MAX_DIGITS} characters; quote it if it is text"
            )
            self._refuse(event, problem)
        return float(text) if number[1] else int(text)

    def _own(self, event: yaml.Event) -> _Opening:
        """Refuse what makes a line mean something that stands elsewhere."""
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._refuse(event, "an alias (*); write the value out")
        if event.anchor is not None:
            self._refuse(event, "an anchor (&); quote it if it is text")
        if event.tag is not None:
            self._refuse(event, "a tag (!); quote it if it is text")
        return event

    def _refuse(self, event: yaml.Event, problem: str) -> NoReturn:
        line = _line_of(event.start_mark)
        raise LocatedError(file=self._file, line=line, problem=problem)
