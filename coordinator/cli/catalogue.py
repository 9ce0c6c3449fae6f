"""All that is known of a type of event: fields, and what the protocol makes of it."""

import shlex
from collections.abc import Sequence
from typing import Any

import orjson

from coordinator.events import (
    CATALOGUE,
    SOURCE_PREFIX,
    example,
    field_notes,
)
from coordinator.protocol import Rules, words
from coordinator.protocol.conditions import expand
from coordinator.protocol.document.events import says
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import Condition
from coordinator.protocol.spec_events import EventSpec, ReceiverSpec
from coordinator.protocol.spec_obligations import ObligationSpec, OwnerSpec

__all__ = ["command_of", "in_catalogue", "in_protocol"]


def in_catalogue(name: str) -> dict[str, Any]:
    """
    Describe a type as the catalogue has it.

    Raises:
        KeyError: No type has that name.
    """
    kind = CATALOGUE[name]
    return {
        "name": name,
        "type": kind.type,
        "area": kind.area,
        "cite": kind.cite,
        "says": says(kind).rstrip("."),
        "person": kind.person,
        "subject": kind.scope.says,
        "starts_a_case": kind.mints,
        "schemas": [kind.schema_of(one) for one in range(kind.version, 0, -1)],
        "fields": [
            {"name": note.name, "required": note.required, "takes": note.takes}
            for note in field_notes(kind.model)
        ],
        "example": example(name),
    }


def in_protocol(name: str, rules: Rules) -> dict[str, Any] | None:
    """Describe what a protocol makes of a type; None where it does not have it."""
    spec = rules.spec.events.get(name)
    if spec is None:
        return None
    owed = rules.spec.obligations.items()
    return {
        "reference": rules.reference,
        "emitters": list(rules.events[name].emitters),
        "to": [{"who": _who(one, rules.spec), "view": one.view} for one in spec.to],
        "no_receiver": spec.no_receiver,
        "stub_shows": list(spec.stub),
        "gates": _gates(name, spec),
        "opens": [row for key, one in owed for row in _opens(name, key, one, rules)],
        "closes": [
            row for key, one in owed for row in _closes(name, key, one, rules.spec)
        ],
        "leaves_open": None if spec.ends is None else list(spec.ends.leaves),
    }


def _who(spec: ReceiverSpec, profile: ProfileSpec) -> str:
    """Name receivers by their ids where the profile does, else in words."""
    if spec.agencies is None:
        return words.receiver(spec, profile)
    agencies = ", ".join(expand(spec.agencies, profile))
    return agencies + words.only_when(spec.when, profile)


def _owes(spec: OwnerSpec, profile: ProfileSpec) -> str:
    """Name owners by their ids where the profile does, else in words."""
    if spec.agencies is None:
        return words.owner(spec, profile)
    return ", ".join(expand(spec.agencies, profile))


def _when(conditions: Sequence[Condition] | None, profile: ProfileSpec) -> str:
    return words.only_when(conditions, profile).removeprefix(", when ")


def _gates(name: str, spec: EventSpec) -> list[dict[str, Any]]:
    return [
        {
            "rule": f"{name}.{place}",
            "breach": gate.breach,
            "says": gate.says,
            "mend": gate.mend,
            "cite": spec.cite,
        }
        for place, gate in enumerate(spec.gates, 1)
    ]


def _opens(
    name: str, key: str, spec: ObligationSpec, rules: Rules
) -> list[dict[str, Any]]:
    return [
        {
            **_named(key, spec),
            "owner": _owes(opening.owner or spec.owner, rules.spec),
            "per": words.scope(opening.per or spec.per),
            "due": words.due(opening.due or spec.due),
            "when": _when(opening.when, rules.spec),
            "ladder": spec.ladder,
        }
        for opening in spec.opens_on
        if opening.event == name
    ]


def _closes(
    name: str, key: str, spec: ObligationSpec, profile: ProfileSpec
) -> list[dict[str, Any]]:
    return [
        {
            **_named(key, spec),
            "by_owner": closing.by_owner,
            "as": closing.closed_as,
            "when": _when(closing.when, profile),
        }
        for closing in spec.closed_by
        if closing.event == name
    ]


def _named(key: str, spec: ObligationSpec) -> dict[str, str]:
    return {"name": key, "number": spec.number, "says": spec.says, "cite": spec.cite}


def command_of(event: dict[str, Any], name: str) -> str:
    """Write the command that sends an example, ready for a shell."""
    parts = [name, "--as", event["source"].removeprefix(SOURCE_PREFIX)]
    subject = event.get("subject")
    if subject is not None:
        parts += ["--subject" if ":" in subject else "--case", subject]
    if "personref" in event:
        parts += ["--person", event["personref"]]
    parts += ["--data", orjson.dumps(event["data"]).decode()]
    return f"coordinator emit {shlex.join(parts)}"
