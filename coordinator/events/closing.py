"""
Closing and reporting: the end of a case, its evaluation, and the Plan's progress.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from coordinator.events.fields import (
    AnyNumber,
    Code,
    EventId,
    Figures,
    Item,
    Maybe,
    Some,
    Text,
)
from coordinator.events.payload import Payload


class CaseClosed(Payload):
    """
    Police close a case, naming exactly the obligations that are still open.

    `open_obligations` may be empty: there is none.

    Source: [I]
    """

    outcome_codes: Some[Code]
    open_obligations: AnyNumber[Text]


class EventRetracted(Payload):
    """
    A sender mends a mistake: from then on its event counts as never accepted.

    Source: [I]
    """

    event_id: EventId
    reason_code: Literal[
        "entered_in_error", "wrong_person", "mistaken_identity", "other"
    ]


class EvaluationCompleted(Payload):
    """
    A closed case was evaluated against the log whose root is given.

    `findings` may be empty: there is none.

    Source: items 23 24
    """

    log_root: Text
    findings: AnyNumber[Text]
    constraint_results: Maybe[AnyNumber[Text]] = None


class AnnualReportCompiled(Payload):
    """
    The Department of Labour reports on a period; zero cases is an answer.

    Source: L199-201
    """

    period: Text
    figures: Figures
    source_root: Text


class ProgrammeItemProgressed(Payload):
    """
    An agency reports on one of the 28 items in a phase of its timetable.

    Source: L325-336; each item's measure
    """

    item: Item
    phase: Literal["short", "medium", "long", "ongoing"]
    status: Literal["planned", "under_way", "done"]
    measure_note: Maybe[Text] = None
    evidence_ref: Maybe[Code] = None
