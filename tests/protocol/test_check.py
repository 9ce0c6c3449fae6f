"""A check goes on behind what it finds, for whoever wants every fault at once."""

from copy import deepcopy
from typing import Any

import pytest

from coordinator.protocol.check import check
from coordinator.protocol.profile import ProfileSpec
from tests.golden.stories import nz_2009

GONE = "gone.away"


def findings(changes: dict[str, Any]) -> list[str]:
    """Check the packaged profile with entries replaced; paths are joined by `/`."""
    value = deepcopy(dict(nz_2009().value))
    for path, new in changes.items():
        *parents, last = path.split("/")
        node = value
        for part in parents:
            node = node[part]
        node[last] = new
    return [
        f"{'/'.join(str(part) for part in one.path)}: {one.problem}"
        for one in check(ProfileSpec.model_validate(value))
    ]


def test_the_packaged_profile_has_no_fault() -> None:
    """Every name in it means something."""
    assert findings({}) == []


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"notices": [{"event": GONE, "to": "x", "kind": "update"}]},
         ["notices/0/event", "notices/0/to"]),
        ({"certificate/issued": GONE}, ["certificate"]),
        ({f"events/{GONE}": {"emitters": "moon", "no_receiver": "x", "cite": "x"}},
         [f"events/{GONE}"]),
        ({"obligations/protect/opens_on": [{"event": GONE, "owner": "moon"}]},
         ["obligations/protect/opens_on/0"]),
        ({"obligations/protect/closed_by": [{"event": GONE, "when": {"present": "x"}}]},
         ["obligations/protect/closed_by/0"]),
        ({"events/danger.assessed/gates": [
            {"require": {"latest": {"event": GONE, "by": "victim_risk"}},
             "breach": "refuse", "says": "x", "mend": "x"},
            {"require": {"latest_is": {"event": GONE, "field": "x", "values": "x"}},
             "breach": "refuse", "says": "x", "mend": "x"}]},
         ["events/danger.assessed/gates/0/require",
          "events/danger.assessed/gates/1/require"]),
    ],
)  # fmt: skip
def test_what_stands_behind_an_unknown_event_is_checked_too(
    changes: dict[str, Any], places: list[str]
) -> None:
    """An event that is in no catalogue is found, and nothing raises behind it."""
    found = findings(changes)

    assert [one.partition(": ")[0] for one in found] == places


def test_a_known_event_may_be_asked_for_in_every_way() -> None:
    """Each way of comparing with an earlier event passes where its names are right."""
    require = [
        {"latest_is": {"event": "danger.assessed", "field": "victim_risk",
                       "values": "low"}},
        {"known": {"event": "danger.assessed", "by": "victim_risk"}},
    ]  # fmt: skip
    gate = {"require": require, "breach": "record", "says": "x", "mend": "x"}

    assert findings({"events/danger.assessed/gates": [gate]}) == []
