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
    for record, decision in rows:
        if decision["verdict"] == "accepted" and record.event.id != mistake.id:
            assert _decide(other, record)["verdict"] == "accepted"
    assert _open(state) == _open(other)

    for move in later:
        said = history.next_record(move)
        if said is None or not _comparable(said.event, mended, mistake, rows):
            continue
        if said.event.agency not in other.parties:
            continue
        assert _essence(_decide(state, said)) == _essence(_decide(other, said))
    assert [dict(decision) for _, decision in rows] == before


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


def _retraction(history: History, mistake: Fact) -> Record:
    event = make_event(
        name=RETRACTED,
        agency=mistake.agency,
        id="7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        time=history.at,
        subject=CASE,
        exercise=bool(history.state.exercise),
        data=MISTAKE | {"event_id": mistake.id},
    )
    return Record(CASE, history.at, nz_2009().rules, event)


def _comparable(
    event: Event,
    mended: Decision,
    mistake: Fact,
    rows: list[tuple[Record, Decision]],
) -> bool:
    """Leave out what names things by ids that one of the two cases never made."""
    apart = {mended["input"]["id"], mistake.id}
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


def _open(state: State) -> list[tuple[Any, ...]]:
    return sorted(
        (
            one.rules.name,
            one.owner,
            one.scope,
            one.person or "",
            one.due,
            one.also or "",
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

    assert (house.person, house.also, house.rests_on) == ("p-1", "police", None)
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
