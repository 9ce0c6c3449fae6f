"""A complete event of each type, ready to send or to read."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from coordinator.events.catalogue import CATALOGUE
from coordinator.events.event_type import AGENCY, INTEL, EventType
from coordinator.events.examples import EXAMPLES
from coordinator.events.examples.form import CASE_REF, PERSON_REF, example_id
from coordinator.events.fields import SOURCE_PREFIX


def example(name: str) -> dict[str, Any]:
    """
    Give a whole CloudEvent of a fictional case, always the same, as JSON values.

    The types that may start a case come without a subject, the others under the case
    that the suspicion among them starts, or their scope.

    Raises:
        KeyError: no type of event has that name.

    """
    kind = CATALOGUE[name]
    agency, data = EXAMPLES[name]
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": example_id(name),
        "source": SOURCE_PREFIX + agency,
        "type": kind.type,
        "time": "2026-03-02T20:15:00Z",
        "dataschema": kind.dataschema,
    }
    if not kind.mints:
        event["subject"] = _subject(kind, agency, data)
    if kind.is_about_person(data):
        event["personref"] = PERSON_REF
    event["data"] = deepcopy(data)
    return event


def _subject(kind: EventType, agency: str, data: dict[str, Any]) -> str:
    scope = kind.scope
    if scope == INTEL or scope.prefix is None:
        return CASE_REF
    named = scope.named_by(data)
    return named or f"{scope.prefix}:{agency if scope == AGENCY else 'nz-2009'}"
