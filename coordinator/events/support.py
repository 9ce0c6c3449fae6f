"""
Health and social support: referral, case management, services, money, cover.

Every event here is about one person, whose pseudonym is the event's `personref`.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coordinator.events.fields import (
    Amount,
    Code,
    FullDate,
    Language,
    Maybe,
    Moment,
    Need,
    Some,
    Text,
)
from coordinator.events.payload import Payload


class VictimReferred(Payload):
    """
    Police refer a certified person, with consent, to case management.

    Source: L1235-1239; item 20
    """

    referral_ref: Code
    certification_no: Code
    needs: Some[Need]
    language: Language
    consent: bool


class VictimReferralDeclined(Payload):
    """
    A person does not want to be referred.

    Source: [I]
    """

    certification_no: Code


class CaseManagementCommenced(Payload):
    """
    A case manager, known here by role only, takes on a referral.

    Source: L1235-1242
    """

    referral_ref: Code
    manager_role: Code
    provider: Maybe[Code] = None
    plan_ref: Maybe[Code] = None


class ServiceAccessed(Payload):
    """
    A person was served on a day; acute care has no gate.

    Source: L1125-1133, L1257-1261
    """

    service_kind: Literal["social", "employment", "health", "other"]
    provider: Code
    date: FullDate


class FinancialAssistanceGranted(Payload):
    """
    Assistance was granted, in New Zealand dollars where an amount is given.

    Source: L1243-1257; item 21
    """

    programme: Text
    kind: Code
    date: FullDate
    amount_nzd: Maybe[Amount] = None
    reason: Maybe[Text] = None


class FinancialAssistanceDeclined(Payload):
    """
    Assistance was declined; the amount, where given, is what was asked for.

    Source: L1243-1257; item 21
    """

    programme: Text
    kind: Code
    date: FullDate
    amount_nzd: Maybe[Amount] = None
    reason: Maybe[Text] = None


class HealthEligibilityConfirmed(Payload):
    """
    A person's care is publicly funded from then on, by the certificate named.

    Source: L1134-1137; item 17
    """

    certification_no: Code
    from_: Moment = Field(alias="from")


class AccClaimLodged(Payload):
    """
    A person claims cover; neither certification nor status matters.

    Source: L1137-1139; item 18
    """

    claim_ref: Code
    injury: Literal["physical", "mental"]


class RehabilitationRightInformed(Payload):
    """
    A person was told of the right to rehabilitation on a claim.

    Source: item 18
    """

    claim_ref: Code
    language: Language
    method: Code
