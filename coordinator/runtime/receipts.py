"""
What a sender hears of an event of its own.

The verdict, the rule, its citation and what would mend it, breaches, and what the
sender now owes; not who else was told of what.

Source: docs/rules.md, Decisions and Problems; `coordinator.topics.records.Receipt`.
"""

from typing import Any, Final, cast

from coordinator.events import SOURCE_PREFIX, Problem
from coordinator.protocol import Decision
from coordinator.runtime.step import Outcome
from coordinator.topics.records import Receipt

__all__ = ["receipt_of"]

_WHY: Final = ("rule", "cite", "detail")
# A rule about who may speak is answered as HTTP's 403, a rule about what came before
# as its 409. Source: RFC 9110, sections 15.5.4 and 15.5.10.
_ABOUT_THE_SENDER: Final = frozenset({"emitter", "not_a_party"})


def receipt_of(outcome: Outcome, sender: str | None) -> Receipt:
    """
    Write a receipt.

    Args:
        outcome: What became of the event.
        sender: Who sent it: what it owes is told as well as what the source owes.

    Returns:
        id, case, verdict, rule, cite, detail, so ordered; then an RFC 9457 problem's
        other members where the event was not taken, and breaches and what the sender
        now owes where it was decided.
    """
    decision, problem = outcome.decision, outcome.problem
    said: Any = decision or {name: getattr(problem, name) for name in _WHY}
    receipt: dict[str, Any] = {
        "id": outcome.event_id,
        "case": decision["case"] if decision else None,
        "verdict": outcome.verdict,
        **{name: said[name] for name in _WHY},
    }
    if problem is None and decision is not None and decision["verdict"] == "refused":
        problem = _refusal(decision)
    if problem is not None:
        members = problem.as_record()
        receipt |= {name: members[name] for name in members if name not in receipt}
    if decision is not None:
        receipt["breaches"] = decision["breaches"]
        receipt["opened"] = _owed(decision, sender)
    return cast("Receipt", receipt)


def _refusal(decision: Decision) -> Problem:
    """Put a refusal in the shape of a problem."""
    rule = decision["rule"] or ""
    return Problem(
        type=f"urn:nz:item23:problem:{rule}",
        title="The protocol refuses the event",
        status=403 if rule in _ABOUT_THE_SENDER else 409,
        detail=decision["detail"] or "",
        rule=rule,
        cite=decision["cite"],
        event_id=decision["input"]["id"],
    )


def _owed(decision: Decision, sender: str | None) -> list[Any]:
    """List what the decision has the event's source, or who sends for it, owe."""
    own = {decision["input"]["source"].removeprefix(SOURCE_PREFIX), sender}
    return [opened for opened in decision["opened"] if opened["owner"] in own]
