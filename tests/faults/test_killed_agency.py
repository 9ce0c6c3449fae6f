"""An agency's agent may die at any moment: nothing is lost, or done twice."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from coordinator.bootstrap import activate, reading, submit
from coordinator.events import encode, made_id, mint_case_reference
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.step import Submission
from coordinator.settings import Settings
from tests.faults.agencies import Campaign

SOURCE = "urn:nz:agency:customs"


def referred(number: int) -> list[bytes]:
    """Write a suspicion and its referral, in a case of their own."""
    first, now = made_id("suspicion", number), SystemClock().now()
    reported = encode(
        name="suspicion.reported",
        agency="customs",
        id=first,
        time=now,
        data={"observer_role": "o", "context": "visa", "indicators": ["x"]},
    )
    referral = encode(
        name="suspicion.referred",
        agency="customs",
        id=made_id("referral", number),
        time=now,
        subject=mint_case_reference(SOURCE, first),
        data={
            "referral_ref": f"R-{number}",
            "basis_event_ids": [first],
            "contact_role": "c",
            "method": "phone",
            "urgency": "urgent",
        },
    )
    return [reported, referral]


def campaign(home: Path, referrals: int, kills: int, seed: int) -> None:
    """Refer so much to Police, kill their agent so often, and look at what was said."""
    settings = Settings(home=home)
    activate(settings)
    events = [event for number in range(referrals) for event in referred(number)]
    submit(settings, [Submission(raw=one, sender="customs") for one in events])
    agent = Campaign(home, {}, seed)
    for _ in range(kills):
        agent.kill_after(2 * referrals // (kills + 1))
    agent.finish(referrals)
    agent.assert_repeats_were_in_hand()
    with reading(settings) as store:
        decided = [orjson.loads(one.decision_bytes) for one in store.log()]
    said = Counter(
        (one["case"], one["verdict"])
        for one in decided
        if one["input"]["source"] == "urn:nz:agency:police"
    )

    accepted = {
        case: count for (case, what), count in said.items() if what == "accepted"
    }
    assert list(accepted.values()) == [1] * referrals
    assert {what for _, what in said} <= {"accepted", "duplicate"}


def test_nothing_is_lost_or_done_twice_through_kills(tmp_path: Path) -> None:
    """Two kills: each referral is taken up, and its acknowledgement counts once."""
    campaign(tmp_path, referrals=8, kills=2, seed=1)


@pytest.mark.faults_long
def test_nothing_is_lost_or_done_twice_through_many_kills(tmp_path: Path) -> None:
    """Ten kills: the same."""
    campaign(tmp_path, referrals=80, kills=10, seed=2)
