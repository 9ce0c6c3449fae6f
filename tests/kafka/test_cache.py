"""What a worker keeps beside the cluster is no truth: in doubt it is made anew."""

from pathlib import Path

import pytest
from aiokafka.structs import TopicPartition

from coordinator.runtime.kafka.cache import Cache, claimed
from coordinator.runtime.kafka.mirror import opened
from coordinator.runtime.port import StoreError
from coordinator.runtime.sqlite.store import SqliteStore
from tests.contract.rows import Writer

TABLES = ("CREATE TABLE word (word TEXT NOT NULL)",)
KEEP = "INSERT INTO word VALUES (?)"
PLACE = TopicPartition("a.topic/with.a-slash", 3)


def filled(path: Path) -> None:
    """Make a cache that holds something."""
    cache = Cache(path, "mark", TABLES)
    cache.keep({KEEP: [("one",), ("two",)]}, {PLACE: 2})
    cache.close()


def content(path: Path, mark: str = "mark") -> tuple[list[str], int | None]:
    """Open a cache, and tell what it holds and how far it goes."""
    cache = Cache(path, mark, TABLES)
    words = [word for (word,) in cache.rows("SELECT word FROM word")]
    place = cache.places().get(PLACE)
    cache.close()
    return words, place


def test_it_holds_what_was_kept_with_how_far_it_goes(tmp_path: Path) -> None:
    """After a restart as before."""
    filled(tmp_path / "cache")

    assert content(tmp_path / "cache") == (["one", "two"], 2)


def test_one_of_another_cluster_is_made_anew(tmp_path: Path) -> None:
    """What it held is nothing to this one."""
    filled(tmp_path / "cache")

    assert content(tmp_path / "cache", "another") == ([], None)


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 500])
def test_one_that_is_damaged_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    """Whatever stands in the file."""
    filled(tmp_path / "cache")
    (tmp_path / "cache").write_bytes(damage)

    assert content(tmp_path / "cache") == ([], None)


def test_one_that_is_found_damaged_later_is_thrown_away(tmp_path: Path) -> None:
    """The worker ends, and the next one begins without it."""
    path = tmp_path / "cache"
    filled(path)
    cache = Cache(path, "mark", TABLES)
    with pytest.raises(StoreError, match="thrown away"):
        cache.keep({"INSERT INTO no_such_table VALUES (?)": [("three",)]}, {PLACE: 3})
    cache.close()

    assert content(path) == ([], None)


def test_each_process_has_one_of_its_own(tmp_path: Path) -> None:
    """Two of a kind have two; one that ended leaves its own to the next."""
    with claimed(tmp_path / "home", "case") as first:
        with claimed(tmp_path / "home", "case") as second:
            assert first != second
        with claimed(tmp_path / "home", "timers") as other:
            assert other not in (first, second)
        with claimed(tmp_path / "home", "case") as third:
            assert third == second


@pytest.mark.parametrize("mark", ["mark", "another", None])
def test_a_mirror_is_made_anew_where_it_is_not_of_this_cluster(
    tmp_path: Path, mark: str | None
) -> None:
    """Nor where it is damaged, which None stands for."""
    path = tmp_path / "mirror"
    store = opened(path, "mark")
    store.append([Writer().entry("a")])
    store.close()
    if mark is None:
        path.write_bytes(b"no database at all" * 500)

    again: SqliteStore = opened(path, mark or "mark")
    kept = [row.key for row in again.log()]
    again.close()

    assert kept == (["a"] if mark == "mark" else [])
