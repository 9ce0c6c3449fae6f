"""What a document's sections are made of: sentences, facts under a label, tables."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Block", "Facts", "Section", "Table", "Text"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds under a label, each in a sentence or more; `numbered` as rules are."""

    label: str
    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under their columns' names."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Text | Facts | Table


@dataclass(frozen=True, slots=True)
class Section:
    """
    A part of the document, and the parts within it.

    `kind` is what sort of entry it is about, `name` which (empty for a chapter);
    `refers` are the phrases by which other sections name it.
    """

    title: str
    blocks: Sequence[Block]
    within: Sequence["Section"] = ()
    kind: str = "chapter"
    name: str = ""
    refers: Sequence[str] = ()
