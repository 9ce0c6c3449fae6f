"""What topics and groups are called on a cluster."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events import AGENCY_PATTERN
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, TOPICS, Role
from coordinator.topics.names import Names

TRIAL = Names("trial.")
AGENCIES = st.from_regex(AGENCY_PATTERN, fullmatch=True)


def test_a_prefix_stands_in_front_of_every_name() -> None:
    """Without one, names are the table's own."""
    assert Names().of(LOG) == "case.log"
    assert TRIAL.of(LOG) == "trial.case.log"
    assert TRIAL.of(LOG, "acc") == "trial.case.log"
    assert TRIAL.of(OUTBOX, "acc") == "trial.agency.acc.outbox"
    assert TRIAL.group(Role.CASE) == "trial.case"
    assert TRIAL.group(Role.AGENCY, "acc") == "trial.agency.acc"


def test_an_agencys_topic_is_not_named_without_the_agency() -> None:
    """A topic whose name has a gap in it would be nobody's."""
    with pytest.raises(ValueError, match="say whose"):
        Names().of(INBOX)


@given(AGENCIES, st.sampled_from(["", "trial.", "a-b.c-"]))
def test_whose_a_topic_is_can_be_read_from_its_name(agency: str, prefix: str) -> None:
    """There and back again, for every id and with any prefix."""
    names = Names(prefix)

    assert names.agency_of(OUTBOX, names.of(OUTBOX, agency)) == agency
    assert names.agency_of(INBOX, names.of(OUTBOX, agency)) is None
    assert re.match(names.pattern(OUTBOX), names.of(OUTBOX, agency))


@pytest.mark.parametrize(
    "name",
    [
        "agency.acc.outbox",
        "trial.agency.ACC.outbox",
        "trial.agency.a.b.outbox",
        "trial.agency..outbox",
        "trialXagency.acc.outbox",
        "trial.agency.acc.outbox.old",
        "a.trial.agency.acc.outbox",
    ],
)
def test_what_is_no_agencys_outbox_is_not_taken_for_one(name: str) -> None:
    """Nor is that of another prefix."""
    assert TRIAL.agency_of(OUTBOX, name) is None


def test_a_topic_of_all_is_nobodys() -> None:
    """It matches its own pattern and no other topic's."""
    assert TRIAL.agency_of(INTAKE, "trial.case.intake") is None
    for topic in TOPICS.values():
        name = TRIAL.of(topic, "acc")
        found = [one for one in TOPICS.values() if re.match(TRIAL.pattern(one), name)]

        assert found == [topic]
