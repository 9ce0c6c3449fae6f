"""Examples of events about one person: recognition, safety, support, stay, rights."""

from __future__ import annotations

from typing import Final

from coordinator.events.examples.form import Example

EXAMPLES: Final = {
    "victim.identified": Example(
        "police",
        {
            "language": "th",
            "age_band": "25-34",
            "immediate_needs": ["housing", "interpreter"],
            "consent_flags": ["contact by social services"],
        },
    ),
    "witness_statement.taken": Example(
        "police",
        {
            "statement_ref": "ST-1",
            "technique": "victim_friendly",
            "language": "th",
            "interpreter_ref": "IN-3",
        },
    ),
    "evidence.assessed": Example(
        "police",
        {
            "assessment_ref": "AS-1",
            "assessor_ref": "OF-12",
            "evidence_refs": ["EV-1", "EV-2"],
            "reasonable_suspicion": True,
            "test": "s98",
            "statement_refs": ["ST-1"],
        },
    ),
    "certification.endorsed": Example(
        "police",
        {
            "assessment_ref": "AS-1",
            "endorser_ref": "OF-2",
            "endorser_rank": "inspector",
        },
    ),
    "certification.issued": Example(
        "police",
        {
            "certification_no": "PC-2026-1",
            "assessment_ref": "AS-1",
            "endorser_rank": "inspector",
            "legal_basis": "Crimes Act 1961 section 98D",
            "valid_to": "2027-03-05T00:00:00Z",
        },
    ),
    "certification.withdrawn": Example(
        "police",
        {
            "certification_no": "PC-2026-1",
            "reason_code": "not_trafficked",
            "investigation_ref": "INV-2",
        },
    ),
    "withdrawal.acknowledged": Example(
        "health",
        {
            "certification_no": "PC-2026-1",
            "action_taken": "public funding ends with the current treatment",
        },
    ),
    "danger.assessed": Example(
        "police",
        {
            "victim_risk": "high",
            "family_risk": "low",
            "return_risk": "high",
            "family_country": "Freedonia",
            "review_due": "2026-04-02T00:00:00Z",
        },
    ),
    "safe_house.placed": Example(
        "police",
        {
            "placement_ref": "PL-1",
            "provider": "ngo-refuge",
            "from": "2026-03-03T01:30:00Z",
            "to": "2026-06-03T00:00:00Z",
        },
    ),
    "protection.provided": Example(
        "police",
        {
            "kind": "alarm",
            "from": "2026-03-03T02:00:00Z",
            "to": "2026-06-03T00:00:00Z",
        },
    ),
    "threat.recorded": Example(
        "police", {"threat_ref": "TH-1", "target": "family", "country": "Freedonia"}
    ),
    "threat.reported": Example(
        "police",
        {
            "threat_ref": "TH-1",
            "government": "Freedonia",
            "channel": "police_liaison_officer",
            "post": "the regional post",
        },
    ),
    "threat.not_reported": Example(
        "police",
        {"threat_ref": "TH-1", "grounds": "reporting would add to the danger"},
    ),
    "housing.requested": Example(
        "police",
        {
            "request_ref": "H-1",
            "household": "one adult",
            "kind": "long_term",
            "security_code": "SEC-2",
            "ground": "lengthy_process",
            "ngo": "ngo-refuge",
        },
    ),
    "housing.provided": Example(
        "housing",
        {
            "request_ref": "H-1",
            "provider": "housing",
            "kind": "long_term",
            "from": "2026-03-10T00:00:00Z",
            "to": "2027-03-10T00:00:00Z",
        },
    ),
    "housing.unavailable": Example(
        "housing",
        {
            "request_ref": "H-1",
            "reason": "nothing vacant in the district",
            "fallback_ngo": "ngo-refuge",
        },
    ),
    "victim.referred": Example(
        "police",
        {
            "referral_ref": "VR-1",
            "certification_no": "PC-2026-1",
            "needs": ["financial", "social"],
            "language": "th",
            "consent": True,
        },
    ),
    "victim_referral.declined": Example("police", {"certification_no": "PC-2026-1"}),
    "case_management.commenced": Example(
        "msd",
        {
            "referral_ref": "VR-1",
            "manager_role": "case_manager",
            "provider": "ngo-migrant-services",
            "plan_ref": "PN-1",
        },
    ),
    "service.accessed": Example(
        "health",
        {"service_kind": "health", "provider": "health", "date": "2026-03-03"},
    ),
    "financial_assistance.granted": Example(
        "msd",
        {
            "programme": "emergency benefit",
            "kind": "weekly",
            "date": "2026-03-12",
            "amount_nzd": "350.00",
            "reason": "no income",
        },
    ),
    "financial_assistance.declined": Example(
        "msd",
        {
            "programme": "recoverable assistance",
            "kind": "lump_sum",
            "date": "2026-03-12",
            "amount_nzd": "900.00",
            "reason": "met by another programme",
        },
    ),
    "health_eligibility.confirmed": Example(
        "health",
        {"certification_no": "PC-2026-1", "from": "2026-03-05T00:00:00Z"},
    ),
    "acc_claim.lodged": Example("acc", {"claim_ref": "CL-1", "injury": "mental"}),
    "rehabilitation_right.informed": Example(
        "acc", {"claim_ref": "CL-1", "language": "th", "method": "interview"}
    ),
    "repatriation.requested": Example(
        "labour", {"wish_stated_at": "2026-04-01T03:00:00Z", "voluntary": True}
    ),
    "humanitarian_assessment.completed": Example(
        "labour",
        {"outcome": "return", "considerations": ["family support at home"]},
    ),
    "repatriation.arranged": Example(
        "labour",
        {
            "state": "Freedonia",
            "travel_date": "2026-04-20",
            "arrival_care": "met by a partner organisation",
            "safety_needs": ["no publicity"],
        },
    ),
    "victim.repatriated": Example(
        "labour", {"state": "Freedonia", "travelled_at": "2026-04-20T05:00:00Z"}
    ),
    "country_of_origin.notified": Example(
        "mfat",
        {
            "state": "Freedonia",
            "channel": "diplomatic note",
            "safety_needs_conveyed": True,
            "response": "received",
        },
    ),
    "immigration_status.granted": Example(
        "labour",
        {
            "kind": "temporary",
            "from": "2026-03-06T00:00:00Z",
            "to": "2027-03-06T00:00:00Z",
        },
    ),
    "participation_consent.recorded": Example(
        "police", {"value": "given", "language": "th", "adviser_ref": "AD-1"}
    ),
    "adviser.assigned": Example("justice", {"adviser_ref": "AD-1", "trained": True}),
    "interpreter.requested": Example(
        "police",
        {
            "request_ref": "IR-1",
            "language": "th",
            "for_event": "first interview",
            "urgency": "urgent",
        },
    ),
    "interpreter.assigned": Example(
        "justice",
        {
            "language": "th",
            "interpreter_ref": "IN-3",
            "for_event": "first interview",
            "request_ref": "IR-1",
        },
    ),
    "rights_information.provided": Example(
        "justice", {"recipient": "victim", "language": "th", "medium": "pamphlet"}
    ),
    "compensation_right.informed": Example(
        "justice", {"route": "reparation", "language": "th", "method": "interview"}
    ),
}
