"""
The document as Markdown: headings, a table of contents, links between the sections.

Wherever a section's text names an event or an obligation, it links to that one's own
section. Headings get the anchors that GitHub and GitLab make of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from coordinator.protocol.document.sheet import Block, Facts, Section, Table, Text
from coordinator.protocol.document.whole import chapters
from coordinator.protocol.profile import ProfileSpec

__all__ = ["PICTURE", "markdown"]

PICTURE: Final = "protocol.svg"

_Link = Callable[[str], str]
# What Markdown would read as its own.
_SPECIAL: Final = re.compile(r"([\\*<>|])")
_NO_ANCHOR: Final = re.compile(r"[^\w\- ]")


def markdown(profile: ProfileSpec) -> str:
    """Write the whole document; its picture stands beside it as `PICTURE`."""
    sections = chapters(profile)
    link = _linker(_targets(sections))
    command = f"coordinator protocol show {profile.profile} --markdown"
    lines = [
        f"# {_escaped(profile.title)}",
        "",
        f"The protocol {profile.reference}, in words. Source: {link(profile.source)}.",
        "",
        f"This page is made by `{command}`. To change it, change the profile.",
        "",
        f"[![The course of a case]({PICTURE})]({PICTURE})",
        "",
        "The course of a case, from left to right; open the picture alone to read it.",
        "",
        "## Contents",
        "",
        *_contents(sections),
        *(line for one in sections for line in _section(one, 2, link)),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _targets(sections: Sequence[Section]) -> dict[str, str]:
    """Find, for each phrase that names a section, that section's anchor."""
    found = {}
    for one in sections:
        found.update(dict.fromkeys(one.refers, _anchor(one.title)))
        found.update(_targets(one.within))
    return found


def _anchor(title: str) -> str:
    """Make of a heading what GitHub makes of it."""
    return _NO_ANCHOR.sub("", title.lower()).replace(" ", "-")


def _contents(sections: Sequence[Section]) -> Iterator[str]:
    for one in sections:
        yield f"- [{_escaped(one.title)}](#{_anchor(one.title)})"
        if one.within:
            each = (
                f"[{_escaped(inner.title)}](#{_anchor(inner.title)})"
                for inner in one.within
            )
            yield f"  {' · '.join(each)}"
    yield ""


def _section(section: Section, level: int, link: _Link) -> Iterator[str]:
    yield f"{'#' * level} {_escaped(section.title)}"
    yield ""
    here = f"](#{_anchor(section.title)})"
    for block in section.blocks:
        for line in _block(block, link):
            yield _without(here, line)
        yield ""
    for one in section.within:
        yield from _section(one, level + 1, link)


def _without(target: str, line: str) -> str:
    """Take away links to a section's own heading; what they stand on stays."""
    return re.sub(rf"\[([^\[\]]*){re.escape(target)}", r"\1", line)


def _block(block: Block, link: _Link) -> Iterator[str]:
    if isinstance(block, Text):
        yield link(block.words)
    elif isinstance(block, Facts):
        yield from _facts(block, link)
    else:
        yield from _table(block, link)


def _facts(facts: Facts, link: _Link) -> Iterator[str]:
    label = f"**{_escaped(facts.label)}:**"
    if len(facts.items) == 1 and not facts.numbered:
        yield f"{label} {link(facts.items[0])}"
        return
    yield label
    yield ""
    for place, item in enumerate(facts.items, 1):
        mark = f"{place}." if facts.numbered else "-"
        yield f"{mark} {link(item)}"


def _table(table: Table, link: _Link) -> Iterator[str]:
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{' --- |' * len(table.columns)}"
    for row in table.rows:
        yield f"| {' | '.join(link(cell) for cell in row)} |"


def _linker(targets: Mapping[str, str]) -> _Link:
    """Make a function that escapes a text and links what it names."""
    names = "|".join(re.escape(name) for name in sorted(targets, key=len, reverse=True))
    found = re.compile(rf"(?<![\w.])({names})(?![\w]|\.\w)") if names else None

    def link(text: str) -> str:
        if found is None:
            return _escaped(text)
        parts = found.split(text)
        return "".join(
            f"[{_escaped(part)}](#{targets[part]})" if place % 2 else _escaped(part)
            for place, part in enumerate(parts)
        )

    return link


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
