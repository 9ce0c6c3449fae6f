"""Where a case's records are."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from coordinator.events import mint_case_reference
from coordinator.topics import LOG, partition_for


@given(st.text(), st.integers(min_value=1, max_value=1_000))
def test_every_key_has_one_partition_that_there_is(key: str, partitions: int) -> None:
    """Asked again, the answer is the same, and such a partition exists."""
    found = partition_for(key, partitions)

    assert found == partition_for(key, partitions)
    assert 0 <= found < partitions


def test_the_partition_of_a_key_never_changes() -> None:
    """Written down: with another answer, records on disk would be elsewhere."""
    assert partition_for("TP-00000-00000-0", 12) == 5
    assert partition_for("agency:ngo-refuge", 12) == 1
    assert partition_for("", 12) == 4


def test_cases_are_spread_evenly() -> None:
    """No partition has twice its share."""
    cases = [mint_case_reference("urn:nz:agency:x", str(n)) for n in range(6_000)]
    shares = Counter(partition_for(case, LOG.partitions) for case in cases)

    assert len(shares) == LOG.partitions
    assert max(shares.values()) < 2 * len(cases) / LOG.partitions
