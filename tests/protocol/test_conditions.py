"""Each word of the vocabulary, where it holds and where it does not."""

from datetime import timedelta
from typing import Any

import pytest

from coordinator.events import CATALOGUE, format_time, made_id, make_event
from coordinator.protocol import Record, State
from coordinator.protocol.conditions import compile_all, compile_when
from coordinator.protocol.memory import met
from coordinator.protocol.receivers import _WAYS
from coordinator.protocol.situation import Situation, applies
from coordinator.protocol.spec_conditions import Condition
from coordinator.protocol.spec_events import RECEIVER_EXTRAS, ReceiverSpec
from coordinator.protocol.spec_obligations import OwnerSpec
from tests.golden.stories import nz_2009, plain_data
from tests.protocol.case import START, Case, minutes

HOUR = START + timedelta(hours=1)


def told() -> Case:
    """
    Tell the case that the words below are asked about.

    Police: a report (PR-1), the case, an investigation, p-1 and p-2 identified; p-1
    assessed twice (AS-1, AS-2), endorsed by an inspector (AS-1) and certified (C-1);
    p-2 assessed, endorsed and assessed again (AS-5), and then without suspicion (AS-3).
    Labour asked customs (Q-1). Nobody took the report up.
    """
    case = Case(nz_2009().rules)
    case.identified("p-1", "p-2")
    case.say("police", "investigation.commenced")
    case.certified("p-1")
    again = {"assessment_ref": "AS-2"}
    case.say("police", "evidence.assessed", person="p-1", data=again)
    twice = {"assessment_ref": "AS-5"}
    for name in ("evidence.assessed", "certification.endorsed", "evidence.assessed"):
        case.say("police", name, person="p-2", data=twice)
    none = {"assessment_ref": "AS-3", "reasonable_suspicion": False}
    case.say("police", "evidence.assessed", person="p-2", data=none)
    case.say("labour", "input.requested")
    return case


CASE = told()


def situation(
    name: str,
    *,
    agency: str = "police",
    person: str | None = None,
    data: dict[str, Any] | None = None,
    contact_known: bool | None = None,
) -> Situation:
    """Put an event, as plain as can be but for `data`, before the case, an hour on."""
    plain = plain_data().get(name) or CATALOGUE[name].example
    said = {k: v for k, v in (dict(plain) | (data or {})).items() if v is not None}
    if "basis_event_ids" in said and not (data or {}).get("basis_event_ids"):
        said["basis_event_ids"] = [CASE.events[0].id]
    event = make_event(
        name=name,
        agency=agency,
        id=made_id("asked"),
        time=START,
        subject=CASE.key,
        personref=person,
        data=said,
    )
    record = Record(CASE.key, HOUR, CASE.rules, event, contact_known)
    return met(CASE.state, record, HOUR, format_time(HOUR), record.rules)


def holds(condition: dict[str, Any], s: Situation) -> bool:
    """Ask one condition."""
    return compile_all((Condition.model_validate(condition),), nz_2009().spec)(s)


ASSESSED = {"event": "evidence.assessed", "by": "assessment_ref"}
ENDORSED = {"event": "certification.endorsed", "by": "assessment_ref"}
ISSUE = "certification.issued"
ENDORSE = "certification.endorsed"
RETRACT = "event.retracted"
PROGRESS = "programme_item.progressed"

# The word; an event before which it holds; one before which it does not.
WORDS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        {"after": "evidence.assessed"},
        {"name": ISSUE, "person": "p-1"},
        {"name": ISSUE, "person": "p-9"},
    ),
    (
        {"after": ["suspicion.referred", "certification.endorsed"]},
        {"name": ISSUE, "person": "p-1"},
        {"name": ISSUE, "person": "p-9"},
    ),
    (
        {"not_after": "certification.issued"},
        {"name": ISSUE, "person": "p-2"},
        {"name": ISSUE, "person": "p-1"},
    ),
    # Before an event about no person, anybody's counts.
    (
        {"not_after": ["suspicion.referred", "evidence.assessed"]},
        {"name": ISSUE, "person": "p-9"},
        {"name": "investigation.concluded"},
    ),
    (
        {"known": ASSESSED},
        {"name": ISSUE, "person": "p-1"},
        {"name": ISSUE, "person": "p-2"},
    ),
    (
        {"known": ASSESSED | {"where": {"reasonable_suspicion": True}}},
        {"name": ENDORSE, "person": "p-1"},
        {"name": ENDORSE, "person": "p-2", "data": {"assessment_ref": "AS-3"}},
    ),
    (
        {"known": ENDORSED | {"same": {"endorser_rank": "endorser_rank"}}},
        {"name": ISSUE, "person": "p-1"},
        {"name": ISSUE, "person": "p-1", "data": {"endorser_rank": "commissioner"}},
    ),
    (
        {"known": ENDORSED | {"since": ASSESSED}},
        {"name": ISSUE, "person": "p-1"},
        {"name": ISSUE, "person": "p-1", "data": {"assessment_ref": "AS-2"}},
    ),
    (
        {"known": ASSESSED | {"since": ENDORSED}},
        {"name": ISSUE, "person": "p-2", "data": {"assessment_ref": "AS-5"}},
        {"name": ISSUE, "person": "p-1"},
    ),
    (
        {"known": ASSESSED | {"since": ENDORSED}},
        {"name": ISSUE, "person": "p-2", "data": {"assessment_ref": "AS-5"}},
        {"name": ISSUE, "person": "p-1", "data": {"assessment_ref": "AS-2"}},
    ),
    # A reference that is not given need not be known.
    (
        {"known": {"event": "public_report.received", "by": "report_ref"}},
        {"name": "referral.acknowledged", "data": {"referral_ref": "RF-1"}},
        {"name": "referral.acknowledged", "data": {"report_ref": "PR-9"}},
    ),
    (
        {
            "known": {
                "event": "input.requested",
                "by": "request_ref",
                "addressed_to_emitter": "to",
            }
        },
        {"name": "input.provided", "agency": "customs"},
        {"name": "input.provided", "agency": "acc"},
    ),
    (
        {
            "known": {
                "event": "input.requested",
                "by": "request_ref",
                "reached_emitter": True,
            }
        },
        {"name": "input.provided", "agency": "customs"},
        {"name": "input.provided", "agency": "labour"},
    ),
    (
        {"latest": ASSESSED},
        {"name": ISSUE, "person": "p-1", "data": {"assessment_ref": "AS-2"}},
        {"name": ISSUE, "person": "p-1", "data": {"assessment_ref": "AS-1"}},
    ),
    (
        {"latest": ASSESSED},
        {"name": ISSUE, "person": "p-2", "data": {"assessment_ref": "AS-3"}},
        {"name": ISSUE, "person": "p-9"},
    ),
    (
        {
            "latest_is": {
                "event": "evidence.assessed",
                "field": "reasonable_suspicion",
                "values": True,
            }
        },
        {"name": ISSUE, "person": "p-1"},
        {"name": ISSUE, "person": "p-2"},
    ),
    (
        {
            "latest_is_not": {
                "event": "evidence.assessed",
                "field": "assessment_ref",
                "values": ["AS-1", "AS-2"],
            }
        },
        {"name": ISSUE, "person": "p-9"},
        {"name": ISSUE, "person": "p-1"},
    ),
    (
        {"in_force": True},
        {"name": "certification.withdrawn", "person": "p-1"},
        {"name": "certification.withdrawn", "person": "p-2"},
    ),
    (
        {"in_force": True},
        {"name": "danger.assessed", "person": "p-1"},
        {
            "name": "certification.withdrawn",
            "person": "p-1",
            "data": {"certification_no": "C-2"},
        },
    ),
    (
        {"in_force": False},
        {"name": ISSUE, "person": "p-2"},
        {"name": ISSUE, "person": "p-1"},
    ),
    (
        {"equals": {"anonymous": True}},
        {"name": "public_report.received", "data": {"anonymous": True}},
        {"name": "public_report.received"},
    ),
    (
        {"equals": {"outcome": "charges", "grounds_code": "G-1"}},
        {"name": "investigation.concluded", "data": {"grounds_code": "G-1"}},
        {"name": "investigation.concluded"},
    ),
    (
        {"one_of": {"victim_risk": "high", "family_risk": ["none", "low"]}},
        {"name": "danger.assessed", "person": "p-1", "data": {"victim_risk": "high"}},
        {"name": "danger.assessed", "person": "p-1"},
    ),
    (
        {"one_of": {"return_risk": "high"}},
        {"name": "danger.assessed", "person": "p-1", "data": {"return_risk": "high"}},
        {"name": "danger.assessed", "person": "p-1"},
    ),
    (
        {"none_of": {"victim_risk": "high", "return_risk": "high"}},
        {"name": "danger.assessed", "person": "p-1"},
        {"name": "danger.assessed", "person": "p-1", "data": {"return_risk": "high"}},
    ),
    (
        {"contains": {"immediate_needs": "health"}},
        {
            "name": "victim.identified",
            "person": "p-9",
            "data": {"immediate_needs": ["housing", "health"]},
        },
        {"name": "victim.identified", "person": "p-9"},
    ),
    (
        {"present": ["reason", "duplicate_of"]},
        {"name": "suspicion.closed", "data": {"duplicate_of": "X"}},
        {"name": "suspicion.closed"},
    ),
    (
        {"absent": "reporter_ref"},
        {"name": "public_report.received"},
        {"name": "public_report.received", "data": {"reporter_ref": "P-1"}},
    ),
    (
        {"exactly_one_of": ["referral_ref", "report_ref"]},
        {"name": "referral.acknowledged", "data": {"report_ref": "PR-1"}},
        {"name": "referral.acknowledged"},
    ),
    (
        {"exactly_one_of": ["referral_ref", "report_ref"]},
        {"name": "referral.acknowledged", "data": {"referral_ref": "R"}},
        {
            "name": "referral.acknowledged",
            "data": {"referral_ref": "R", "report_ref": "PR-1"},
        },
    ),
    (
        {"differs": ASSESSED | {"field": "endorser_ref", "other": "assessor_ref"}},
        {"name": ENDORSE, "person": "p-1"},
        {"name": ENDORSE, "person": "p-1", "data": {"endorser_ref": "O-1"}},
    ),
    (
        {"registered": {"endorser_rank": "senior_ranks"}},
        {"name": ENDORSE, "person": "p-1"},
        {"name": ENDORSE, "person": "p-1", "data": {"endorser_rank": "sergeant"}},
    ),
    (
        {"accepted": "basis_event_ids"},
        {"name": "suspicion.referred"},
        {
            "name": "suspicion.referred",
            "data": {"basis_event_ids": [CASE.events[0].id, made_id("other")]},
        },
    ),
    (
        {"contact_known": "contact_id"},
        {"name": "senior_official.assigned", "contact_known": True},
        {"name": "senior_official.assigned", "contact_known": False},
    ),
    (
        {"contact_known": "contact_id"},
        {"name": "senior_official.assigned", "contact_known": True},
        {"name": "senior_official.assigned"},
    ),
    (
        {"within": {"field": "to", "limit": "acknowledgement"}},
        {"name": "senior_official.assigned"},
        {"name": "senior_official.assigned", "data": {"to": minutes(60)}},
    ),
    (
        {"within": {"field": "to", "limit": "acknowledgement"}},
        {"name": "senior_official.assigned", "data": {"to": minutes(25 * 60)}},
        {"name": "senior_official.assigned", "data": {"to": minutes(25 * 60 + 1)}},
    ),
    (
        {"noticed": "notice_id"},
        {
            "name": "notice.acknowledged",
            "data": {"notice_id": CASE.decisions[1]["notices"][0]["id"]},
        },
        {"name": "notice.acknowledged", "data": {"notice_id": made_id("other")}},
    ),
    (
        {"in_force": "any"},
        {"name": "case_management.commenced", "agency": "msd", "person": "p-1"},
        {"name": "case_management.commenced", "agency": "msd", "person": "p-2"},
    ),
    (
        {"not_known": {"event": "public_report.received", "by": "report_ref"}},
        {"name": "referral.acknowledged", "data": {"report_ref": "PR-9"}},
        {"name": "referral.acknowledged", "data": {"report_ref": "PR-1"}},
    ),
    (
        {"own_event": "event_id"},
        {"name": RETRACT, "data": {"event_id": CASE.events[0].id}},
        {"name": RETRACT, "agency": "labour", "data": {"event_id": CASE.events[0].id}},
    ),
    (
        {"own_event": "event_id"},
        {"name": RETRACT, "data": {"event_id": CASE.events[1].id}},
        {"name": RETRACT, "data": {"event_id": made_id("none")}},
    ),
    (
        {"names_event": {"field": "event_id", "of": "case.identified"}},
        {"name": RETRACT, "data": {"event_id": CASE.events[1].id}},
        {"name": RETRACT, "data": {"event_id": CASE.events[0].id}},
    ),
    (
        {"lists_open": "open_obligations"},
        {
            "name": "case.closed",
            "data": {"open_obligations": sorted(CASE.state.open, reverse=True)},
        },
        {"name": "case.closed", "data": {"open_obligations": []}},
    ),
    (
        {"responsible": "item"},
        {"name": PROGRESS, "agency": "ngo-seafarers", "data": {"item": 19}},
        {"name": PROGRESS, "agency": "ngo-seafarers", "data": {"item": 20}},
    ),
    (
        {"responsible": "item"},
        {"name": PROGRESS, "agency": "police", "data": {"item": 13}},
        {"name": PROGRESS, "agency": "coordinator", "data": {"item": 13}},
    ),
    (
        {"emitter_in": ["investigation", "ngo-*"]},
        {"name": "suspicion.reported", "agency": "ngo-seafarers"},
        {"name": "suspicion.reported", "agency": "acc"},
    ),
    (
        {"emitter_not_in": ["investigation", "ngo-*"]},
        {"name": "suspicion.reported", "agency": "acc"},
        {"name": "suspicion.reported", "agency": "customs"},
    ),
]


@pytest.mark.parametrize(
    ("condition", "asked", "not_asked"),
    WORDS,
    ids=[f"{number}-{next(iter(word))}" for number, (word, *_) in enumerate(WORDS)],
)
def test_a_word_holds_and_does_not(
    condition: dict[str, Any], asked: dict[str, Any], not_asked: dict[str, Any]
) -> None:
    """Each word says yes to one event and no to another."""
    assert holds(condition, situation(**asked))
    assert not holds(condition, situation(**not_asked))


def test_every_word_of_the_vocabulary_is_asked_here() -> None:
    """The table and the words below leave none out."""
    asked = {word for condition, *_ in WORDS for word in condition}
    below = {"own_subject", "paged", "under", "dispensable"}

    assert asked | below == set(Condition.model_fields)


def test_a_scope_is_of_a_kind() -> None:
    """`under` asks for the scope's prefix; a case has none."""
    s = situation("protocol.activated", agency="coordinator")

    assert holds({"under": "plan"}, s._replace(state=State("plan:nz-2009")))
    assert not holds({"under": "plan"}, s._replace(state=State("agency:plan")))
    assert not holds({"under": "plan"}, s)


@pytest.mark.parametrize(("agency", "answer"), [("police", True), ("customs", False)])
def test_a_scope_is_its_own_agencys(agency: str, answer: bool) -> None:
    """`own_subject` holds under `agency:` and the emitter's id."""
    s = situation("key_contact.designated", agency=agency)
    own = s._replace(state=State("agency:police"))

    assert holds({"own_subject": True}, own) is answer
    assert not holds({"own_subject": True}, s)


@pytest.mark.parametrize(
    ("agency", "paged", "answer"),
    [
        ("labour", {"labour"}, True),
        ("labour", {"police"}, False),
        ("dpmc", {"labour", "working-group"}, True),
        ("acc", {"labour", "working-group"}, False),
        ("acc", {"minister-immigration"}, False),
        ("labour", set(), False),
    ],
)
def test_who_was_paged_may_acknowledge(
    agency: str, paged: set[str], answer: bool
) -> None:
    """The agency itself was paged, or an office that it is a member of."""
    case = told()
    (owed,) = case.owed("inform_minister")
    owed.paged |= paged
    data = {"obligation_id": owed.id}
    s = situation("escalation.acknowledged", agency=agency, data=data)
    s = s._replace(state=case.state)

    assert holds({"paged": "obligation_id"}, s) is answer


def test_nobody_was_paged_about_what_is_not_owed() -> None:
    """An id that is no obligation's is answered, not an error."""
    data = {"obligation_id": made_id("none")}
    s = situation("escalation.acknowledged", data=data)

    assert not holds({"paged": "obligation_id"}, s)


def test_conditions_side_by_side_must_all_hold() -> None:
    """A list is no choice; no list at all always applies."""
    both = tuple(
        Condition.model_validate(one)
        for one in ({"present": "reason"}, {"present": "duplicate_of"})
    )
    spec = nz_2009().spec
    closed = situation("suspicion.closed")
    duplicate = situation("suspicion.closed", data={"duplicate_of": "X"})

    assert not compile_all(both, spec)(closed)
    assert compile_all(both, spec)(duplicate)
    assert applies(compile_when(None, spec), closed)
    assert not applies(compile_when(both, spec), closed)


def test_every_way_of_naming_agencies_has_its_meaning() -> None:
    """Receivers and owners are named in the same words; only some are for both."""
    named = set(ReceiverSpec.model_fields) | set(OwnerSpec.model_fields)

    assert named - RECEIVER_EXTRAS == {*_WAYS, "owners_ended"}
