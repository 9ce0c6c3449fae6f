"""
A profile in words: every word of its vocabulary as a plain English phrase.

    text        lists, lengths of time, agencies, the names of entries
    conditions  what must hold, or when an entry applies: one phrase a word
    rows        who learns of it, who owes what by when, what opens and closes it
    entries     what a field of an entry is called, and how its value reads

A phrase has no capital at its start and no full stop. What the profile says in words of
its own (`says`, `mend`, `no_receiver`) is better than any phrase made here, and stands
beside it.
"""

from coordinator.protocol.words import rows
from coordinator.protocol.words.conditions import condition, only_when
from coordinator.protocol.words.rows import (
    also,
    closing,
    due,
    effect,
    ladder,
    notice,
    opening,
    owner,
    receiver,
    scope,
    view,
)
from coordinator.protocol.words.text import (
    agencies,
    agency,
    amount,
    fields,
    listed,
    obligation,
    sentence,
    value,
)

__all__ = [
    "agencies",
    "agency",
    "also",
    "amount",
    "closing",
    "condition",
    "due",
    "effect",
    "fields",
    "ladder",
    "listed",
    "notice",
    "obligation",
    "only_when",
    "opening",
    "owner",
    "receiver",
    "rows",
    "scope",
    "sentence",
    "value",
    "view",
]
