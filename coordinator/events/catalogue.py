"""
The catalogue: every type of event that the bus knows, in the order of its tables.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from coordinator.events import (
    closing,
    coordination,
    coordinator,
    immigration,
    intake,
    justice,
    recognition,
    safety,
    support,
)
from coordinator.events.event_type import (
    AGENCY,
    ALERT,
    ANY,
    CASE,
    EXERCISE,
    INTEL,
    PLAN,
    EventType,
    Person,
    Scope,
    fields_holding,
)
from coordinator.events.examples import EXAMPLES
from coordinator.events.fields import Holds
from coordinator.events.upcasting import OLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coordinator.events.payload import Payload


class _Unusual(TypedDict, total=False):
    person: Person
    scope: Scope
    mints: bool


def _row(
    name: str, model: type[Payload], cite: str, **unusual: Unpack[_Unusual]
) -> EventType:
    area = model.__module__.rpartition(".")[2]
    return EventType(
        name=name,
        model=model,
        version=len(OLDER.get(name, ())) + 1,
        area=area,
        cite=cite,
        person=unusual.get("person", "never"),
        scope=unusual.get("scope", CASE),
        mints=unusual.get("mints", False),
        coordinator=area == "coordinator",
        event_id_fields=fields_holding(model, Holds.EVENT),
        agency_fields=fields_holding(model, Holds.AGENCY),
        example=EXAMPLES[name].data,
    )


def _intake() -> Iterator[EventType]:
    yield _row(
        "public_report.received", intake.PublicReportReceived, "L1577-1584", mints=True
    )
    yield _row(
        "suspicion.reported",
        intake.SuspicionReported,
        "L1394-1398; items 1 9 10",
        mints=True,
    )
    yield _row(
        "document_fraud.detected",
        intake.DocumentFraudDetected,
        "L876-884; items 11 12",
        mints=True,
    )
    yield _row(
        "risk_alert.issued",
        intake.RiskAlertIssued,
        "L831-835; items 5 9 10",
        scope=ALERT,
    )
    yield _row(
        "risk_alert.acknowledged",
        intake.RiskAlertAcknowledged,
        "L831-835 [I]",
        scope=ALERT,
    )
    yield _row(
        "risk_alert.reviewed", intake.RiskAlertReviewed, "items 9 10", scope=ALERT
    )
    yield _row(
        "risk_alert.resolved", intake.RiskAlertResolved, "items 9 10", scope=ALERT
    )
    yield _row(
        "intelligence.shared",
        intake.IntelligenceShared,
        "L533-549; items 5 6",
        scope=INTEL,
    )
    yield _row(
        "suspicion.referred", intake.SuspicionReferred, "goal 4 L245-249; L430-431"
    )
    yield _row("referral.acknowledged", intake.ReferralAcknowledged, "L1394-1398 [I]")
    yield _row("suspicion.closed", intake.SuspicionClosed, "[I]")


def _coordination() -> Iterator[EventType]:
    yield _row(
        "case.identified",
        coordination.CaseIdentified,
        "L1394-1401; items 13 19 20 22 24-26 28",
    )
    yield _row("minister.informed", coordination.MinisterInformed, "L201-203")
    yield _row("notice.acknowledged", coordination.NoticeAcknowledged, "L201-203 [I]")
    yield _row(
        "key_contact.designated",
        coordination.KeyContactDesignated,
        "item 23 (L1421-1425)",
        scope=AGENCY,
    )
    yield _row(
        "senior_official.assigned", coordination.SeniorOfficialAssigned, "L1398-1401"
    )
    yield _row("input.requested", coordination.InputRequested, "item 23")
    yield _row("input.provided", coordination.InputProvided, "item 23; L533-538")
    yield _row(
        "escalation.acknowledged",
        coordination.EscalationAcknowledged,
        "L1398-1401 [I]",
        scope=ANY,
    )
    yield _row(
        "investigation.commenced",
        coordination.InvestigationCommenced,
        "L1040-1042, L1378-1383",
    )
    yield _row(
        "investigation.concluded", coordination.InvestigationConcluded, "items 23 24"
    )


def _recognition() -> Iterator[EventType]:
    yield _row(
        "victim.identified",
        recognition.VictimIdentified,
        "L1001-1002, L1186-1190",
        person="always",
    )
    yield _row(
        "witness_statement.taken",
        recognition.WitnessStatementTaken,
        "item 24; L1438-1444",
        person="always",
    )
    yield _row(
        "evidence.assessed", recognition.EvidenceAssessed, "L958-967", person="always"
    )
    yield _row(
        "certification.endorsed",
        recognition.CertificationEndorsed,
        "L960-962",
        person="always",
    )
    yield _row(
        "certification.issued",
        recognition.CertificationIssued,
        "L958-967; item 13",
        person="always",
    )
    yield _row(
        "certification.withdrawn",
        recognition.CertificationWithdrawn,
        "L968-970; item 13",
        person="always",
    )
    yield _row(
        "withdrawal.acknowledged",
        recognition.WithdrawalAcknowledged,
        "[I]",
        person="always",
    )


def _safety() -> Iterator[EventType]:
    yield _row("danger.assessed", safety.DangerAssessed, "item 22", person="always")
    yield _row(
        "safe_house.placed",
        safety.SafeHousePlaced,
        "L1004-1006, L1323-1325; item 22",
        person="always",
    )
    yield _row(
        "protection.provided", safety.ProtectionProvided, "item 22", person="always"
    )
    yield _row("threat.recorded", safety.ThreatRecorded, "L1328-1332", person="always")
    yield _row("threat.reported", safety.ThreatReported, "L1332-1336", person="always")
    yield _row(
        "offender_pursuit.assisted", safety.OffenderPursuitAssisted, "L1325-1328"
    )
    yield _row(
        "threat.not_reported",
        safety.ThreatNotReported,
        '"as appropriate" L1332-1336',
        person="always",
    )
    yield _row(
        "housing.requested", safety.HousingRequested, "L1186-1197", person="always"
    )
    yield _row("housing.provided", safety.HousingProvided, "item 19", person="always")
    yield _row(
        "housing.unavailable", safety.HousingUnavailable, "L1188-1192", person="always"
    )


def _support() -> Iterator[EventType]:
    yield _row(
        "victim.referred",
        support.VictimReferred,
        "L1235-1239; item 20",
        person="always",
    )
    yield _row(
        "victim_referral.declined",
        support.VictimReferralDeclined,
        "[I]",
        person="always",
    )
    yield _row(
        "case_management.commenced",
        support.CaseManagementCommenced,
        "L1235-1242",
        person="always",
    )
    yield _row(
        "service.accessed",
        support.ServiceAccessed,
        "L1125-1133, L1257-1261",
        person="always",
    )
    yield _row(
        "financial_assistance.granted",
        support.FinancialAssistanceGranted,
        "L1243-1257; item 21",
        person="always",
    )
    yield _row(
        "financial_assistance.declined",
        support.FinancialAssistanceDeclined,
        "L1243-1257; item 21",
        person="always",
    )
    yield _row(
        "health_eligibility.confirmed",
        support.HealthEligibilityConfirmed,
        "L1134-1137; item 17",
        person="always",
    )
    yield _row(
        "acc_claim.lodged",
        support.AccClaimLodged,
        "L1137-1139; item 18",
        person="always",
    )
    yield _row(
        "rehabilitation_right.informed",
        support.RehabilitationRightInformed,
        "item 18",
        person="always",
    )


def _immigration() -> Iterator[EventType]:
    yield _row(
        "repatriation.requested",
        immigration.RepatriationRequested,
        "L1028-1033",
        person="always",
    )
    yield _row(
        "humanitarian_assessment.completed",
        immigration.HumanitarianAssessmentCompleted,
        "L1022-1026, L1032-1034; item 14",
        person="always",
    )
    yield _row(
        "repatriation.arranged",
        immigration.RepatriationArranged,
        "L1028-1038 [I]",
        person="always",
    )
    yield _row(
        "victim.repatriated", immigration.VictimRepatriated, "item 14", person="always"
    )
    yield _row(
        "country_of_origin.notified",
        immigration.CountryOfOriginNotified,
        "item 15; L1034-1038",
        person="always",
    )
    yield _row(
        "immigration_status.granted",
        immigration.ImmigrationStatusGranted,
        "L1039-1054; item 16",
        person="always",
    )


def _justice() -> Iterator[EventType]:
    yield _row(
        "participation_consent.recorded",
        justice.ParticipationConsentRecorded,
        "L1042-1045",
        person="always",
    )
    yield _row(
        "prosecution.commenced",
        justice.ProsecutionCommenced,
        "L1042-1047; principle (b)",
    )
    yield _row("adviser.assigned", justice.AdviserAssigned, "item 25", person="always")
    yield _row(
        "interpreter.requested",
        justice.InterpreterRequested,
        "item 26",
        person="always",
    )
    yield _row(
        "interpreter.assigned", justice.InterpreterAssigned, "item 26", person="always"
    )
    yield _row(
        "rights_information.provided",
        justice.RightsInformationProvided,
        "item 27; L1445-1447",
        person="when_victim",
    )
    yield _row(
        "compensation_right.informed",
        justice.CompensationRightInformed,
        "item 28",
        person="always",
    )
    yield _row("court_outcome.recorded", justice.CourtOutcomeRecorded, "L1540-1545")
    yield _row("feedback.recorded", justice.FeedbackRecorded, "items 25 26")


def _closing() -> Iterator[EventType]:
    yield _row("case.closed", closing.CaseClosed, "[I]")
    yield _row("event.retracted", closing.EventRetracted, "[I]")
    yield _row("evaluation.completed", closing.EvaluationCompleted, "items 23 24")
    yield _row(
        "annual_report.compiled", closing.AnnualReportCompiled, "L199-201", scope=PLAN
    )
    yield _row(
        "programme_item.progressed",
        closing.ProgrammeItemProgressed,
        "L325-336; each item's measure",
        scope=PLAN,
    )


def _own() -> Iterator[EventType]:
    for name, model, scope in (
        ("protocol.activated", coordinator.ProtocolActivated, ANY),
        ("protocol.migrated", coordinator.ProtocolMigrated, CASE),
        ("deadline.passed", coordinator.DeadlinePassed, ANY),
        ("page.sent", coordinator.PageSent, ANY),
        ("page.failed", coordinator.PageFailed, ANY),
        ("page.unreachable", coordinator.PageUnreachable, ANY),
        ("exercise.started", coordinator.ExerciseStarted, EXERCISE),
        ("exercise.ended", coordinator.ExerciseEnded, EXERCISE),
    ):
        yield _row(name, model, "[I]", scope=scope)


CATALOGUE: Final[Mapping[str, EventType]] = MappingProxyType(
    {
        row.name: row
        for rows in (
            _intake(),
            _coordination(),
            _recognition(),
            _safety(),
            _support(),
            _immigration(),
            _justice(),
            _closing(),
            _own(),
        )
        for row in rows
    }
)
