"""Events out of files and pipes: every byte is passed on, with the place it stands."""

import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.cli.incoming import Incoming, arrivals

NESTED = b'{"a":' * 100_000


def come(raw: bytes) -> list[Incoming]:
    """Read it all."""
    stream = io.BufferedReader(io.BytesIO(raw))
    return [one for some in arrivals(stream) for one in some]


@pytest.mark.parametrize(
    ("raw", "events"),
    [
        (b"", []),
        (b"\n \n", []),
        (b'{"a":1}', [Incoming(b'{"a":1}', 1)]),
        (b'{"a":1}\r\n\n{b\n', [Incoming(b'{"a":1}', 1), Incoming(b"{b", 3)]),
        (b'\xef\xbb\xbf{"a":1}\n', [Incoming(b'{"a":1}', 1)]),
        (b"[]", []),
        (
            b'[{"a":1},{"b":2}]',
            [Incoming(b'{"a":1}', 1, 1), Incoming(b'{"b":2}', 1, 2)],
        ),
        (
            b'\n[\n{"a":\n1},\n\n{"b":2}\n]\n',
            [Incoming(b'{"a": 1}', 3, 1), Incoming(b'{"b":2}', 6, 2)],
        ),
        (b'{\n"a": 1\n}\n', [Incoming(b'{ "a": 1 }', 1)]),
        (b'{"a":\n{"b":1}\n', [Incoming(b'{"a":', 1), Incoming(b'{"b":1}', 2)]),
        (
            b'{"a":1\n}\n{"b":1}',
            [Incoming(b'{"a":1', 1), Incoming(b"}", 2), Incoming(b'{"b":1}', 3)],
        ),
    ],
)
def test_lines_arrays_and_objects(raw: bytes, events: list[Incoming]) -> None:
    """NDJSON goes by lines, an array by entries, an object over several lines whole."""
    assert come(raw) == events


@pytest.mark.parametrize(
    ("raw", "last"),
    [
        (b"[", Incoming(b"", 1, 1)),
        (b'[{"a":1}', Incoming(b"", 1, 2)),
        (b'[{"a":1},', Incoming(b"", 1, 2)),
        (b'[{"a":1} x, {"b":1}]', Incoming(b'x, {"b":1}]', 1, 2)),
        (b'[{"a":1}] behind', Incoming(b"behind", 1, 2)),
        (b'[{"a":1},\n{"b":]', Incoming(b'{"b":]', 2, 2)),
    ],
)
def test_what_is_wrong_with_an_array_is_an_entry(raw: bytes, last: Incoming) -> None:
    """What is missing or left over in an array is passed on, to be answered."""
    assert come(raw)[-1] == last


def test_a_name_given_twice_is_still_there() -> None:
    """Cutting an array does not mend its entries: ingress has to see what was sent."""
    assert come(b'[{"a":1,"a":2}]') == [Incoming(b'{"a":1,"a":2}', 1, 1)]


def test_broken_utf8_stays_in_its_entry() -> None:
    """Bytes that are no text are passed on as they are, and harm no other entry."""
    assert [one.raw for one in come(b'[{"a":"\xff"},{"b":1}]')] == [
        b'{"a":"\xff"}',
        b'{"b":1}',
    ]


@pytest.mark.parametrize("raw", [NESTED, b"[" + NESTED])
def test_deep_nesting_is_passed_on(raw: bytes) -> None:
    """However deep somebody nests it, it is one event to be answered."""
    assert [one.raw for one in come(raw)] == [NESTED]


def test_what_has_come_is_passed_on_at_once() -> None:
    """A line is passed on while the pipe it came through stays open."""
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream, os.fdopen(into, "wb", buffering=0) as pipe:
        pipe.write(b'{"a":1}\n{"b":')
        come_so_far = arrivals(stream)

        assert next(come_so_far) == [Incoming(b'{"a":1}', 1)]

        pipe.write(b"2}\n")
        pipe.close()
        assert list(come_so_far) == [[Incoming(b'{"b":2}', 2)]]


LINES = st.lists(
    st.binary(max_size=200).map(
        lambda raw: raw.replace(b"\n", b"").replace(b"\r", b"").strip()
    ),
    max_size=20,
)


@given(LINES)
def test_no_line_is_lost_or_changed(lines: list[bytes]) -> None:
    """Behind a first event, every line that is not blank comes out as it went in."""
    whole = [b"{}", *lines]

    assert [(one.line, one.raw) for one in come(b"\n".join(whole))] == [
        (number, line) for number, line in enumerate(whole, 1) if line
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


ENTRIES = st.dictionaries(st.text(), JSON, max_size=5)


@given(st.lists(ENTRIES, min_size=1, max_size=5), st.booleans())
def test_an_array_gives_its_entries(entries: list[object], indented: bool) -> None:
    """However an array is laid out, its entries come out with the same content."""
    text = json.dumps(entries, indent=2 if indented else None)

    assert [json.loads(one.raw) for one in come(text.encode())] == entries


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    """Nothing that somebody pipes in raises here."""
    assert all(isinstance(one, Incoming) for one in come(raw))
