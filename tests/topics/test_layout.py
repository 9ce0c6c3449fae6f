"""How topics are laid out, and what it takes to have them so."""

from dataclasses import replace

import pytest

from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, TOPICS
from coordinator.topics.layout import Layout, changes, layouts
from coordinator.topics.names import Names

NAMES = Names("trial.")
WANTED = layouts(NAMES, ["police", "customs"])
NAME = NAMES.of(LOG)


def found(**config: str | None) -> dict[str, Layout]:
    """Give the topics as they should be, but for settings of the log."""
    log = WANTED[NAME]
    its = {k: v for k, v in {**log.config, **config}.items() if v is not None}
    return {**WANTED, NAME: replace(log, config=its)}


def test_every_topic_is_laid_out_once_for_each_it_is_for() -> None:
    """Two for each agency, whatever order they are named in, and the bus's own."""
    assert len(WANTED) == len(TOPICS) - 2 + 2 * 2
    assert layouts(NAMES, ["customs", "police", "customs"]) == WANTED
    assert WANTED[NAME] == Layout(12, 3, LOG.config())


def test_a_trial_may_have_fewer_partitions_and_copies() -> None:
    """Only what is spread by case; an agency's own order stays in one partition."""
    small = layouts(NAMES, ["police"], replicas=1, partitions=4)

    assert small[NAMES.of(INTAKE)].partitions == small[NAME].partitions == 4
    assert small[NAMES.of(INBOX, "police")].partitions == 1
    assert {one.config["min.insync.replicas"] for one in small.values()} == {"1"}
    assert {one.replicas for one in small.values()} == {1}


@pytest.mark.parametrize(
    ("replicas", "in_sync"), [(1, "1"), (2, "2"), (3, "2"), (5, "2")]
)
def test_a_record_counts_as_written_once_two_have_it(
    replicas: int, in_sync: str
) -> None:
    """Where there are two: one broker that is lost then takes nothing with it."""
    assert LOG.config(replicas)["min.insync.replicas"] == in_sync


def test_what_is_missing_is_made() -> None:
    """And what is not in the table is left alone."""
    there = {NAME: WANTED[NAME], "somebody.elses": Layout(1, 1, {})}
    planned = changes(WANTED, there)

    assert planned.make == {k: v for k, v in WANTED.items() if k != NAME}
    assert not planned.alter
    assert not planned.refused


def test_done_again_nothing_is_left_to_do() -> None:
    """Settings that are not ours are left alone."""
    planned = changes(WANTED, found(**{"compression.type": "zstd"}))

    assert not planned.make
    assert not planned.alter
    assert not planned.refused


def test_what_differs_is_altered() -> None:
    """A setting that was the broker's to say becomes the topic's own."""
    there = found(**{"cleanup.policy": "compact", "retention.bytes": None})
    planned = changes(WANTED, there)

    assert planned.alter == {
        NAME: {
            "cleanup.policy": ("compact", "delete"),
            "retention.bytes": (None, "-1"),
        }
    }
    assert not planned.refused


def test_what_grows_is_altered() -> None:
    """Kept longer, for good, and with more room."""
    there = found(**{"retention.ms": "1000", "max.message.bytes": "1000"})
    planned = changes(WANTED, there)

    assert set(planned.alter[NAME]) == {"retention.ms", "max.message.bytes"}
    assert not planned.refused


@pytest.mark.parametrize(
    ("setting", "was"),
    [
        ("retention.ms", "-1"),
        ("retention.ms", "99999999999"),
        ("max.message.bytes", "99999999"),
        ("min.insync.replicas", "3"),
    ],
)
def test_what_would_shrink_is_refused(setting: str, was: str) -> None:
    """Records that somebody wanted kept would go."""
    name = NAMES.of(OUTBOX, "police")
    outbox = WANTED[name]
    there = {
        **WANTED,
        name: replace(outbox, config={**outbox.config, setting: was}),
    }
    (refused,) = changes(WANTED, there).refused

    assert refused.startswith(f"{name}: {setting} is {was} and would shrink to ")


@pytest.mark.parametrize("partitions", [1, 13])
def test_another_number_of_partitions_is_refused(partitions: int) -> None:
    """Fewer or more: a case's records would stand in two places."""
    there = {**WANTED, NAME: replace(WANTED[NAME], partitions=partitions)}
    (refused,) = changes(WANTED, there).refused

    assert f"{NAME}: has {partitions} partition" in refused
    assert "should have 12" in refused


@pytest.mark.parametrize(("replicas", "says"), [(1, "1 copy"), (5, "5 copies")])
def test_another_number_of_copies_is_refused(replicas: int, says: str) -> None:
    """Only moving data changes it."""
    there = {**WANTED, NAME: replace(WANTED[NAME], replicas=replicas)}
    (refused,) = changes(WANTED, there).refused

    assert f"{NAME}: has {says} and should have 3" in refused
