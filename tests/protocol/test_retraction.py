"""Mending a mistake: a retracted event counts as never accepted; the log stays."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coordinator.events import CATALOGUE, Event, make_event
from coordinator.protocol import Decision, Record, State, apply, decide
from coordinator.protocol.state import Fact
from tests.golden.stories import nz_2009
from tests.protocol.case import Case, minutes
from tests.protocol.histories import KEYS, History, Move, moves
from tests.protocol.promises import fingerprint

CASE = KEYS[0]
RETRACTED = "event.retracted"
# What they name has another id in a case whose records have other numbers.
BY_MADE_IDS = ("notice.acknowledged", "escalation.acknowledged")
SENDERS = nz_2009().spec.groups["any"]
MISTAKE = {"reason_code": "entered_in_error"}


def retract(case: Case, agency: str, number: int, at: float = 60) -> Decision:
    """Have an agency retract the case's event of that number, from 0."""
    data = MISTAKE | {"event_id": case.events[number].id}
    return case.say(agency, RETRACTED, at, data=data)


def named(decision: Decision, part: str) -> list[tuple[str, str]]:
    """List what a decision opened or closed: name and owner."""
    parts: Any = decision
    return sorted((one["name"], one["owner"]) for one in parts[part])


# --- for any history ---------------------------------------------------------------


@settings(max_examples=150)
@given(data=st.data())
def test_a_retraction_and_its_absence_give_the_same_later_decisions(
    data: st.DataObject,
) -> None:
    """
    Later decisions are those of the case in which the event was never accepted.

    Nor were those that were retracted earlier, and the retractions themselves.

    Compared are the verdict with its rule, breaches, deliveries, and what is opened and
    closed; ids and numbers differ. What was decided before stays as it was.
    """
    state = State(CASE)
    history = History(CASE, state)
    told, later = (_said(data.draw(moves(CASE))) for _ in range(2))
    rows = [row for move in told if (row := _take(history, state, move)) is not None]
    own = list(state.facts.values())
    assume(own)
    mistake = own[data.draw(st.integers(0, len(own) - 1))]
    before = [dict(decision) for _, decision in rows]
    mended = _decide(state, _retraction(history, mistake))
    assume(mended["verdict"] == "accepted")

    other = State(CASE, exists=True, rules=rows[0][0].rules)
    apart = {mended["input"]["id"]}
    for record, decision in rows:
        if decision["verdict"] != "accepted":
            continue
        if record.event.id in state.facts and record.event.name != RETRACTED:
            again = _decide(other, record)
            # Its sender was a party by nothing but what was sent and retracted.
            assume(again["rule"] != "not_a_party")
            assert again["verdict"] == "accepted"
        else:
            apart.add(record.event.id)
    assert _open(state) == _open(other)

    for move in later:
        said = history.next_record(move)
        if said is None or not _comparable(said.event, apart, rows):
            continue
        if said.event.agency not in other.parties:
            continue
        assert _essence(_decide(state, said)) == _essence(_decide(other, said))
    assert [dict(decision) for _, decision in rows] == before


@settings(max_examples=100)
@given(data=st.data())
def test_to_take_a_retraction_back_leaves_everything_as_it_was(
    data: st.DataObject,
) -> None:
    """Whatever happened before, pages and acknowledgements too, the same is owed."""
    state = State(CASE)
    history = History(CASE, state)
    for move in data.draw(moves(CASE)):
        _take(history, state, move)
    own = [one for one in state.facts.values() if one.agency in SENDERS]
    assume(own)
    mistake = own[data.draw(st.integers(0, len(own) - 1))]
    _settle(history, state)
    before, ladders = _open(state), _ladders(state)
    mended = _decide(state, _retraction(history, mistake, 1))
    assume(mended["verdict"] == "accepted")
    back = _decide(state, _retraction(history, state.facts[_id(1)], 2))

    assert back["verdict"] == "accepted"
    assert _open(state) == before
    assert _ladders(state) == ladders


def _settle(history: History, state: State) -> None:
    """Let what is due be paged, by a record that is refused."""
    event = make_event(
        name=RETRACTED,
        agency="police",
        id=_id(0),
        time=history.at,
        subject=CASE,
        exercise=bool(state.exercise),
        data=MISTAKE | {"event_id": _id(9)},
    )
    _decide(state, Record(CASE, history.at, nz_2009().rules, event))


def _id(number: int) -> str:
    """Make an id that no history has."""
    return "7ZZZZZZZZZZZZZZZZZZZZZZZZ" + str(number)


def _said(told: tuple[Move, ...]) -> list[Move]:
    """Keep what agencies say, a millisecond apart: no rung falls due between."""
    return [
        move._replace(jump=timedelta(milliseconds=1))
        for move in told
        if not CATALOGUE[move.name].coordinator and move.name not in BY_MADE_IDS
    ]


def _take(history: History, state: State, move: Move) -> tuple[Record, Decision] | None:
    record = history.next_record(move)
    if record is None:
        return None
    decision = _decide(state, record)
    history.note(decision)
    return record, decision


def _decide(state: State, record: Record) -> Decision:
    decision = decide(state, record)
    apply(state, record, decision)
    return decision


def _retraction(history: History, mistake: Fact, number: int = 1) -> Record:
    event = make_event(
        name=RETRACTED,
        agency=mistake.agency,
        id=_id(number),
        time=history.at,
        subject=CASE,
        exercise=bool(history.state.exercise),
        data=MISTAKE | {"event_id": mistake.id},
    )
    return Record(CASE, history.at, nz_2009().rules, event)


def _comparable(
    event: Event, apart: set[str], rows: list[tuple[Record, Decision]]
) -> bool:
    """Leave out what names things by ids that one of the two cases never made."""
    said = {event.id, *_texts(event.data), event.causationid, event.correlationid}
    seen = {record.event.id for record, _ in rows}
    return not apart & said and event.id not in seen and event.name != RETRACTED


def _texts(data: dict[str, Any]) -> list[str]:
    lists = [value for value in data.values() if isinstance(value, list)]
    return [str(one) for value in (*lists, data.values()) for one in value]


def _essence(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": (decision["verdict"], decision["rule"], decision["detail"]),
        "breaches": decision["breaches"],
        "deliveries": sorted(
            (one["to"], one["view"], one["without"]) for one in decision["deliveries"]
        ),
        "opened": sorted(
            (one["name"], one["owner"], one["scope"], one["due"])
            for one in decision["opened"]
        ),
        "closed": sorted(
            (one["name"], one["owner"], one["how"], one["late_by_s"])
            for one in decision["closed"]
        ),
    }


def _ladders(state: State) -> list[tuple[str, int, list[int]]]:
    """Give how far each ladder has come, and the rungs that are still ahead."""
    return sorted(
        (one.scope, one.reached, sorted(one.pending))
        for one in state.obligations.values()
        if one.open
    )


def _open(state: State) -> list[tuple[Any, ...]]:
    return sorted(
        (
            one.rules.name,
            one.owner,
            one.scope,
            one.person or "",
            one.due,
            one.also or "",
            one.rests_on or (),
            one.acknowledged_until or "",
        )
        for one in state.obligations.values()
        if one.open
    )


# --- by example ----------------------------------------------------------------------


def test_what_it_closed_opens_again_with_its_old_due() -> None:
    """The report to Police is owed as before, and Police's own duties are back."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "case.identified", 10)
    mended = retract(case, "police", 1)

    assert mended["verdict"] == "accepted"
    assert named(mended, "opened") == [("report_to_police", "customs")]
    assert mended["opened"][0]["due"] == minutes(60)
    assert {one["how"] for one in mended["closed"]} == {"superseded"}
    assert ("inform_minister", "labour") in named(mended, "closed")
    assert [one["kind"] for one in mended["notices"]] == ["update"]


def test_a_reopened_duty_is_paged_for_by_its_old_due() -> None:
    """What fell due meanwhile is paged at the next record: once, the highest rung."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "case.identified", 10)
    retract(case, "police", 1, at=200)
    late = case.say("police", "public_report.received", 200)
    pages = [page for page in late["pages"] if page["name"] == "report_to_police"]

    assert [(page["role"], page["rung"]) for page in pages] == [("senior_official", 2)]


def test_it_is_told_to_all_who_were_sent_the_event_and_only_that_it_happened() -> None:
    """Receivers get a stub: the envelope, without what was retracted."""
    case = Case()
    case.identified("p-1")
    mended = retract(case, "police", 2)

    assert [(one["to"], one["view"]) for one in mended["deliveries"]] == [
        (to, "stub") for to in ("labour", "housing", "justice", "msd", "health", "acc")
    ]


def test_what_others_built_on_it_must_be_retracted_first() -> None:
    """The refusal names what would not be accepted, as far as the sender got it."""
    case = Case()
    case.identified("p-1")
    housing = {"request_ref": "H-1"}
    case.say("msd", "housing.requested", 1, person="p-1", data=housing)
    asked = case.say("police", "housing.requested", 2, person="p-1")
    refused = retract(case, "police", 2)

    assert (refused["verdict"], refused["rule"]) == ("refused", "event.retracted.2")
    assert f"housing.requested ({asked['input']['id']})" in str(refused["detail"])
    assert "others that the sender was not sent" in str(refused["detail"])
    assert case.events[3].id not in str(refused["detail"])


@pytest.mark.parametrize(("agency", "number"), [("labour", 0), ("police", 9)])
def test_only_ones_own_accepted_event_can_be_retracted(
    agency: str, number: int
) -> None:
    """Another's event, or one that was refused: neither."""
    case = Case()
    case.identified("p-1")
    while len(case.events) < 9:
        case.say("labour", "minister.informed")
    case.say("police", "victim.identified", person="p-1")  # refused: identified
    refused = retract(case, agency, number)

    assert (refused["verdict"], refused["rule"]) == ("refused", "event.retracted.1")


def test_a_retracted_event_is_not_accepted_again_and_not_retracted_twice() -> None:
    """Its id is used up; sent again, it is a duplicate."""
    case = Case()
    case.identified("p-1")
    retract(case, "police", 2)
    again = case.take(case.events[2], 61)
    twice = retract(case, "police", 2, at=62)
    anew = case.say("police", "victim.identified", 63, person="p-1")

    assert again["verdict"] == "duplicate"
    assert (twice["verdict"], twice["rule"]) == ("refused", "event.retracted.1")
    assert anew["verdict"] == "accepted"


def test_a_retraction_can_be_retracted() -> None:
    """The event stands again, and what it had opened is owed by its old due."""
    case = Case()
    case.identified("p-1")
    before = _open(case.state)
    retract(case, "police", 2)
    back = retract(case, "police", 3, at=61)
    twice = case.say("police", "victim.identified", 62, person="p-1")

    assert back["verdict"] == "accepted"
    assert _open(case.state) == before
    assert twice["rule"] == "victim.identified.2"


def test_a_persons_duty_that_opens_again_is_still_the_persons() -> None:
    """With whom it is about, who is paged as well, and what it rests on."""
    case = Case()
    case.identified("p-1", "p-2")
    case.say("police", "investigation.commenced")
    case.certified("p-1")
    housing = {"request_ref": "H-1", "kind": "immediate_temporary"}
    case.say("police", "housing.requested", 1, person="p-1", data=housing)
    case.say("housing", "housing.provided", 2, person="p-1", data=housing)
    case.say("health", "health_eligibility.confirmed", 3, person="p-1")
    retract(case, "housing", 9)
    retract(case, "health", 10, at=61)
    (house,) = case.owed("house_immediately")
    (health,) = case.owed("confirm_health_eligibility")
    withdrawn = case.say("police", "certification.withdrawn", 62, person="p-1")

    assert (house.person, house.also, house.rests_on) == ("p-1", "police", ())
    assert health.person == "p-1"
    assert ("confirm_health_eligibility", "health") in named(withdrawn, "closed")


def test_an_official_whose_assignment_is_retracted_is_not_paged() -> None:
    """The page goes to the directory's senior official again."""
    case = Case()
    case.say("police", "public_report.received")
    for number, contact in enumerate(("police-one", "police-two")):
        official = {"contact_id": contact, "role": "senior_official"}
        case.say(
            "police",
            "senior_official.assigned",
            number,
            data=official,
            contact_known=True,
        )
    retract(case, "police", 2, at=3)
    paged = case.say("police", "public_report.received", 31)
    retract(case, "police", 1, at=32)
    repeated = case.say("police", "public_report.received", 31 + 1440)

    assert paged["pages"][0]["contact_id"] == "police-one"
    assert all("contact_id" not in page for page in repeated["pages"])


def test_a_retracted_acknowledgement_lets_the_ladder_go_on() -> None:
    """What is left of it fires at its own instants, as if nobody had acknowledged."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "public_report.received", 61)  # rung 1: customs
    (owed,) = case.owed("report_to_police")
    ack = {"obligation_id": owed.id, "decision": "an officer is on the way"}
    case.say("customs", "escalation.acknowledged", 62, data=ack)
    mended = retract(case, "customs", 2, at=63)
    set_again = {
        (one["rung"], one["at"])
        for one in mended["timers"]
        if one["obligation"] == owed.id
    }

    assert set_again == {(2, minutes(120)), (3, minutes(300))}
    assert owed.acknowledged_until is None


def test_of_two_acknowledgements_the_one_that_stands_counts() -> None:
    """The ladder goes back to the new due time of the one before."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "public_report.received", 61)
    (owed,) = case.owed("report_to_police")
    for at, until in ((62, 120), (63, 400)):
        ack = {"obligation_id": owed.id, "decision": "d", "new_due": minutes(until)}
        case.say("customs", "escalation.acknowledged", at, data=ack)
    mended = retract(case, "customs", 3, at=64)

    assert (2, minutes(120)) in {(one["rung"], one["at"]) for one in mended["timers"]}
    assert owed.acknowledged_until == minutes(120)


def test_a_last_rung_that_repeats_goes_on_repeating() -> None:
    """Without the acknowledgement, the next page comes a whole day after the last."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "public_report.received", 301)  # the last rung: the office
    (owed,) = case.owed("report_to_police")
    ack = {"obligation_id": owed.id, "decision": "d"}
    case.say("labour", "escalation.acknowledged", 302, data=ack)
    mended = retract(case, "labour", 2, at=303)
    again = [one for one in mended["timers"] if one["obligation"] == owed.id]

    assert [(one["rung"], one["at"]) for one in again] == [(3, minutes(300 + 1440))]


def test_the_ministers_acknowledgement_of_a_notice_stays() -> None:
    """What was sent was sent: the notice is known, whatever became of its event."""
    case = Case()
    case.say("police", "public_report.received")
    identified = case.say("police", "case.identified")
    notice = {"notice_id": identified["notices"][0]["id"]}
    case.say("minister-immigration", "notice.acknowledged", 1, data=notice)
    mended = retract(case, "police", 1)

    assert mended["verdict"] == "accepted"


def test_a_refused_retraction_changes_nothing() -> None:
    """Neither what is owed nor what is known."""
    case = Case()
    case.identified("p-1")
    case.say("police", "housing.requested", 1, person="p-1")
    before = fingerprint(case.state)
    refused = retract(case, "police", 2, at=1)
    after = fingerprint(case.state)

    assert refused["verdict"] == "refused"
    assert before[:1] + before[4:] == after[:1] + after[4:]


# --- what opens again is what was closed --------------------------------------------


def test_of_two_persons_one_request_each_the_right_one_opens_again() -> None:
    """With the same reference and the same due, it is still that person's."""
    case = Case()
    case.identified("p-1", "p-2")
    for person in ("p-1", "p-2"):
        case.say("police", "interpreter.requested", 1, person=person)
    for person in ("p-1", "p-2"):
        data = {"request_ref": "IR-1"}
        case.say("justice", "interpreter.assigned", 2, person=person, data=data)
    retract(case, "justice", 6)

    assert [one.person for one in case.owed("provide_interpreter")] == ["p-1"]


def test_of_two_who_owe_for_one_scope_each_owes_again() -> None:
    """A closed case that is open again: everybody owes what they owed, till then."""
    case = Case()
    case.identified("p-1", "p-2")
    for person in ("p-1", "p-2"):
        case.say("police", "interpreter.requested", 1, person=person)
    case.say("police", "investigation.commenced", 2)
    case.say("police", "investigation.concluded", 2)
    before = _open(case.state)
    names = {"open_obligations": sorted(case.state.open)}
    case.say("police", "case.closed", 3, data=names)
    mended = retract(case, "police", len(case.events) - 1)

    assert [one["name"] for one in mended["closed"]] == ["evaluate_case"]
    assert _open(case.state) == before


def test_an_acknowledgement_stands_for_what_opens_again() -> None:
    """Its ladder rests as it did, and another retraction does not trip over it."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "public_report.received", 61)  # rung 1: customs
    (owed,) = case.owed("report_to_police")
    ack = {"obligation_id": owed.id, "new_due": minutes(400)}
    case.say("customs", "escalation.acknowledged", 62, data=ack)
    case.say("police", "case.identified", 63)
    retract(case, "police", 3, at=64)
    (again,) = case.owed("report_to_police")
    other = retract(case, "police", 1, at=65)

    assert (again.acknowledged_until, again.pending[2]) == (minutes(400), minutes(400))
    assert other["verdict"] == "accepted"
    assert case.owed("report_to_police") == [again]
    assert again.acknowledged_until == minutes(400)


def test_what_opens_again_can_be_acknowledged_by_its_old_id() -> None:
    """Whoever was paged about it before need not know that it was closed meanwhile."""
    case = Case()
    case.say("customs", "suspicion.reported")
    case.say("police", "public_report.received", 61)
    (owed,) = case.owed("report_to_police")
    case.say("police", "case.identified", 62)
    retract(case, "police", 2, at=63)
    (again,) = case.owed("report_to_police")
    ack = {"obligation_id": owed.id, "new_due": minutes(400)}
    said = case.say("customs", "escalation.acknowledged", 64, data=ack)

    assert said["verdict"] == "accepted"
    assert {one["obligation"] for one in said["timers"]} == {again.id}


def test_what_rests_on_a_certificate_does_so_when_it_opens_again() -> None:
    """A withdrawal still ends it."""
    case = Case()
    case.identified("p-1")
    case.certified("p-1")
    case.say("police", "victim_referral.declined", 1, person="p-1")
    retract(case, "police", len(case.events) - 1)
    withdrawn = case.say("police", "certification.withdrawn", 61, person="p-1")

    assert ("refer_to_case_management", "police") in named(withdrawn, "closed")


def test_who_was_paged_need_not_retract_an_acknowledgement_first() -> None:
    """The page was sent, so its acknowledgement stands, and later mends go on."""
    case = Case()
    case.say("police", "public_report.received")
    case.say("police", "case.identified")
    case.say("police", "suspicion.reported", 241)  # labour is paged: inform_minister
    (owed,) = case.owed("inform_minister")
    ack = {"obligation_id": owed.id}
    case.say("labour", "escalation.acknowledged", 242, data=ack)
    mended = retract(case, "police", 1, at=243)
    after = case.say("labour", "escalation.acknowledged", 244, data=ack)
    again = retract(case, "police", 2, at=245)

    assert mended["verdict"] == after["verdict"] == again["verdict"] == "accepted"
    assert case.owed("inform_minister") == []


def test_what_a_mistake_had_kept_from_opening_opens_by_its_own_event() -> None:
    """With the due that it would have had, the person it is about, and its ladder."""
    case = Case()
    case.identified()
    met = {"service_kind": "health"}
    need = {"immediate_needs": ["health"]}
    for person in ("p-1", "p-2"):
        case.say("health", "service.accessed", 1, person=person, data=met)
    for person in ("p-1", "p-2"):
        case.say("police", "victim.identified", 2, person=person, data=need)
    mended = retract(case, "health", 2, at=3)
    (owed,) = case.owed("meet_health_need")

    assert [(one["name"], one["due"]) for one in mended["opened"]] == [
        ("meet_health_need", minutes(242))
    ]
    assert (owed.person, owed.also) == ("p-1", "police")
    assert sorted(owed.pending) == [0, 1, 2]


def test_a_retracted_assessment_of_danger_takes_its_protection_with_it() -> None:
    """The assessment is owed again by its old due, protection no more."""
    case = Case()
    case.identified("p-1")
    high = {"victim_risk": "high"}
    case.say("police", "danger.assessed", 1, person="p-1", data=high)
    mended = retract(case, "police", 3, at=2)

    assert named(mended, "opened") == [("assess_danger", "police")]
    assert mended["opened"][0]["due"] == minutes(120)
    assert named(mended, "closed") == [("protect", "police")]
    assert [(one["to"], one["view"]) for one in mended["deliveries"]] == [
        ("labour", "stub"),
        ("housing", "stub"),
    ]


def test_a_retracted_certificate_was_never_in_force() -> None:
    """What rested on it is superseded, not withdrawn; it is owed to decide again."""
    case = Case()
    case.identified("p-1")
    case.certified("p-1")
    mended = retract(case, "police", 5, at=1)
    referred = case.say("police", "victim.referred", 2, person="p-1")
    anew = case.say("police", "certification.issued", 3, person="p-1")

    assert named(mended, "opened") == [("decide_certification", "police")]
    assert {one["how"] for one in mended["closed"]} == {"superseded"}
    assert {one["name"] for one in mended["closed"]} == {
        "refer_to_case_management",
        "confirm_health_eligibility",
        "decide_immigration_status",
    }
    assert referred["rule"] == "victim.referred.1"
    assert anew["verdict"] == "accepted"


def test_a_certificate_that_was_acted_on_must_first_be_acted_on_no_more() -> None:
    """What others built on it is theirs to retract; then it can be."""
    case = Case()
    case.identified("p-1")
    case.certified("p-1")
    case.say("health", "health_eligibility.confirmed", 1, person="p-1")
    refused = retract(case, "police", 5, at=2)
    retract(case, "health", 6, at=3)

    assert refused["rule"] == "event.retracted.2"
    assert "others that the sender was not sent" in str(refused["detail"])
    assert retract(case, "police", 5, at=4)["verdict"] == "accepted"


def test_a_retracted_withdrawal_puts_the_certificate_in_force_again() -> None:
    """What it had ended is owed again, and nobody has to act on it."""
    case = Case()
    case.identified("p-1")
    case.certified("p-1")
    before = _open(case.state)
    case.say("police", "certification.withdrawn", 1, person="p-1")
    retract(case, "police", 6, at=2)
    confirmed = case.say("health", "health_eligibility.confirmed", 3, person="p-1")

    assert confirmed["verdict"] == "accepted"
    assert case.owed("act_on_withdrawal") == []
    assert len(_open(case.state)) == len(before) - 1  # What was confirmed.


def test_a_last_rung_that_was_paged_is_not_paged_again_at_once() -> None:
    """It goes on in its whole steps, as if the retracted event had not been."""
    case = Case()
    case.identified("p-1")
    case.say(
        "labour", "minister.informed", 181
    )  # the Working Group hears of the danger
    case.say("police", "danger.assessed", 200, person="p-1")
    mended = retract(case, "police", 4, at=210)
    (owed,) = case.owed("assess_danger")
    at_once = case.say("labour", "minister.informed", 211)
    again = [one for one in mended["timers"] if one["obligation"] == owed.id]

    assert [page["name"] for page in at_once["pages"]] == []
    assert (2, minutes(180 + 1440)) in {(one["rung"], one["at"]) for one in again}


def test_a_page_that_reaches_nobody_counts_for_the_duty_that_opened_again() -> None:
    """The next rung is paged at once, though the page was about the one before."""
    case = Case()
    case.identified("p-1")
    late = case.say("labour", "minister.informed", 121)
    (page,) = [one for one in late["pages"] if one["name"] == "assess_danger"]
    case.say("police", "danger.assessed", 130, person="p-1")
    retract(case, "police", 4, at=131)
    data = {"page_id": page["id"]}
    skipped = case.say("coordinator", "page.unreachable", 132, data=data)

    assert [(one["name"], one["rung"], one["why"]) for one in skipped["pages"]] == [
        ("assess_danger", 2, "unreachable")
    ]


def test_a_refusal_names_some_and_counts_the_rest() -> None:
    """However much was built on it, the refusal can be read."""
    case = Case()
    case.identified("p-1")
    for number in range(14):
        asked = {"request_ref": f"H-{number}"}
        case.say("police", "housing.requested", number, person="p-1", data=asked)
    refused = str(retract(case, "police", 2)["detail"])

    assert refused.count("housing.requested (") == 10
    assert refused.endswith("4 more of those.")
