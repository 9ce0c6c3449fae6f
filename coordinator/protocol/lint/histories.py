"""
What was seen to happen, each by the first history in which it did.

An exploration goes on from a history that brings something new, and comes back to
histories where several of them are needed at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from coordinator.events import Event
from coordinator.protocol.lint.asks import SENDER, Said, asks_of_entries
from coordinator.protocol.lint.grounds import Node
from coordinator.protocol.profile import ProfileSpec

__all__ = ["Histories", "News", "histories_for"]

News = Literal["nothing", "somebody", "something"]
"""What a history brings for the first time; `somebody`: no more than a new party."""


@dataclass(slots=True, eq=False)
class Histories:
    """
    Histories by what happened in them: something said, owed, or an agency made party.

    `wanted` is, by event, what entries look for in it and nobody has said yet.
    """

    wanted: dict[str, set[Said]]
    _said: dict[tuple[str, Said], Node] = field(default_factory=dict)
    _owed: dict[tuple[str, str], Node] = field(default_factory=dict)
    _party: dict[tuple[str, str], Node] = field(default_factory=dict)
    _paged: set[tuple[str, int | None]] = field(default_factory=set)

    def note(self, node: Node) -> News:
        """Take in a history's last step, and tell what is new in it."""
        record, decision = node.steps[-1]
        key, event = node.key, record.event
        paged = {(page["why"], page["rung"]) for page in decision["pages"]}
        something = not paged <= self._paged
        self._paged |= paged
        somebody = False
        wanted = self.wanted[event.name]
        for said in _words(event):
            is_first = (key, said) not in self._said
            self._said.setdefault((key, said), node)
            if said.field == SENDER:
                somebody |= said in wanted
            else:
                something |= said in wanted or (is_first and said.field is None)
            wanted.discard(said)
        for opened in decision["opened"]:
            self._owed.setdefault((key, opened["name"]), node)
        for agency in (event.agency, *(one["to"] for one in decision["deliveries"])):
            somebody |= (key, agency) not in self._party
            self._party.setdefault((key, agency), node)
        return "something" if something else "somebody" if somebody else "nothing"

    def with_said(self, key: str, ask: Sequence[Said]) -> Node | None:
        """Give a key's first history in which one of these was said."""
        found = (self._said.get((key, said)) for said in ask)
        return next((node for node in found if node is not None), None)

    def with_owed(self, key: str, name: str) -> Node | None:
        """Give a key's first history in which an obligation was opened."""
        return self._owed.get((key, name))

    def with_party(self, key: str, agency: str) -> Node | None:
        """Give a key's first history in which an agency sent or was sent something."""
        return self._party.get((key, agency))


def histories_for(spec: ProfileSpec) -> Histories:
    """Begin with none, for a profile's exploration."""
    wanted: dict[str, set[Said]] = {name: set() for name in spec.events}
    for said in chain.from_iterable(asks_of_entries(spec)):
        if said.field is not None:
            wanted[said.event].add(said)
    return Histories(wanted)


def _words(event: Event) -> Iterator[Said]:
    """Read what an event says, as others may look for it."""
    yield Said(event.name)
    yield Said(event.name, SENDER, event.agency)
    for name, value in event.data.items():
        if not isinstance(value, (list, dict)):
            yield Said(event.name, name, value)
