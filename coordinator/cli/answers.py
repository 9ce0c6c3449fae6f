"""
How the bus answers an event: one line, for programs or for people.

It is what the sender may see, a receipt.

Source: `coordinator.runtime.receipts`.
"""

from typing import Any, Final

from typer import style

from coordinator.cli.incoming import Incoming
from coordinator.cli.screen import local_time
from coordinator.events import parse_time
from coordinator.topics.records import Receipt

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


def as_record(receipt: Receipt, place: Incoming | None) -> dict[str, Any]:
    """Give an answer as a JSON object: the receipt, and then its place in a file."""
    record: dict[str, Any] = {**receipt}
    if place is not None:
        record["line"] = place.line
        if place.entry is not None:
            record["entry"] = place.entry
    return record


def as_line(receipt: Receipt, place: Incoming | None) -> str:
    """Give an answer for people: a line, and lines below it where there is more."""
    verdict = receipt["verdict"]
    sign, colour = _SIGNS[verdict]
    breaches = receipt.get("breaches", [])
    if breaches:
        sign, colour = _BREACH
    parts = [style(f"{sign} {verdict:<10}", fg=colour, bold=True)]
    parts.append(receipt["case"] or "-")
    parts.append(receipt["id"] or "(no id)")
    if place is not None:
        parts.append(f"line {place.line}")
        if place.entry is not None:
            parts.append(f"entry {place.entry}")
    lines = ["  ".join(parts)]
    if receipt["rule"] is not None:
        lines.append(f"{_cited(receipt)}: {receipt['detail']}")
    for breach in breaches:
        rule = style("breach", fg=_BREACH[1], bold=True)
        lines.append(
            f"{rule} of {breach['rule']} ({breach['cite']}), on record:"
            f" {breach['detail']}"
        )
    for opened in receipt.get("opened", []):
        what = opened["name"].replace("_", " ")
        due = local_time(parse_time(opened["due"]))
        lines.append(f"{opened['owner']} owes: {what}, by {due}")
    return f"\n{_INDENT}".join(lines)


def _cited(receipt: Receipt) -> str:
    """Name the rule, where in the Plan it comes from, and the field it is about."""
    cite, pointer = receipt["cite"], receipt.get("pointer")
    where = f" at {pointer}" if pointer else ""
    return f"{receipt['rule']}{f' ({cite})' if cite else ''}{where}"
