"""
Whether every citation leads to a place.

A place is a line of the Plan (`L1398`, `L960-962`), one of its items, goals or
principles, a section of a law, or `[I]` and `[?]` for what the profile settles by
itself or nobody has verified.
"""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from coordinator.protocol.check import Finding
from coordinator.protocol.lint.goals import Path
from coordinator.protocol.profile import ProfileSpec

__all__ = ["citations"]

_PLACE: Final = re.compile(r"[0-9]|\[[I?]\]|\bprinciple \([a-z]\)")
_LINES: Final = re.compile(r"\bL([0-9]+)-([0-9]+)")
_ITEMS: Final = re.compile(r"\bitems? ([0-9]+(?:[ ,-]+[0-9]+)*)")


def citations(spec: ProfileSpec) -> Iterator[Finding]:
    """Give every citation that leads nowhere, in the order of the file's kinds."""
    items = {one.item for one in spec.programme}
    for path, cite in _cites(spec, ()):
        if _PLACE.search(cite) is None:
            yield Finding(
                path,
                "a citation names a place: lines of the Plan (L1398), an item, a"
                " section of a law, or [I] for what this profile settles",
            )
        for first, last in _LINES.findall(cite):
            if int(first) > int(last):
                yield Finding(path, f"L{first}-{last} runs backwards; valid: L960-962")
        for number in _numbers(cite) if items else ():
            if number not in items:
                yield Finding(
                    path,
                    f"the programme has no item {number}; valid: {min(items)} to"
                    f" {max(items)}",
                )


def _cites(node: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Walk through a profile to everything that is called `cite`."""
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            value = getattr(node, name)
            if name == "cite":
                yield (*path, name), value
            else:
                yield from _cites(value, (*path, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _cites(value, (*path, key))
    elif isinstance(node, tuple):
        for place, value in enumerate(node):
            yield from _cites(value, (*path, place))


def _numbers(cite: str) -> Iterator[int]:
    """Read `items 13 19 24-26` as all the items that it names."""
    for listed in _ITEMS.findall(cite):
        for part in re.split("[ ,]+", listed):
            first, _, last = part.partition("-")
            yield from range(int(first), int(last or first) + 1)
