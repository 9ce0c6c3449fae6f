"""
Justice: consent, advisers, interpreters, rights, prosecution, outcome, feedback.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coordinator.events.fields import (
    Amount,
    Code,
    Language,
    Maybe,
    Rating,
    Some,
    Text,
    Urgency,
)
from coordinator.events.payload import Payload


class ParticipationConsentRecorded(Payload):
    """
    A person consents to take part in the prosecution, or does not (any more).

    Source: L1042-1045
    """

    value: Literal["given", "refused", "withdrawn"]
    language: Language
    adviser_ref: Maybe[Code] = None


class ProsecutionCommenced(Payload):
    """
    Charges are before a court; `expected_length` is in words.

    Source: L1042-1047; principle (b)
    """

    offences: Some[Text]
    court_ref: Code
    expected_length: Maybe[Text] = None


class AdviserAssigned(Payload):
    """
    A person has a court adviser, who should be trained.

    Source: item 25
    """

    adviser_ref: Code
    trained: bool


class InterpreterRequested(Payload):
    """
    A person needs an interpreter for something that is to happen.

    Source: item 26
    """

    request_ref: Code
    language: Language
    for_event: Text
    urgency: Urgency


class InterpreterAssigned(Payload):
    """
    A person has an interpreter, on the request named or on none.

    Source: item 26
    """

    language: Language
    interpreter_ref: Code
    for_event: Text
    request_ref: Maybe[Code] = None


class RightsInformationProvided(Payload):
    """
    A victim, or an organisation that supports victims, was told of victims' rights.

    About one person (a `personref`) exactly when the recipient is the victim.

    Source: item 27; L1445-1447
    """

    recipient: Literal["victim", "support_organisation"]
    language: Language
    medium: Literal["pamphlet", "information_line"]


class CompensationRightInformed(Payload):
    """
    A person was told of a way to compensation.

    Source: item 28
    """

    route: Literal["reparation", "acc"]
    language: Language
    method: Code


class CourtOutcomeRecorded(Payload):
    """
    The court decided; an amount of reparation is in New Zealand dollars.

    Source: L1540-1545
    """

    result: Literal["convicted", "acquitted", "other"]
    reparation_ordered: bool
    sentence: Maybe[Text] = None
    amount_nzd: Maybe[Amount] = None


class FeedbackRecorded(Payload):
    """
    Somebody rated the advisers or interpreters from 1 to 5, without saying who.

    Source: items 25 26
    """

    from_: Literal["victim", "adviser", "interpreting_service"] = Field(alias="from")
    rating: Rating
    text_ref: Maybe[Code] = None
