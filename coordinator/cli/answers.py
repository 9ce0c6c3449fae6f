"""
How the bus answers an event: one line, for programs or for people.

It holds what the sender may see: the verdict, the rule, its citation and what would
mend it, breaches, and what the sender now owes; not who else was told of what.

Source: docs/rules.md, Decisions and Problems.
"""

from typing import Any, Final

from typer import style

from coordinator.cli.incoming import Incoming
from coordinator.cli.screen import local_time
from coordinator.events import SOURCE_PREFIX, Problem, parse_time
from coordinator.protocol import Decision
from coordinator.runtime.step import Outcome

__all__ = ["as_line", "as_record"]

_SIGNS: Final = {
    "accepted": ("+", "green"),
    "duplicate": ("=", "cyan"),
    "noop": ("=", "cyan"),
    "refused": ("x", "red"),
    "rejected": ("!", "red"),
}
_BREACH: Final = ("~", "magenta")
_INDENT: Final = " " * 12  # behind the sign and the longest verdict
# A rule about who may speak is answered as HTTP's 403, a rule about what came before
# as its 409. Source: RFC 9110, sections 15.5.4 and 15.5.10.
_ABOUT_THE_SENDER: Final = frozenset({"emitter", "not_a_party"})


def as_record(outcome: Outcome, place: Incoming | None, sender: str | None) -> Any:  # noqa: ANN401 - a JSON object
    """
    Give an answer as a JSON object: id, case, verdict, rule, cite, detail, so ordered.

    An RFC 9457 problem's other members follow where the event was not taken; then
    `breaches` and `opened` (what the sender owes) where it was; then its place.
    """
    decision, problem = outcome.decision, outcome.problem
    record: dict[str, Any] = {
        "id": outcome.event_id,
        "case": decision["case"] if decision else None,
        "verdict": outcome.verdict,
        "rule": _why(outcome, "rule"),
        "cite": _why(outcome, "cite"),
        "detail": _why(outcome, "detail"),
    }
    if problem is None and decision is not None and decision["verdict"] == "refused":
        problem = _refusal(decision)
    if problem is not None:
        members = problem.as_record()
        record |= {name: members[name] for name in members if name not in record}
    if decision is not None:
        record["breaches"] = decision["breaches"]
        record["opened"] = _owed(decision, sender)
    if place is not None:
        record["line"] = place.line
        if place.entry is not None:
            record["entry"] = place.entry
    return record


def as_line(outcome: Outcome, place: Incoming | None, sender: str | None) -> str:
    """Give an answer for people: a line, and lines below it where there is more."""
    decision, verdict = outcome.decision, outcome.verdict
    sign, colour = _SIGNS[verdict]
    if decision is not None and decision["breaches"]:
        sign, colour = _BREACH
    parts = [style(f"{sign} {verdict:<10}", fg=colour, bold=True)]
    parts.append(decision["case"] if decision else "-")
    parts.append(outcome.event_id or "(no id)")
    if place is not None:
        parts.append(f"line {place.line}")
        if place.entry is not None:
            parts.append(f"entry {place.entry}")
    lines = ["  ".join(parts)]
    if _why(outcome, "rule") is not None:
        lines.append(f"{_cited(outcome)}: {_why(outcome, 'detail')}")
    if decision is not None:
        for breach in decision["breaches"]:
            rule = style("breach", fg=_BREACH[1], bold=True)
            lines.append(
                f"{rule} of {breach['rule']} ({breach['cite']}), on record:"
                f" {breach['detail']}"
            )
        for opened in _owed(decision, sender):
            what = opened["name"].replace("_", " ")
            due = local_time(parse_time(opened["due"]))
            lines.append(f"{opened['owner']} owes: {what}, by {due}")
    return f"\n{_INDENT}".join(lines)


def _cited(outcome: Outcome) -> str:
    """Name the rule, where in the Plan it comes from, and the field it is about."""
    rule, cite = _why(outcome, "rule"), _why(outcome, "cite")
    pointer = outcome.problem.pointer if outcome.problem else None
    where = f" at {pointer}" if pointer else ""
    return f"{rule}{f' ({cite})' if cite else ''}{where}"


def _why(outcome: Outcome, member: str) -> str | None:
    """Give the rule, cite or detail of a decision, or of the problem instead of one."""
    if outcome.decision is not None:
        return outcome.decision[member]  # type: ignore[literal-required,no-any-return]  # one of the three
    found: str | None = getattr(outcome.problem, member)
    return found


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
