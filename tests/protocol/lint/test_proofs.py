"""Faults of every kind, each in a small profile: where it is placed, and how often."""

from datetime import date
from typing import Any, Final

import pytest

from coordinator.protocol.lint import lint
from coordinator.protocol.profile import ProfileSpec
from tests.protocol.lint.small import BEGINS, gate, small

TODAY: Final = date(2026, 11, 24)
OWED: Final[dict[str, Any]] = {
    "opens_on": [BEGINS],
    "closed_by": "suspicion.closed",
    "owner": "police",
    "per": "case",
    "due": "PT1H elapsed",
}


def told(spec: ProfileSpec, today: date = TODAY) -> list[tuple[str, str]]:
    """Give each finding's place and problem."""
    findings = lint(spec, today=today).findings
    return [("/".join(map(str, one.path)), one.problem) for one in findings]


def value(section: str) -> Any:  # noqa: ANN401 - a section of a profile
    """Give a section of the packaged profile."""
    return small({}).model_dump(by_alias=True)[section]


def test_names_that_lead_nowhere_are_told_alone() -> None:
    """Nothing more can be proved of a profile whose names mean nothing."""
    found = lint(small({"threat.recorded": {"emitters": "polise"}}), today=TODAY)

    assert [one.path for one in found.findings] == [
        ("events", "threat.recorded", "emitters")
    ]
    assert found.explored.states == 0


# --- events that nobody can send -----------------------------------------------------


def test_a_circle_is_told_once_and_not_what_waits_for_it() -> None:
    """Three events wait for each other, a fourth for them: one finding, the circle."""
    events = {
        "threat.recorded": {"gates": [gate({"after": "threat.reported"})]},
        "threat.reported": {"gates": [gate({"after": "danger.assessed"})]},
        "danger.assessed": {"gates": [gate({"after": "threat.recorded"})]},
        "feedback.recorded": {"gates": [gate({"after": "threat.reported"})]},
    }
    ((place, problem),) = told(small(events))

    assert place == "events/threat.recorded/gates/0"
    assert (
        "threat.recorded after threat.reported after danger.assessed after"
        " threat.recorded; break the circle"
    ) in problem


def test_what_waits_for_a_circle_is_never_the_one_told() -> None:
    """Also where it stands before the circle in the file."""
    events = {
        "feedback.recorded": {"gates": [gate({"after": "threat.reported"})]},
        "threat.recorded": {"gates": [gate({"after": "threat.reported"})]},
        "threat.reported": {"gates": [gate({"after": "threat.recorded"})]},
    }

    assert [place for place, _ in told(small(events))] == [
        "events/threat.recorded/gates/0"
    ]


def test_what_follows_from_a_fault_is_not_told() -> None:
    """One gate rules itself out; what waits for its event, and so on, says nothing."""
    events = {
        "threat.recorded": {
            "gates": [gate({"present": "country"}, {"absent": "country"})]
        },
        "threat.reported": {"gates": [gate({"after": "threat.recorded"})]},
        "danger.assessed": {"gates": [gate({"after": "threat.reported"})]},
        "suspicion.closed": {
            "gates": [gate({"not_after": "danger.assessed"}, breach="record")]
        },
    }
    owed = {
        "look_into_it": OWED | {"opens_on": ["threat.reported"]},
        "settle_it": OWED | {"closed_by": ["threat.recorded", "danger.assessed"]},
    }

    assert [place for place, _ in told(small(events, owed))] == [
        "events/threat.recorded/gates/0"
    ]


def test_an_emitter_that_is_never_party_is_told() -> None:
    """Nobody sends Labour anything here, so its event is never let in."""
    row = {"emitters": ["labour"], "gates": [gate({"after": BEGINS})]}
    ((place, problem),) = told(small({"threat.recorded": row}))

    assert place == "events/threat.recorded"
    assert "from everybody each time (not_a_party)" in problem


@pytest.mark.parametrize(
    ("to", "places"),
    [
        ([{"agencies": "labour"}], ["threat.reported/gates/0"]),
        ([{"field": "government"}], ["threat.reported/gates/0"]),
        ([{"agencies": "mfat"}], ["feedback.recorded", "threat.reported/gates/0"]),
    ],
)
def test_who_would_be_party_by_an_event_that_nobody_can_send(
    to: list[dict[str, Any]], places: list[str]
) -> None:
    """What would have let an emitter in explains that it never is."""
    never = gate({"present": "post"}, {"absent": "post"})
    events = {
        "feedback.recorded": {
            "emitters": ["labour"],
            "gates": [gate({"after": BEGINS})],
        },
        "threat.reported": {"to": to, "gates": [never]},
    }

    assert [place for place, _ in told(small(events))] == [
        f"events/{place}" for place in places
    ]


def test_a_protocol_in_which_nothing_begins_is_told() -> None:
    """Where no event begins a case, nothing can be said in one."""
    spec = small({"suspicion.closed": {}})
    events = dict(spec.events)
    del events[BEGINS]
    found = told(spec.model_copy(update={"events": events}))

    assert {problem for _, problem in found} == {
        f"{name} can never be sent: no event begins what it is said under; mend that,"
        " or take it out"
        for name in events
    }


# --- obligations ---------------------------------------------------------------------


def test_what_never_opens_is_not_said_to_stay_open() -> None:
    """An obligation that nothing opens is one fault, not two."""
    never = {"event": BEGINS, "when": [{"present": "area"}, {"absent": "area"}]}
    owed = {"look_into_it": OWED | {"opens_on": [never]}}

    assert [place for place, _ in told(small({"suspicion.closed": {}}, owed))] == [
        "obligations/look_into_it/opens_on/0"
    ]


def test_all_ways_of_closing_that_fail_are_one_finding() -> None:
    """Nobody can close it: told once, with all that should."""
    ways = ["suspicion.closed", "feedback.recorded"]
    owed = {
        "look_into_it": OWED
        | {
            "owner": "labour",
            "closed_by": [{"event": name, "by_owner": True} for name in ways],
        }
    }
    ((place, problem),) = told(small({name: {} for name in ways}, owed))

    assert place == "obligations/look_into_it/closed_by"
    assert "suspicion.closed or feedback.recorded never settles one" in problem


def test_a_closing_without_the_openings_reference_closes_nothing() -> None:
    """What is owed for an earlier event is settled by those that name it."""
    named = {"event": BEGINS, "by": "report_ref"}
    owed = {
        "decide_it": OWED
        | {"opens_on": ["referral.acknowledged"], "per": {"event": [named]}}
    }
    events: dict[str, Any] = {"referral.acknowledged": {}, "suspicion.closed": {}}

    assert [place for place, _ in told(small(events, owed))] == [
        "obligations/decide_it/closed_by"
    ]


def test_one_way_of_closing_that_fails_is_told_by_itself() -> None:
    """The other way is left, so the obligation can be closed."""
    ways: list[Any] = [{"event": "feedback.recorded", "by_owner": True}]
    owed = {
        "look_into_it": OWED
        | {"owner": "labour", "closed_by": [*ways, "suspicion.closed"]}
    }
    events: dict[str, Any] = {"suspicion.closed": {}, "feedback.recorded": {}}

    assert [place for place, _ in told(small(events, owed))] == [
        "obligations/look_into_it/closed_by/0"
    ]


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"closed_by": [{"event": "feedback.recorded", "of": "year"}]},
         "closed_by/0", "of year closes nothing: it opens per agency"),
        ({"opens_on": [{"event": BEGINS, "supersedes": "person"}]},
         "opens_on/0", "supersedes person finds nothing: it opens per agency"),
        ({"owner": "minister-immigration", "due": "P1D business"},
         "", "minister-immigration owes look_into_it by business time"),
        ({"due": {"choose": "channel", "cases": {"111": "PT1H elapsed",
          "local_station": "PT1H elapsed", "letter": "PT2H elapsed"}}},
         "due", "channel of public_report.received is never letter"),
        ({"opens_on": [{"event": BEGINS, "due": {"choose": "channel", "cases":
          {"111": "PT1H elapsed", "local_station": "PT1H elapsed"}}}]},
         "opens_on/0", "nothing is due when channel of public_report.received is"),
    ],
)  # fmt: skip
def test_an_obligation_that_fits_nothing_is_told(
    changes: dict[str, Any], place: str, says: str
) -> None:
    """Scopes, calendars and cases of due times are looked at one by one."""
    closing = {"event": "feedback.recorded", "all": True}
    owed = OWED | {"per": "agency", "closed_by": [closing]}
    found = told(small({"feedback.recorded": {}}, {"look_into_it": owed | changes}))
    path = f"obligations/look_into_it/{place}".removesuffix("/")

    assert any(at == path and says in problem for at, problem in found)


# --- meanings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("require", "says"),
    [
        ({"equals": {"target": "stranger"}}, "target of threat.recorded is never"),
        ({"equals": {"threat_ref": True}}, "is never true; valid: a text"),
        ({"one_of": {"target": ["victim", "foe"]}}, "never foe; valid: victim, family"),
        ({"none_of": {"target": ["foe"]}}, "is never foe"),
        ({"known": {"event": "evidence.assessed", "by": "threat_ref",
                    "where": {"test": "s99"}}}, "valid: s98"),
        ({"latest_is": {"event": "evidence.assessed", "field": "reasonable_suspicion",
                        "values": "yes"}}, "never yes; valid: true, false"),
    ],
)  # fmt: skip
def test_a_value_that_no_field_has_is_told(require: dict[str, Any], says: str) -> None:
    """It is named, with those that there are, and nothing is told of the gate twice."""
    if "known" in require:
        require = {"known": require["known"] | {"by": "assessment_ref"}}
        name = "certification.endorsed"
    else:
        name = "threat.recorded"
    events = {"evidence.assessed": {}, name: {"gates": [gate(require)]}}
    ((place, problem),) = told(small(events))

    assert place == f"events/{name}/gates/0/require"
    assert says in problem


def test_values_are_looked_at_wherever_they_stand() -> None:
    """In whens of receivers, notices, openings and closings as well."""
    never = {"equals": {"channel": "letter"}}
    when = {"event": BEGINS, "when": never}
    spec = small(
        {BEGINS: {"open_to_all": True, "to": [{"agencies": "labour", "when": never}]}},
        {"look_into_it": OWED | {"opens_on": [BEGINS, when], "closed_by": [when]}},
        notices=[{**when, "to": "minister-immigration", "kind": "initial"}],
    )

    assert [place for place, problem in told(spec) if "is never letter" in problem] == [
        "events/public_report.received/to/0/when",
        "notices/0/when",
        "obligations/look_into_it/opens_on/1",
        "obligations/look_into_it/closed_by/0",
    ]


# --- people --------------------------------------------------------------------------


def test_a_role_that_an_event_assigns_exists() -> None:
    """Besides the directory's roles, events may give people new ones."""
    assigns = {"role": "liaison", "contact": "contact_id", "valid_from": "from"}
    effect = {"assigns": {**assigns, "valid_to": "to"}}
    reminders = {"role": "liaison", "cite": "L1"}
    row = {"senior_official.assigned": {"effect": effect}}

    ((place, problem),) = told(small({}, reminders=reminders))

    assert place == "reminders/role"
    assert "nobody has the role liaison; valid: key_contact" in problem
    assert told(small(row, reminders=reminders)) == []


def test_who_hears_of_a_breach_exists() -> None:
    """A breach's page goes to a role that somebody has."""
    breaches = value("breaches") | {"role": "clerk"}

    assert [place for place, _ in told(small({}, breaches=breaches))] == [
        "breaches/role"
    ]


def test_a_ladder_ends_at_an_office_with_members() -> None:
    """An office without members is one where nobody can acknowledge."""
    rungs = [
        {"page": "owner.senior_official", "after": "PT0S"},
        {"page": "minister-immigration", "after": "PT1H"},
        {"page": "working-group", "after": "PT2H", "for_information": True},
    ]
    ladders = {"steep": {"rungs": rungs, "cite": "L1"}}
    ((place, problem),) = told(small({}, ladders=ladders))

    assert place == "ladders/steep/rungs/1"
    assert "ends at minister-immigration, where it can go unheard" in problem


@pytest.mark.parametrize(("year", "count"), [(2037, 0), (2038, 0), (2039, 2)])
def test_calendars_reach_two_years_ahead(year: int, count: int) -> None:
    """The packaged ones end with 2040: from 2039 on, lint says so."""
    found = told(small({}), date(year, 1, 1))

    assert len(found) == count
    assert all(place.startswith("calendars/") for place, _ in found)


def test_the_coordinators_events_are_its_own() -> None:
    """Nobody else may send what only the bus says."""
    row = {"emitters": ["police"], "effect": {"activates": True}}
    ((place, problem),) = told(small({"protocol.activated": row}))

    assert place == "events/protocol.activated/emitters"
    assert "only the coordinator's" in problem


# --- citations -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cite", "says"),
    [
        ("L12", None),
        ("item 23 (L1421-1425); goal 4", None),
        ("items 13 19 20 22 24-26 28; Crimes Act 1961 s 98D", None),
        ("principle (b)", None),
        ("[I]", None),
        ("[?] since", None),
        ("principle", "names a place"),
        ("   ", "names a place"),
        ("L14-13", "runs backwards"),
        ("items 27-29", "no item 29; valid: 1 to 28"),
        ("item 0", "no item 0"),
    ],
)
def test_a_citation_leads_to_a_place(cite: str, says: str | None) -> None:
    """Lines, items, goals, principles, laws; what is settled here is marked so."""
    found = told(small({BEGINS: {"open_to_all": True, "cite": cite}}))

    if says is None:
        assert found == []
    else:
        ((place, problem),) = found
        assert place == "events/public_report.received/cite"
        assert says in problem


def test_a_profile_without_a_programme_may_cite_any_item() -> None:
    """Whose items they are, it does not say."""
    spec = small({BEGINS: {"open_to_all": True, "cite": "item 99"}}, programme=[])

    assert told(spec) == []
