"""What can happen is found by trying it out, and what is found was decided so."""

from typing import Any

import pytest

from coordinator.protocol.lint.reach import Reach, explore
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.rules import compile_rules
from tests.protocol.lint.small import BEGINS, gate, small


def reach(spec: ProfileSpec) -> Reach:
    """Explore a profile."""
    return explore(spec, compile_rules(spec))


def left(spec: ProfileSpec) -> list[str]:
    """Explore a profile, and name what was never met: `held threat.recorded 0`."""
    return [
        " ".join([goal.what, goal.event, *map(str, goal.path[3:])])
        for goal in reach(spec).unmet
    ]


def test_the_same_profile_gives_the_same_exploration() -> None:
    """No chance and no clock: two explorations decide the same."""
    spec = small({"threat.recorded": {"gates": [gate({"present": "country"})]}})
    one, two = reach(spec), reach(spec)

    assert (one.states, one.decisions) == (two.states, two.decisions)
    assert one.unmet == two.unmet == []


def test_each_state_is_told_of() -> None:
    """Whoever waits sees how far it has come."""
    told: list[int] = []
    spec = small({})
    found = explore(spec, compile_rules(spec), told.append)

    assert sum(told) == found.states > 0


@pytest.mark.parametrize(
    "require",
    [
        {"equals": {"target": "family"}},
        {"one_of": {"target": ["family"]}},
        {"none_of": {"target": ["family"]}},
        {"absent": "country"},
        {"present": "country"},
        {"exactly_one_of": ["country", "threat_ref"]},
        {"after": "suspicion.closed"},
        {"not_after": "threat.recorded"},
        {"known": {"event": "threat.reported", "by": "threat_ref"}},
        {"known": {"event": "threat.reported", "by": "threat_ref",
                   "where": {"channel": "interpol"}}},
        {"not_known": {"event": "threat.reported", "by": "threat_ref"}},
        {"latest": {"event": "threat.reported", "by": "threat_ref"}},
        {"latest_is": {"event": "threat.reported", "field": "channel",
                       "values": "interpol"}},
        {"latest_is_not": {"event": "threat.reported", "field": "channel",
                           "values": "interpol"}},
        {"in_force": True},
        {"in_force": False},
    ],
    ids=str,
)  # fmt: skip
def test_a_condition_is_seen_to_hold_and_to_fail(require: dict[str, Any]) -> None:
    """Whatever a gate may ask of what came before or of its event, both are found."""
    events = {
        "suspicion.closed": {},
        "threat.reported": {},
        "threat.recorded": {"gates": [gate(require)]},
    }

    assert left(small(events)) == []


@pytest.mark.parametrize(
    ("name", "require"),
    [
        ("suspicion.referred", {"accepted": "basis_event_ids"}),
        ("event.retracted", {"own_event": "event_id"}),
        ("event.retracted", {"names_event": {"field": "event_id", "of": BEGINS}}),
        ("intelligence.shared", {"registered": {"lawful_basis": "lawful_bases"}}),
        ("victim.identified", {"contains": {"immediate_needs": "health"}}),
        ("programme_item.progressed", {"responsible": "item"}),
        ("key_contact.designated", {"own_subject": True}),
        ("key_contact.designated", {"contact_known": "contact_id"}),
        ("risk_alert.issued", {"emitter_in": "customs"}),
        ("risk_alert.issued", {"emitter_not_in": "customs"}),
        ("case.closed", {"lists_open": "open_obligations"}),
        ("annual_report.compiled", {"not_after": "annual_report.compiled"}),
    ],
    ids=str,
)  # fmt: skip
def test_what_only_some_events_can_ask_is_found_too(
    name: str, require: dict[str, Any]
) -> None:
    """Ids, registers, lists, contacts, scopes: each holds once and fails once."""
    row = {"emitters": ["any"], "open_to_all": True, "gates": [gate(require)]}
    owed = {"owner": "police", "per": "case", "due": "PT1H elapsed"}
    opened = {"take_up": {"opens_on": [BEGINS], "closed_by": [name], **owed}}

    assert left(small({name: row}, opened if name == "case.closed" else {})) == []


def test_histories_come_together() -> None:
    """A gate that asks for two things, of which neither leads to the other, is met."""
    events = {
        "prosecution.commenced": {},
        "investigation.concluded": {},
        "court_outcome.recorded": {
            "gates": [
                gate({"after": "prosecution.commenced"}),
                gate({"after": "investigation.concluded"}),
            ]
        },
    }

    assert left(small(events)) == []


def test_a_withdrawn_certificate_is_thought_of() -> None:
    """What follows from a certificate can fail once that is withdrawn."""
    events = {
        "victim.referred": {"gates": [gate({"in_force": True})]},
        "case_management.commenced": {
            "gates": [
                gate({"known": {"event": "victim.referred", "by": "referral_ref"}}),
                gate({"in_force": True}),
            ]
        },
    }

    assert left(small(events)) == []


def test_lists_are_mended_to_what_a_register_has() -> None:
    """An event's plain data is brought in line with what its gates always ask."""
    registers = {"words": {"values": ["sighted"], "cite": "L1"}}
    registered = gate({"registered": {"indicators": "words"}})
    row = {"gates": [registered, gate({"one_of": {"context": ["visa"]}})]}
    found = left(
        small(
            {"suspicion.reported": {"open_to_all": True, **row}},
            registers=dict(nz_registers()) | registers,
        )
    )

    assert found == []


def nz_registers() -> dict[str, Any]:
    """Give the packaged profile's registers."""
    value = small({}).model_dump()
    found: dict[str, Any] = value["registers"]
    return found


def test_a_kind_of_agency_has_somebody() -> None:
    """Where only a kind of agency may send (`ngo-*`), one of them is thought of."""
    agencies = {
        name: row
        for name, row in small({}).model_dump(by_alias=True)["agencies"].items()
        if name != "ngo-refuge"
    }
    row = {"emitters": ["ngo-*"], "open_to_all": True}

    assert left(small({"suspicion.reported": row}, agencies=agencies)) == []


def test_what_can_never_be_is_left() -> None:
    """A gate that rules itself out is never met, and its event never sent."""
    contradicts = gate({"present": "country"}, {"absent": "country"})
    spec = small({"threat.recorded": {"gates": [contradicts]}})

    assert left(spec) == ["sent threat.recorded", "held threat.recorded 0"]
    assert reach(spec).turned_away == {"threat.recorded": "threat.recorded.1"}
