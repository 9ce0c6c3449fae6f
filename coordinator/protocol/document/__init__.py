"""
A profile as a document, for people who do not program.

    sheet        what a section is made of
    events       a section for each event      obligations  one for each obligation
    parts        agencies, registers, ladders, calendars and the rest
    whole        the chapters in their order, and the overview
    markdown     the document as text

What a section says is the same on a screen, in `docs/protocol.md` and for programs.
"""

from coordinator.protocol.document.markdown import markdown
from coordinator.protocol.document.sheet import Block, Facts, Section, Table, Text
from coordinator.protocol.document.whole import chapters, overview, section_of

__all__ = [
    "Block",
    "Facts",
    "Section",
    "Table",
    "Text",
    "chapters",
    "markdown",
    "overview",
    "section_of",
]
