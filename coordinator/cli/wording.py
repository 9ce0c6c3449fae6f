"""
A profile's rules in words: who learns of an event, when a rule applies, what is due.

The words are the profile's own wherever it has some; what it says only as data is put
into words here, one phrase for each word of its vocabulary.
"""

from collections.abc import Sequence
from typing import Final

import orjson

from coordinator.protocol.conditions import expand
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import Condition
from coordinator.protocol.spec_events import ReceiverSpec, ReferenceSpec
from coordinator.protocol.spec_obligations import DueSpec, OwnerSpec, PerSpec

__all__ = ["due", "only_when", "owner", "receiver", "scope"]


def receiver(spec: ReceiverSpec, profile: ProfileSpec) -> str:
    """Name the receivers of one entry of an event's `to`."""
    if spec.agencies is not None:
        who = ", ".join(expand(spec.agencies, profile))
    elif spec.field is not None:
        who = f"those that {spec.field} names"
    elif spec.emitter_of is not None:
        who = f"the sender of {_references(spec.emitter_of)}"
    elif spec.sent_or_got is not None:
        who = f"whoever sent or got {' or '.join(spec.sent_or_got)}"
    elif spec.owner_of is not None:
        who = f"the owner of the obligation that {spec.owner_of} names"
    else:
        who = "every agency told of the certificate"
    return who + only_when(spec.when)


def owner(spec: OwnerSpec, profile: ProfileSpec) -> str:
    """Name who owes; `emitter` is whoever sent the event that opened it."""
    if spec.agencies is not None:
        return ", ".join(expand(spec.agencies, profile))
    if spec.field is not None:
        return f"the agency that {spec.field} names"
    return "each agency told of the certificate" if spec.told else "the sender"


def only_when(conditions: Sequence[Condition] | None) -> str:
    """Say when something applies; nothing where it always does."""
    if not conditions:
        return ""
    return f", when {' and '.join(_condition(one) for one in conditions)}"


# A word about fields, and one about events or agencies, as it is read out.
_OF_FIELDS: Final = {
    "equals": "is",
    "contains": "has",
    "one_of": "is",
    "none_of": "is not",
}
_OF_NAMES: Final = {
    "after": "after {}",
    "not_after": "not after {}",
    "emitter_in": "sent by {}",
    "emitter_not_in": "not sent by {}",
    "present": "{} is given",
    "absent": "{} is left out",
}


def _condition(condition: Condition) -> str:
    (word,) = condition.model_fields_set
    asked = getattr(condition, word)
    if word in _OF_NAMES:
        return _OF_NAMES[word].format(" or ".join(asked))
    if word in _OF_FIELDS:
        return " and ".join(
            f"{name} {_OF_FIELDS[word]} {_value(value)}"
            for name, value in asked.items()
        )
    whole = condition.model_dump(mode="json", exclude_unset=True)[word]
    return f"{word.replace('_', ' ')} {_value(whole)}"


def due(spec: DueSpec) -> str:
    """Say when an obligation falls due."""
    if spec.after is not None:
        return f"{spec.after.length} {spec.after.clock}"
    if spec.at is not None:
        return f"at {spec.at}"
    cases = (f"{name} {one.length} {one.clock}" for name, one in spec.cases.items())
    return f"by {spec.choose}: {', '.join(cases)}"


def scope(parts: Sequence[PerSpec]) -> str:
    """Say for what an obligation is owed once."""
    return ", ".join(dict.fromkeys(part.kind for part in parts))


def _references(references: Sequence[ReferenceSpec]) -> str:
    return " or ".join(f"{one.event} that {one.by} names" for one in references)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return " or ".join(str(one) for one in value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()
