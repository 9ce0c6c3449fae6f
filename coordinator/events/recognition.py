"""
Recognition of victims: from identification to certification and its withdrawal.

Every event here is about one person, whose pseudonym is the event's `personref`.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from coordinator.events.fields import (
    AnyNumber,
    Code,
    Language,
    Maybe,
    Moment,
    Need,
    Some,
    Text,
)
from coordinator.events.payload import Payload


class VictimIdentified(Payload):
    """
    Police hold that this person is a victim; nothing un-identifies one.

    `immediate_needs` may be empty: there is none.

    Source: L1001-1002, L1186-1190
    """

    language: Language
    age_band: Text
    immediate_needs: AnyNumber[Need]
    consent_flags: Maybe[AnyNumber[Text]] = None


class WitnessStatementTaken(Payload):
    """
    A person gave a statement; the Plan's technique is `victim_friendly`.

    Source: item 24; L1438-1444
    """

    statement_ref: Code
    technique: Text
    language: Language
    interpreter_ref: Maybe[Code] = None


class EvidenceAssessed(Payload):
    """
    An assessor found reasonable suspicion, or none, by the test of section 98.

    Source: L958-967
    """

    assessment_ref: Code
    assessor_ref: Code
    evidence_refs: Some[Code]
    reasonable_suspicion: bool
    test: Literal["s98"]
    statement_refs: Maybe[AnyNumber[Code]] = None


class CertificationEndorsed(Payload):
    """
    A senior police officer other than the assessor endorses an assessment.

    Source: L960-962
    """

    assessment_ref: Code
    endorser_ref: Code
    endorser_rank: Code


class CertificationIssued(Payload):
    """
    Police certify this person; without `valid_to`, until withdrawn.

    `kind` tells certificates of different effect apart where a profile knows more than
    one: `trafficked`, the Plan's own and meant where it is left out, and
    `non_obstruction`, since 2009. Version 1 had no `kind`.

    Source: L958-967; item 13
    """

    certification_no: Code
    assessment_ref: Code
    endorser_rank: Code
    legal_basis: Text
    valid_to: Maybe[Moment] = None
    kind: Maybe[Literal["trafficked", "non_obstruction"]] = None


class CertificationWithdrawn(Payload):
    """
    Police revoke a certificate; the Plan's only reason is `not_trafficked`.

    Source: L968-970; item 13
    """

    certification_no: Code
    reason_code: Code
    investigation_ref: Maybe[Code] = None


class WithdrawalAcknowledged(Payload):
    """
    An agency told of the certificate says what it did on its withdrawal.

    Source: [I]
    """

    certification_no: Code
    action_taken: Text
