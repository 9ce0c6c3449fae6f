"""
An entry's fields: what each is called and how its value reads, in whichever entry.

What has no words of its own reads as it is written. Two values that read alike need not
be the same; `raw` tells any two apart.
"""

from collections.abc import Callable
from typing import Any, Final

import orjson

from coordinator.protocol.duration import Duration
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec import Spec
from coordinator.protocol.spec_events import ReceiverSpec
from coordinator.protocol.spec_obligations import ClosingSpec, OpeningSpec
from coordinator.protocol.words import rows
from coordinator.protocol.words.conditions import conditions, only_when
from coordinator.protocol.words.text import amount, listed, obligation

__all__ = ["WORDS", "about", "described", "label", "put", "raw"]


def about(one: Spec) -> object:
    """Tell by what an entry is known again when something of it changed."""
    for field in ("event", "item", "page", "says"):
        if field in type(one).model_fields:
            return getattr(one, field)
    return one.model_copy(update={"view": "full", "when": None})


def described(one: Spec, spec: ProfileSpec) -> str:
    """Say in a few words which entry of a list it is."""
    if isinstance(one, OpeningSpec):
        return rows.opening(one, spec)
    if isinstance(one, ClosingSpec):
        return rows.closing(one, spec)
    if isinstance(one, ReceiverSpec):
        return f"{rows.receiver(one, spec)}: {_VIEW[one.view]}"
    return str(about(one))


def label(field: str) -> str:
    """Say what a field of an entry is called, as a line about it begins."""
    return _LABEL.get(field, field.replace("_", " "))


def put(field: str, value: object, spec: ProfileSpec) -> str:
    """Say what stands in a field; what has no words of its own, as it is written."""
    if value is None:
        return _NOTHING.get(field, "none")
    phrase = WORDS.get(field)
    return raw(value) if phrase is None else phrase(value, spec)


_VIEW: Final = {"full": "all of it", "stub": "a stub"}
_LABEL: Final = {
    "emitters": "sent by",
    "to": "receiver",
    "gates": "gate",
    "breach": "a breach is",
    "when": "applies",
    "require": "checked is whether",
    "no_receiver": "why nobody learns of it:",
    "stub": "what a stub shows",
    "view": "what they learn:",
    "opens_on": "opening",
    "closed_by": "closing",
    "owner": "owed by",
    "per": "owed once for",
    "of": "closes that of",
    "all": "closes every one of the case:",
    "by_owner": "only the owner's own closes it:",
    "also": "paged beside the owner:",
    "ends": "supersedes",
    "effect": "what else it does:",
    "rungs": "rung",
    "notices": "notice",
    "programme": "item",
    "says": "in words:",
    "mend": "what mends it:",
    "name": "name",
}
_NOTHING: Final = {
    "when": "always",
    "of": "its own scope",
    "owner": "whoever the obligation says",
    "per": "what the obligation says",
    "due": "as the obligation says",
    "also": "nobody",
    "effect": "nothing",
    "ends": "nothing",
}
WORDS: Final[dict[str, Callable[[Any, ProfileSpec], str]]] = {
    "when": lambda value, spec: only_when(value, spec).removeprefix(", "),
    "require": conditions,
    "breach": lambda value, _: {"refuse": "refused", "record": "recorded"}[value],
    "view": lambda value, _: _VIEW[value],
    "owner": rows.owner,
    "per": lambda value, _: rows.scope(value),
    "of": lambda value, _: rows.scope(value),
    "due": lambda value, _: rows.due(value),
    "also": rows.also,
    "effect": lambda value, _: rows.effect(value),
    "ends": lambda value, spec: (
        "whatever is open, but not "
        + listed(obligation(one, spec) for one in value.leaves)
    ),
}


def raw(value: object) -> str:
    """Write a value as it stands, so that no two that differ read alike."""
    if value is None:
        return "none"
    if isinstance(value, Duration):
        return amount(value)
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return orjson.dumps(value, default=_dumped).decode()


def _dumped(value: Spec) -> object:
    return value.model_dump(mode="json", exclude_defaults=True)
