"""
What a refusal adds to its rule's own words, where those cannot say enough.

Rule 1: nothing that was sent is repeated. Rule 2: nobody learns from a refusal what
the protocol keeps from them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from coordinator.protocol.conditions import values
from coordinator.protocol.situation import Situation
from coordinator.protocol.spec_conditions import Condition

__all__ = ["Explanation", "compile_explanation"]

Explanation = Callable[[Situation], str]

# As many events as are named in one refusal; who mends these is told of the next.
_NAMED: Final = 10


def compile_explanation(conditions: Sequence[Condition]) -> Explanation | None:
    """Compile what a breach of these adds to its rule's own words, if anything."""
    for condition in conditions:
        if condition.lists_open is not None:
            return _listed_wrongly(condition.lists_open)
        if condition.dispensable is not None:
            return _those_fallen
    return None


def _listed_wrongly(field: str) -> Explanation:
    """Give what is missing from the list of what is open, and what is surplus."""

    def explain(s: Situation) -> str:
        given, held = set(values(s.data, field)), set(s.state.open)
        # The sender's own words are not repeated, unless they are a known name.
        surplus = (given - held) & set(s.rules.obligations)
        unknown = len(given - held - surplus)
        parts = [
            f"Missing: {_joined(held - given)}.",
            f"Surplus: {_joined(surplus)}.",
        ]
        if unknown:
            parts.append(f"Of no obligation's name: {unknown}.")
        return " ".join(parts)

    return explain


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _those_fallen(s: Situation) -> str:
    """
    Name the events that would not stand without the one named.

    Those that the sender neither sent nor was sent are told of, not named: nobody
    learns from a refusal what the protocol keeps from them.
    """
    agency, fallen = s.event.agency, s.fallen
    own = [fact for fact in fallen if agency in (fact.agency, *fact.sent_to)]
    named = [f"{fact.name} ({fact.id})" for fact in own[:_NAMED]]
    if len(own) > _NAMED:
        named.append(f"{len(own) - _NAMED} more of those")
    if len(own) < len(fallen):
        named.append("others that the sender was not sent")
    return f"Would not be accepted: {', '.join(named)}."
