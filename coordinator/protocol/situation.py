"""
What a condition may look at: one record, in the state it meets.

Conditions, receivers, owners and scopes are compiled to functions of a
`Situation`, so that the whole vocabulary sees the same few things.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from coordinator.events import Event, format_time, parse_time
from coordinator.protocol.state import Fact, Instant, State

if TYPE_CHECKING:
    from coordinator.protocol.rules import Rules

__all__ = ["Find", "Refold", "Situation", "Test", "applies", "instant"]


class Situation(NamedTuple):
    """
    An event about to be judged.

    `data` is its payload as JSON values, `person` its personref, `at` its receipt and
    `now` the same as text; `rules` are those of its case, `active_rules` those at
    receipt; `contact_known` is what ingress found in the directory (None: not asked);
    `without` is the case as it would be without the event that a retraction names.
    """

    event: Event
    data: dict[str, Any]
    person: str | None
    at: datetime
    now: Instant
    state: State
    rules: "Rules"
    active_rules: "Rules"
    contact_known: bool | None
    without: "Refold | None" = None

    def known(self, name: str, by: str) -> Fact | None:
        """Find the latest event of a name that has this event's reference `by`."""
        value = self.data.get(by)
        if value is None:
            return None
        return self.state.references.get((name, by, value, self.person_for(name)))

    def latest(self, name: str) -> Fact | None:
        """Find the latest event of a name: this person's where both have one."""
        person = self.person if name in self.rules.personal else None
        return self.state.latest.get((name, person))

    @property
    def fallen(self) -> tuple[Fact, ...]:
        """Give what would not stand without the event that a retraction names."""
        return () if self.without is None else self.without.fallen

    def person_for(self, name: str) -> str | None:
        """Give this event's person if events of that name are about one."""
        return self.person if name in self.rules.personal else None


class Refold(NamedTuple):
    """
    A key's state as if an event had not been accepted.

    `fallen` are the other accepted events that would then not have been, in order.
    """

    state: State
    fallen: tuple[Fact, ...]


Test = Callable[[Situation], bool]
Find = Callable[[Situation], tuple[str, ...]]


def applies(when: Test | None, s: Situation) -> bool:
    """Whether an entry applies: always, where it waits for nothing."""
    return when is None or when(s)


def instant(text: str) -> Instant:
    """Write a sender's time as the log writes instants."""
    return format_time(parse_time(text))
