"""
Events out of a file or a pipe: NDJSON, a JSON array, or one object over several lines.

Rule 1: an event of a line is the bytes of that line and nothing else. Rule 2: nothing
is judged or left out here; what cannot be read is passed on like the rest, so that it
is kept and answered. Rule 3: what has come is passed on without waiting for more.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from coordinator.cli.failures import UsageError

__all__ = ["Incoming", "arrivals", "opened"]

_PIECE: Final = 65_536  # bytes asked for at once; a pipe holds as many
_MARK: Final = b"\xef\xbb\xbf"  # what some editors put before UTF-8
_BLANK: Final = " \t\r\n"


class Incoming(NamedTuple):
    """
    One event as it stands in a file.

    `line` counts from 1 and is where it begins, `entry` its place in an array, from 1;
    None outside one.
    """

    raw: bytes
    line: int
    entry: int | None = None


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """
    Open a file of events to read; `-` is stdin, and is not closed.

    Raises:
        UsageError: It cannot be opened.
    """
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        message = f"{file}: {error.strerror}; it takes a file of events, or - for stdin"
        raise UsageError(message) from None


def arrivals(stream: BinaryIO) -> Iterator[list[Incoming]]:
    """
    Give what has come, as it comes; each list is in order and not empty.

    Args:
        stream: Buffered, at its beginning.
    """
    lines = _lines(stream)
    for come in lines:
        first = come[0].raw.lstrip()
        if first.startswith(b"[") or _goes_on(first):
            whole = _joined(chain(come, chain.from_iterable(lines)))
            if entries := list(_document(whole, come[0].line)):
                yield entries
        else:
            yield come
            yield from lines
        return


def _lines(stream: BinaryIO) -> Iterator[list[Incoming]]:
    """Give the lines that are complete, blank ones left out but counted."""
    number = 0
    rest: list[bytes] = []
    piece = stream.read(len(_MARK)).removeprefix(_MARK)
    more = True
    while more:
        *complete, last = piece.split(b"\n")
        if complete:
            complete[0] = b"".join((*rest, complete[0]))
            rest.clear()
            if come := _numbered(complete, number):
                yield come
            number += len(complete)
        rest.append(last)
        piece = stream.read1(_PIECE)  # type: ignore[attr-defined]  # buffered streams have it
        more = bool(piece)
    if come := _numbered([b"".join(rest)], number):
        yield come


def _numbered(lines: list[bytes], before: int) -> list[Incoming]:
    return [
        Incoming(line.removesuffix(b"\r"), number)
        for number, line in enumerate(lines, before + 1)
        if line.strip()
    ]


def _joined(lines: Iterable[Incoming]) -> bytes:
    """Put lines together again, each on the line it had behind the first."""
    parts: list[bytes] = []
    last = 0
    for one in lines:
        parts += [b"\n" * (one.line - last if last else 0), one.raw]
        last = one.line
    return b"".join(parts)


def _goes_on(line: bytes) -> bool:
    """Whether a first line is the beginning of an object that later lines end."""
    if not line.startswith(b"{"):
        return False
    text = _text(line).rstrip(_BLANK)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text)
    except RecursionError:
        return False
    return False


def _document(whole: bytes, line: int) -> Iterator[Incoming]:
    """
    Cut an array into its entries; an object is one, and what is neither goes by lines.

    An entry stays as it was written, put on one line: read and written again, a name
    given twice in it would be gone. Behind a fault the rest is one entry.
    """
    text = _text(whole)
    start = _behind_blank(text, 0)
    if text[start] == "{":
        try:
            end = json.JSONDecoder().raw_decode(text, start)[1]
        except (ValueError, RecursionError):
            end = -1
        if end < 0 or text[end:].strip(_BLANK):
            lines = whole.split(b"\n")
            yield from _numbered(lines, line - 1)
        else:
            yield Incoming(_on_one_line(text[start:end]), line)
        return
    yield from _entries(text, start + 1, line)


def _entries(text: str, at: int, line: int) -> Iterator[Incoming]:
    decoder = json.JSONDecoder()
    counted = entry = 0
    at = _behind_blank(text, at)
    while at < len(text) and text[at] != "]":
        entry += 1
        line += text.count("\n", counted, at)
        counted = at
        try:
            end = decoder.raw_decode(text, at)[1]
        except (ValueError, RecursionError):
            yield Incoming(_on_one_line(text[at:]), line, entry)
            return
        yield Incoming(_on_one_line(text[at:end]), line, entry)
        at = _behind_blank(text, end)
        if text[at : at + 1] == ",":
            at = _behind_blank(text, at + 1)
        elif text[at : at + 1] != "]":
            break
    is_whole = text[at : at + 1] == "]"
    rest = text[at:].removeprefix("]").strip(_BLANK)
    if rest or not is_whole:  # Nothing at all stands for the end that is missing.
        line += text.count("\n", counted, at)
        yield Incoming(_on_one_line(rest), line, entry + 1)


def _behind_blank(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _BLANK:
        at += 1
    return at


def _text(raw: bytes) -> str:
    """Read bytes as text from which `_on_one_line` gives the same bytes."""
    return raw.decode("utf-8", errors="surrogateescape")


def _on_one_line(text: str) -> bytes:
    """Put JSON on one line: within its strings no line can break."""
    plain = text.replace("\r", " ").replace("\n", " ").strip(_BLANK)
    return plain.encode("utf-8", errors="surrogateescape")
