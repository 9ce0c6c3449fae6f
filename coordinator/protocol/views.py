"""
What a receiver sees of an event: the whole of it, or a stub.

A stub holds the required CloudEvents attributes, subject, time, personref, exercise
and the payload fields that the profile marks. Ids of events that the receiver never
got are left out of either view.

Source: docs/rules.md, Views.
"""

from typing import Any

import orjson

from coordinator.events import Event
from coordinator.protocol.record import Delivery
from coordinator.protocol.rules import Rules

__all__ = ["view_of"]

_ENVELOPE = ("specversion", "id", "source", "type", "time", "personref", "exercise")


def view_of(event: Event, key: str, delivery: Delivery, rules: Rules) -> dict[str, Any]:
    """
    Render what one delivery sends.

    Args:
        event: As accepted.
        key: The case it was decided under; stands as subject even where the sender
            gave none.
        delivery: Whom it goes to, which view, and what is left out.
        rules: The protocol version it was decided under.

    Returns:
        A CloudEvent in structured form. The sender's signature stays only where
        nothing was added or left out.
    """
    whole: dict[str, Any] = orjson.loads(event.raw)
    if delivery["view"] == "stub":
        seen = {name: whole[name] for name in _ENVELOPE if name in whole}
        marked = rules.events[event.name].stub
        shown = {name: event.data[name] for name in marked if name in event.data}
        seen["subject"] = key
        if shown:
            seen["data"] = shown
        return seen
    if delivery["without"] or event.subject is None:
        whole.pop("signature", None)
    whole["subject"] = key
    for pointer in reversed(delivery["without"]):
        _leave_out(whole, pointer)
    return whole


def _leave_out(whole: dict[str, Any], pointer: str) -> None:
    """Take away what a pointer of `without` points at (RFC 6901, no escapes here)."""
    *parents, last = pointer.split("/")[1:]
    node: Any = whole
    for part in parents:
        node = node[part]
    if isinstance(node, list):
        del node[int(last)]
    else:
        del node[last]
