"""
Intake and detection: how a suspicion reaches Police, and what sharpens the look-out.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from coordinator.events.fields import (
    AgencyId,
    AnyNumber,
    Code,
    EventId,
    EventIdOrCode,
    Maybe,
    Moment,
    Some,
    Text,
    Urgency,
)
from coordinator.events.payload import Payload


class PublicReportReceived(Payload):
    """
    A member of the public told Police of a suspicion.

    An anonymous report has no `reporter_ref`; Police hold who a reference stands for.

    Source: L1577-1584
    """

    report_ref: Code
    channel: Literal["111", "local_station", "crime_stoppers"]
    anonymous: bool
    indicators: Some[Text]
    reporter_ref: Maybe[Code] = None
    station_ref: Maybe[Code] = None
    area: Maybe[Text] = None
    industry: Maybe[Text] = None
    narrative_ref: Maybe[Code] = None


class SuspicionReported(Payload):
    """
    An agency's staff saw what made them suspect trafficking; no gate at any time.

    Source: L1394-1398; items 1 9 10
    """

    observer_role: Code
    context: Literal[
        "visa",
        "border_air",
        "border_sea",
        "workplace_visit",
        "compliance_operation",
        "document",
        "service_contact",
    ]
    indicators: Some[Text]
    area: Maybe[Text] = None
    subject_refs: Maybe[AnyNumber[Code]] = None
    narrative_ref: Maybe[Code] = None


class DocumentFraudDetected(Payload):
    """
    A travel document at a checkpoint proved fraudulent, stolen or lost.

    Source: L876-884; items 11 12
    """

    document_type: Text
    issuing_state: Text
    kind: Literal["fraudulent", "stolen", "lost"]
    checkpoint: Text
    subject_ref: Maybe[Code] = None


class RiskAlertIssued(Payload):
    """
    The border agencies are to look out for something until `review_due`.

    `arrives_at`, when a traveller is expected, is the moment by which the other border
    agency must have acted.

    Source: L831-835; items 5 9 10
    """

    alert_ref: Code
    kind: Literal["profile", "risk_alert", "targeting_profile"]
    scope: Text
    valid_from: Moment
    review_due: Moment
    traveller_ref: Maybe[Code] = None
    arrives_at: Maybe[Moment] = None


class RiskAlertAcknowledged(Payload):
    """
    The receiver of an alert says what it does about it.

    Source: L831-835 [I]
    """

    alert_ref: Code
    action: Text


class RiskAlertReviewed(Payload):
    """
    An alert was reviewed and stands until the new `review_due`.

    Source: items 9 10
    """

    alert_ref: Code
    outcome: Text
    review_due: Moment


class RiskAlertResolved(Payload):
    """
    An alert is over; a `review_due` given all the same opens nothing.

    Source: items 9 10
    """

    alert_ref: Code
    outcome: Text
    review_due: Maybe[Moment] = None


class IntelligenceShared(Payload):
    """
    Intelligence goes to the agencies in `to` and to nobody else.

    Feedback on its use is asked for by `use_feedback_due`; `lawful_basis` is a name in
    the profile's register.

    Source: L533-549; items 5 6
    """

    intel_ref: Code
    to: Some[AgencyId]
    origin: Text
    lawful_basis: Code
    partner_government: Maybe[Text] = None
    caveats: Maybe[AnyNumber[Text]] = None
    use_feedback_due: Maybe[Moment] = None


class SuspicionReferred(Payload):
    """
    An agency hands a suspicion to Police, naming the events it rests on.

    Source: goal 4 L245-249; L430-431
    """

    referral_ref: Code
    basis_event_ids: Some[EventId]
    contact_role: Code
    method: Code
    urgency: Urgency


class ReferralAcknowledged(Payload):
    """
    Police took up a referral or a public report: exactly one of the two references.

    Source: L1394-1398 [I]
    """

    receiver_role: Code
    next_step: Text
    referral_ref: Maybe[Code] = None
    report_ref: Maybe[Code] = None


class SuspicionClosed(Payload):
    """
    A suspicion came to nothing, or repeats another: `duplicate_of` then says which.

    Source: [I]
    """

    reason: Literal["no_case", "duplicate"]
    duplicate_of: Maybe[
        Annotated[
            EventIdOrCode,
            Field(description="a case reference, or the code of what it repeats"),
        ]
    ] = None
    grounds_code: Maybe[Code] = None
