"""
What was kept is read back: the log, the rejected, inboxes, notices, pages.

Its rows are written by hand, so this is about stores: memory's and SQLite's, which is
also what a worker on Kafka mirrors the log into.
"""

import pytest

from coordinator.runtime.port import Store, StoredProfile, StoreError, StoreFault
from tests.contract.rows import T0, Writer, page, rejection
from tests.contract.stores import Shelf


@pytest.fixture
def write() -> Writer:
    """Give what numbers entries."""
    return Writer()


def test_the_log_gives_back_every_row_as_it_was(store: Store, write: Writer) -> None:
    """A row holds what was kept, byte for byte, and positions count from 1."""
    first = write.entry("a", 1, sender="customs", contact_known=True, event=b"\xff {}")
    second = write.entry("b", 2, contact_known=False)
    third = write.entry("a", 3)

    store.append([first, second])
    store.append([third])

    rows = list(store.log())
    assert [row.position for row in rows] == [1, 2, 3]
    for row, new in zip(rows, (first, second, third), strict=True):
        assert row[1:9] == new[:8]
        assert row.decision_bytes == new.decision_bytes
    assert [row.position for row in store.log(after=2)] == [3]
    assert [row.seq for row in store.history("a")] == [1, 2]
    assert store.history("nobody") == []


def test_a_long_stream_is_read_whole_and_in_order(store: Store, write: Writer) -> None:
    """However many rows there are, none is skipped and none comes twice."""
    count = 700
    entries = [
        write.entry(
            f"k{number % 7}",
            deliveries=["police", "labour"],
            notices=["minister-immigration"],
            pages=[page(f"p{number}", None, None), page(f"q{number}", None, None)],
        )
        for number in range(count)
    ]
    store.append(entries, [rejection(b"%d" % number) for number in range(count)])

    assert [row.position for row in store.log()] == list(range(1, count + 1))
    assert [row.position for row in store.rejected()] == list(range(1, count + 1))
    assert [one.entry.position for one in store.inbox("labour")] == list(
        range(1, count + 1)
    )
    assert [one.entry.position for one in store.notices("minister-immigration")] == (
        list(range(1, count + 1))
    )
    assert [one.id for one in store.pages()] == [
        made for number in range(count) for made in (f"p{number}", f"q{number}")
    ]


def test_a_reader_goes_on_while_more_is_kept(store: Store, write: Writer) -> None:
    """Keeping more while a stream is being read disturbs neither."""
    store.append([write.entry("a") for _ in range(300)])

    reading = store.log()
    read = [next(reading).position]
    store.append([write.entry("a")])
    read += [row.position for row in reading]

    assert read[:300] == list(range(1, 301))
    assert len(list(store.log())) == 301


def test_the_rejected_are_a_stream_of_their_own(store: Store) -> None:
    """Bytes that ingress turned away are kept as they were, text or not."""
    store.append([], [rejection(b"\x00\xff", 1)])
    store.append([], [rejection(b"{", 2)])

    rows = list(store.rejected())
    assert [(row.position, row.event) for row in rows] == [(1, b"\x00\xff"), (2, b"{")]
    assert rows[0].sender == "customs"
    assert rows[0].problem == b"{}"
    assert (rows[1].received_at - T0).total_seconds() == 120
    assert [row.position for row in store.rejected(after=1)] == [2]
    assert list(store.log()) == []


def test_an_inbox_holds_what_was_delivered_there(store: Store, write: Writer) -> None:
    """Each delivery points at its row of the log and its place in the decision."""
    store.append(
        [
            write.entry("a", deliveries=["police", "labour"]),
            write.entry("a", deliveries=["labour"], notices=["minister-immigration"]),
        ]
    )

    labour = [(one.entry.seq, one.place) for one in store.inbox("labour")]
    assert labour == [(1, 1), (2, 0)]
    assert [one.entry.seq for one in store.inbox("police")] == [1]
    assert list(store.inbox("customs")) == []
    notices = [
        (one.entry.seq, one.place) for one in store.notices("minister-immigration")
    ]
    assert notices == [(2, 0)]


def test_pages_wait_until_they_are_marked(store: Store, write: Writer) -> None:
    """A page is queued, oldest first, until somebody says what became of it."""
    about = [page("p1", "o1", 1), page("p2", None, None)]
    store.append([write.entry("a", 1, pages=about)])
    store.append([write.entry("b", 2, pages=[page("p3", "o3", 0)])])

    assert [one.id for one in store.queued_pages(2)] == ["p1", "p2"]
    store.mark_pages({"p1": "sent", "p2": "failed", "no such page": "sent"})

    (left,) = store.queued_pages(10)
    assert (left.id, left.key, left.exercise) == ("p3", "b", False)
    assert left.page == about[0] | {"id": "p3", "obligation": "o3", "rung": 0}
    assert (left.at - T0).total_seconds() == 120
    assert [one.state for one in store.pages()] == ["sent", "failed", "queued"]


def test_decided_events_are_found_by_id(store: Store, write: Writer) -> None:
    """An id's bytes are those of its first decision; unknown ids are left out."""
    store.append([write.entry("a", event_id="first", event=b"as sent")])
    store.append([write.entry("a", event_id="first", event=b"sent again")])
    many = [f"no-{number}" for number in range(250)]

    assert store.decided([*many, "first", "first"]) == {"first": b"as sent"}
    assert store.decided([]) == {}


def test_a_decision_is_kept_once(store: Store, write: Writer) -> None:
    """Of two that decide a key's next record, the second keeps nothing of its batch."""
    store.append([write.entry("a"), write.entry("a")])
    late = Writer()

    with pytest.raises(StoreFault, match="nothing was kept"):
        store.append([late.entry("b"), late.entry("a")], [rejection(b"?")])

    assert [row.key for row in store.log()] == ["a", "a"]
    assert list(store.rejected()) == []
    store.append([write.entry("a"), write.entry("b")])
    assert [row.position for row in store.log()] == [1, 2, 3, 4]


def test_a_profile_is_kept_once(store: Store, shelf: Shelf) -> None:
    """A reference means one content for ever, and only what is kept can be active."""
    one = StoredProfile("nz-2009/1", "d1", b'{"profile": 1}')
    two = StoredProfile("nz-2009/2", "d2", b'{"profile": 2}')
    assert store.active_profile() is None
    with pytest.raises(StoreError, match="add it first"):
        store.append([], activates="nz-2009/1")

    store.add_profile(two)
    store.add_profile(one)
    store.add_profile(one)
    store.append([], activates="nz-2009/1")
    with pytest.raises(StoreError, match="other content"):
        store.add_profile(one._replace(digest="d3"))

    again = shelf.open()
    assert again.profiles() == [two, one]
    assert again.active_profile() == "nz-2009/1"


def test_the_clocks_distance_is_kept(store: Store, shelf: Shelf) -> None:
    """A demo's home has its own time again when it is opened the next day."""
    assert store.clock_offset() == 0
    store.set_clock_offset(-86_400_123)
    store.set_clock_offset(-86_400_124)

    assert shelf.open().clock_offset() == -86_400_124
