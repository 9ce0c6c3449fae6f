"""What changed between two profiles is told whole, and in words."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from coordinator.protocol.compare import Difference, differences
from coordinator.protocol.profile import ProfileSpec
from tests.golden.stories import nz_2009
from tests.protocol.profiles import derived, modern

Path = tuple[str | int, ...]
# Of whatever form a text has, one of these has it too.
OTHERS = (
    "refuse", "record", "full", "stub", "satisfied", "superseded", "keeps",
    "supersedes", "initial", "update", "phone", "PT7H", "PT7H elapsed", "07:07",
    "12:12", "another",
)  # fmt: skip


def told(changes: dict[str, Any]) -> list[str]:
    """Change the packaged profile, and give what is told of it."""
    return [one.words for one in differences(nz_2009().spec, derived(changes).spec)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"obligations/assess_danger/due": "PT1H elapsed"},
            ["T8 assess_danger: due within 2 hours → within 1 hour"],
        ),
        (
            {"agencies/labour/name": "Ministry of Works"},
            ["agency labour: name Department of Labour → Ministry of Works"],
        ),
        (
            {"agencies/dia/items": [12, 13]},
            ["agency dia: items: adds 13; drops 11"],
        ),
        (
            {"groups/investigation": ["customs", "police", "labour"]},
            ["group investigation: in another order: customs, police, labour"],
        ),
        (
            {"limits/repeat": "P2D", "limits/reminder": 0.5},
            ["limits: repeat 1 day → 2 days", "limits: reminder 0.75 → 0.5"],
        ),
        (
            {"system_rules/emitter/cite": "item 1"},
            ["system rules: emitter: cite item 23 → item 1"],
        ),
        (
            {"events/case.closed/ends": None},
            [
                (
                    "case.closed: supersedes whatever is open, but not T13"
                    " act_on_withdrawal and T28 evaluate_case → nothing"
                )
            ],
        ),
        (
            {"certificate/kind": {"field": "kind", "default": "x"}},
            ['certificate: kind none → {"field":"kind","default":"x"}'],
        ),
        (
            {"obligations/answer_input_request/also": None},
            [
                (
                    "T6 answer_input_request: paged beside the owner: the sender of the"
                    " event that opened it → nobody"
                )
            ],
        ),
        (
            {"version": 2},
            ["version 1 → 2"],
        ),
    ],
)
def test_a_value_that_changed_is_told(
    changes: dict[str, Any], words: list[str]
) -> None:
    """A line says which entry it is about, and the value before and after."""
    assert told(changes) == words


def gates(*kept: int) -> dict[str, Any]:
    """Keep some gates of an event, in this order."""
    rows = nz_2009().value["events"]["case.identified"]["gates"]
    return {"events/case.identified/gates": [rows[place] for place in kept]}


def test_a_gate_that_is_gone_is_told_with_the_rule_it_was() -> None:
    """The others' numbers are what refusals name, so they are told where they move."""
    assert told(gates(0, 1)) == [
        "case.identified: gate 3 (cross_border is true) is gone"
    ]
    assert told(gates(2, 1)) == [
        "case.identified: gate 3 (cross_border is true) is now gate 1",
        "case.identified: gate 1 (each origin event is accepted in this case) is gone",
    ]


def test_a_gate_is_known_again_by_its_words_or_by_what_it_asks() -> None:
    """What changed in a gate is told as that, not as a gate gone and another new."""
    (row,) = (dict(nz_2009().value["events"]["suspicion.referred"]["gates"][0]),)
    place = "events/suspicion.referred/gates"
    worded = told({place: [{**row, "says": "known events"}]})
    milder = told({place: [{**row, "breach": "record", "when": {"present": "x"}}]})

    assert worded == [
        (
            "suspicion.referred: gate 1 (each basis event is accepted in this case): in"
            " words: each basis event is accepted in this case → known events"
        )
    ]
    assert milder == [
        (
            "suspicion.referred: gate 1 (each basis event is accepted in this case): a"
            " breach is refused → recorded"
        ),
        (
            "suspicion.referred: gate 1 (each basis event is accepted in this case):"
            " applies"
            " always → when `x` is given"
        ),
    ]


def test_entries_of_lists_are_told_by_what_they_are_about() -> None:
    """Receivers, openings, closings and rungs: which one changed, went or came."""
    assert told(
        {
            "events/document_fraud.detected/to": [
                {"agencies": ["dia", "police", "labour", "customs"], "view": "stub"},
                {"field": "x"},
            ],
            "obligations/commence_investigation/closed_by": [
                {"event": "investigation.commenced", "all": True},
                "case.closed",
            ],
            "obligations/protect/opens_on": [
                {
                    "event": "danger.assessed",
                    "when": {"one_of": {"victim_risk": "high"}},
                }
            ],
            "ladders/priority/rungs": [
                {"page": "owner.senior_official", "after": "PT1M"},
                {"page": "working-group", "after": "PT1H"},
            ],
            "notices": nz_2009().value["notices"][:3],
        }
    ) == [
        "notice (event.retracted) is gone",
        "ladder priority: rung (owner.senior_official): after no time → 1 minute",
        ("document_fraud.detected: receiver (Department of Internal Affairs, New"
         " Zealand"
        " Police, Department of Labour and New Zealand Customs Service: all of it):"
        " what"
        " they learn: all of it → a stub"),
        "document_fraud.detected: receiver (whoever `x` names: all of it) is new",
        ("T2c commence_investigation: closing (investigation.commenced): closes"
         " every one"
        " of the case: false → true"),
        "T2c commence_investigation: closing (case.closed) is new",
        "T9 protect: opening (danger.assessed, when `family_risk` is high) is gone",
    ]  # fmt: skip


def test_a_list_in_another_order_is_told() -> None:
    """Even where nothing went or came, a list that differs gives a line."""
    notices = nz_2009().value["notices"]

    assert told({"notices": [*notices[1:], notices[0]]}) == [
        (
            "notice: in another order: minister.informed; case.closed; event.retracted;"
            " case.identified"
        )
    ]


def test_entries_that_went_and_came_are_told() -> None:
    """A new entry is introduced: what it is, who has to do with it, by when."""
    value = deepcopy(dict(nz_2009().value))
    owed = value["obligations"].pop("protect")
    value["obligations"]["guard"] = {**owed, "number": "T9a"}
    value["groups"]["pair"] = ["police", "dia"]
    value["closures"] = {}
    value["calendars"]["auckland"]["holidays"].pop("2009-01-01")
    value["calendars"]["auckland"]["holidays"]["2009-01-02"] = "Other"
    value["calendars"]["auckland"]["holidays"]["2009-01-05"] = "New"
    found = differences(nz_2009().spec, ProfileSpec.model_validate(value))

    assert [one.words for one in found] == [
        "group pair is new: police, dia",
        "calendar auckland: holidays: 2009-01-01 (New Year's Day) is gone",
        "calendar auckland: holidays: 2009-01-02 Day after New Year's Day → Other",
        "calendar auckland: holidays: 2009-01-05 (New) is new",
        "closure summer_closure is gone",
        "T9 protect is gone",
        (
            "T9a guard is new: in words: protect the person in danger; owed by New"
            " Zealand"
            " Police; due within 2 hours"
        ),
    ]


def test_what_words_do_not_tell_apart_is_told_as_written() -> None:
    """Where two values read alike, they are shown as they stand in the profile."""
    told_apart = told(
        {
            "events/prosecution.commenced/gates": [
                {"require": {"equals": {"a": "x"}}, "breach": "refuse", "says": "s",
                 "mend": "m"},
            ],
        }
    )  # fmt: skip
    one = derived(
        {"notices": [{"event": "case.closed", "to": "working-group", "kind": "update",
                      "when": {"equals": {"a": "x"}}}]}
    ).spec  # fmt: skip
    other = derived(
        {"notices": [{"event": "case.closed", "to": "working-group", "kind": "update",
                      "when": {"one_of": {"a": "x"}}}]}
    ).spec  # fmt: skip

    assert told_apart
    assert [found.words for found in differences(one, other)] == [
        (
            'notice (case.closed): applies [{"equals":{"a":"x"}}] → '
            '[{"one_of":{"a":["x"]}}]'
        )
    ]


def test_each_difference_has_its_part_its_entry_and_its_source() -> None:
    """For whoever groups them, or wants to look the source up."""
    found = differences(nz_2009().spec, modern().spec)

    assert (
        Difference(
            "events",
            "case.identified",
            "case.identified: gate 3 (cross_border is true) is gone",
            "L1394-1401; items 13 19 20 22 24-26 28; Crimes Act 1961 s 98D (2015)",
        )
        in found
    )
    assert Difference("profile", "", "profile nz-2009 → nz-modern", "") in found
    assert found == list(dict.fromkeys(found))


@pytest.mark.parametrize("spec", [nz_2009().spec, modern().spec])
def test_equal_profiles_have_no_difference(spec: ProfileSpec) -> None:
    """Nothing is told where nothing differs."""
    assert differences(spec, ProfileSpec.model_validate(spec_value(spec))) == []


def spec_value(spec: ProfileSpec) -> dict[str, Any]:
    """Give a profile as a value that reads back as the same."""
    return spec.model_dump(by_alias=True, exclude_unset=True)


@cache
def places() -> tuple[Path, ...]:
    """List every leaf, and every list and mapping, of the profile as written."""
    return tuple(_places(nz_2009().value, ()))


def _places(value: object, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            # Days off are all alike: three years of them will do.
            if path[-1:] != ("holidays",) or str(key) < "2012":
                yield from _places(one, (*path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _places(one, (*path, place))


def _altered(value: object) -> Iterator[object]:
    """Give other values for a part, some of which may be valid there."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
        yield value / 2
    elif isinstance(value, str):
        yield f"{value} and more"
        yield from OTHERS
    elif isinstance(value, list):
        yield value[:-1]
        yield value[::-1]
        yield [*value, value[0]]
    elif isinstance(value, dict):
        for key in value:
            yield {other: one for other, one in value.items() if other != key}


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from(places()[1:]), choice=st.integers(0, 20))
def test_whatever_differs_is_told(path: Path, choice: int) -> None:
    """Two profiles that differ in any part give a line at least, told either way."""
    before = nz_2009().spec
    value = deepcopy(dict(nz_2009().value))
    node: Any = value
    for part in path[:-1]:
        node = node[part]
    others = list(_altered(node[path[-1]]))
    if not others:
        return
    node[path[-1]] = others[choice % len(others)]
    try:
        after = ProfileSpec.model_validate(value)
    except ValidationError:
        return  # that value is not valid there

    for old, new in ((before, after), (after, before)):
        found = differences(old, new)
        assert bool(found) == (old != new)
        assert all(one.words.strip() == one.words for one in found)
