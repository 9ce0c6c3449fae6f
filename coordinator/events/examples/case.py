"""Examples of events about a case as a whole: intake, co-ordination, court, closing."""

from __future__ import annotations

from typing import Final

from coordinator.events.examples.form import OBLIGATION_ID, Example, example_id
from coordinator.events.ids import made_id

EXAMPLES: Final = {
    "public_report.received": Example(
        "police",
        {
            "report_ref": "PR-0312",
            "channel": "local_station",
            "anonymous": False,
            "indicators": ["workers never leave the site alone"],
            "reporter_ref": "R-58",
            "station_ref": "ST-11",
            "area": "a coastal district",
            "industry": "fish processing",
            "narrative_ref": "N-0312",
        },
    ),
    "suspicion.reported": Example(
        "customs",
        {
            "observer_role": "passenger_officer",
            "context": "border_air",
            "indicators": [
                "passport held by a travelling companion",
                "does not know the address of the work",
            ],
            "area": "arrivals hall",
            "subject_refs": ["S-1"],
            "narrative_ref": "N-0313",
        },
    ),
    "document_fraud.detected": Example(
        "dia",
        {
            "document_type": "passport",
            "issuing_state": "Freedonia",
            "kind": "stolen",
            "checkpoint": "passport renewal",
            "subject_ref": "S-2",
        },
    ),
    "risk_alert.issued": Example(
        "labour",
        {
            "alert_ref": "A-17",
            "kind": "targeting_profile",
            "scope": "seasonal workers recruited by one agent",
            "valid_from": "2026-03-02T00:00:00Z",
            "review_due": "2026-09-01T00:00:00Z",
            "traveller_ref": "T-4",
            "arrives_at": "2026-03-03T18:40:00Z",
        },
    ),
    "risk_alert.acknowledged": Example(
        "customs", {"alert_ref": "A-17", "action": "interview on arrival"}
    ),
    "risk_alert.reviewed": Example(
        "labour",
        {
            "alert_ref": "A-17",
            "outcome": "still in use",
            "review_due": "2027-03-01T00:00:00Z",
        },
    ),
    "risk_alert.resolved": Example(
        "labour",
        {
            "alert_ref": "A-17",
            "outcome": "the agent no longer recruits",
            "review_due": "2027-03-01T00:00:00Z",
        },
    ),
    "intelligence.shared": Example(
        "customs",
        {
            "intel_ref": "I-90",
            "to": ["police", "labour"],
            "origin": "a partner's border service",
            "lawful_basis": "maintenance_of_the_law",
            "partner_government": "Freedonia",
            "caveats": ["not for use in court"],
            "use_feedback_due": "2026-06-01T00:00:00Z",
        },
    ),
    "suspicion.referred": Example(
        "customs",
        {
            "referral_ref": "RF-21",
            "basis_event_ids": [example_id("suspicion.reported")],
            "contact_role": "duty_manager",
            "method": "phone",
            "urgency": "urgent",
        },
    ),
    "referral.acknowledged": Example(
        "police",
        {
            "referral_ref": "RF-21",
            "receiver_role": "duty_inspector",
            "next_step": "interview with an interpreter",
        },
    ),
    "suspicion.closed": Example(
        "police",
        {
            "reason": "duplicate",
            "duplicate_of": example_id("public_report.received"),
            "grounds_code": "same_workplace",
        },
    ),
    "case.identified": Example(
        "police",
        {
            "origin_event_ids": [example_id("suspicion.reported")],
            "offence_basis": "s98D",
            "cross_border": True,
            "lead_role": "case_lead",
            "area": "a coastal district",
        },
    ),
    "minister.informed": Example(
        "labour",
        {
            "briefing_ref": "B-3",
            "kind": "initial",
            "officer_role": "private_secretary",
            "method": "briefing_note",
        },
    ),
    "notice.acknowledged": Example(
        "minister-immigration", {"notice_id": made_id("example", "notice")}
    ),
    "key_contact.designated": Example(
        "customs",
        {
            "role": "key_contact",
            "contact_id": "C-customs-1",
            "methods": ["phone", "email"],
            "valid_from": "2026-03-01T00:00:00Z",
            "valid_to": "2027-03-01T00:00:00Z",
            "availability": "day and night",
            "deputy_contact_id": "C-customs-2",
        },
    ),
    "senior_official.assigned": Example(
        "police",
        {
            "role": "senior_official",
            "contact_id": "C-police-9",
            "from": "2026-03-02T21:00:00Z",
            "to": "2026-09-01T00:00:00Z",
        },
    ),
    "input.requested": Example(
        "police",
        {
            "request_ref": "Q-6",
            "to": "labour",
            "purpose": "visa history of one employer",
            "lawful_basis": "maintenance_of_the_law",
            "urgency": "routine",
        },
    ),
    "input.provided": Example(
        "labour",
        {
            "request_ref": "Q-6",
            "outcome": "partial",
            "decline_reason": "older files are on paper",
            "content_ref": "D-44",
            "caveats": ["for this investigation only"],
            "share_with_investigation": True,
        },
    ),
    "escalation.acknowledged": Example(
        "police",
        {
            "obligation_id": OBLIGATION_ID,
            "decision": "a second officer is on the way",
            "new_due": "2026-03-03T02:00:00Z",
        },
    ),
    "investigation.commenced": Example(
        "police",
        {"investigation_ref": "INV-2", "priority": "homicide_rape_equivalent"},
    ),
    "investigation.concluded": Example(
        "police", {"outcome": "charges", "grounds_code": "evidential_test_met"}
    ),
    "offender_pursuit.assisted": Example(
        "police",
        {
            "pursuit_ref": "X-5",
            "government": "Freedonia",
            "channel": "interpol",
            "post": "the national central bureau",
        },
    ),
    "prosecution.commenced": Example(
        "police",
        {
            "offences": ["Crimes Act 1961 section 98D"],
            "court_ref": "CRI-1",
            "expected_length": "eight months",
        },
    ),
    "court_outcome.recorded": Example(
        "justice",
        {
            "result": "convicted",
            "reparation_ordered": True,
            "sentence": "imprisonment",
            "amount_nzd": "25000.00",
        },
    ),
    "feedback.recorded": Example(
        "justice", {"from": "interpreting_service", "rating": 4, "text_ref": "F-12"}
    ),
    "case.closed": Example(
        "police",
        {
            "outcome_codes": ["convicted"],
            "open_obligations": ["inform_compensation_right"],
        },
    ),
    "event.retracted": Example(
        "customs",
        {
            "event_id": example_id("suspicion.referred"),
            "reason_code": "entered_in_error",
        },
    ),
    "evaluation.completed": Example(
        "labour",
        {
            "log_root": "0f3a9c1e",
            "findings": ["housing took longer than six hours"],
            "constraint_results": ["house_immediately: late by 40 minutes"],
        },
    ),
    "annual_report.compiled": Example(
        "labour",
        {
            "period": "2026",
            "figures": {"cases": 1, "certifications": {"issued": 1, "withdrawn": 0}},
            "source_root": "5b77d210",
        },
    ),
    "programme_item.progressed": Example(
        "justice",
        {
            "item": 26,
            "phase": "medium",
            "status": "under_way",
            "measure_note": "feedback form agreed with interpreters",
            "evidence_ref": "E-26",
        },
    ),
}
