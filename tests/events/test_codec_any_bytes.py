"""Whatever the bytes: an event, or a rejection that tells nothing of what was sent."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events import CATALOGUE, Event, Rejected, canonical, decode, example

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([10**400, -(2**63), 2**64, 1e308, "\x00", "\ud800", "x" * 2_001])
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=20,
)
NAMES = st.sampled_from(list(CATALOGUE))


def outcome(raw: bytes) -> Event | Rejected:
    """Give what decoding ends in; any other exception fails the test."""
    try:
        return decode(raw)
    except Rejected as rejected:
        return rejected


def written(value: object) -> bytes:
    """Write JSON the way that keeps every value: a lone surrogate as its escape."""
    return json.dumps(value).encode()


@given(st.binary())
def test_arbitrary_bytes_are_rejected(raw: bytes) -> None:
    """No bytes raise anything but the rejection."""
    assert isinstance(outcome(raw), Rejected)


@given(JSON)
def test_arbitrary_json_is_rejected(value: object) -> None:
    """No JSON value is an event by accident."""
    assert isinstance(outcome(written(value)), Rejected)


@given(NAMES, st.data())
def test_a_value_of_an_event_replaced_is_an_event_or_a_rejection(
    name: str, data: st.DataObject
) -> None:
    """Any value, of any type, at any place is judged; what passes has its raw bytes."""
    event = example(name)
    owner = event if data.draw(st.booleans()) else event["data"]
    key = data.draw(st.sampled_from(list(owner)) | st.text(st.characters()))
    owner[key] = data.draw(JSON)

    found = outcome(written(event))

    if isinstance(found, Event):
        assert found.raw == written(event)
        canonical(found.raw)


@given(NAMES, st.data())
def test_a_damaged_event_is_an_event_or_a_rejection(
    name: str, data: st.DataObject
) -> None:
    """Bytes lost, added or changed in transit break nothing but the event."""
    raw = written(example(name))
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 8)))

    outcome(raw[:start] + data.draw(st.binary(max_size=8)) + raw[end:])


@given(st.integers(0, 3_000), st.sampled_from(['{"a":', "["]), st.booleans())
def test_any_depth_of_nesting_is_survived(
    depth: int,
    opening: str,
    closed: bool,
) -> None:
    """No depth of nesting, in data or figures, exhausts the reader."""
    closing = ("]" if opening == "[" else "}") * depth if closed else ""
    text = opening * depth + "1" + closing
    event = json.dumps(example("annual_report.compiled"))
    figures = json.dumps(example("annual_report.compiled")["data"]["figures"])

    assert isinstance(outcome(text.encode()), Rejected)
    deep = outcome(event.replace(figures, f'{{"a":{text}}}').encode())
    # The figures themselves are the first of the eight levels.
    assert isinstance(deep, Event) is (depth == 0 or (closed and depth + 1 <= 8))


MARKER = "Wiremu-7Qz"


def planted() -> Iterator[tuple[str, str, bytes]]:
    """Give every type with a marker in each field and attribute, or as a name."""
    strange: list[object] = [
        f"{MARKER}\x01 /",
        [f"{MARKER}\x01 /"],
        {MARKER: MARKER},
        f"{MARKER} " * 400,
    ]
    for name in CATALOGUE:
        for inside in (False, True):
            for key in [*(example(name)["data"] if inside else example(name)), MARKER]:
                for value in strange:
                    event = example(name)
                    (event["data"] if inside else event)[key] = value
                    yield name, key, written(event)


def test_a_problem_never_holds_what_was_sent() -> None:
    """Neither values nor names of the sender's come back, wherever they stood."""
    for name, key, raw in planted():
        found = outcome(raw)
        if isinstance(found, Event):
            # Figures are free in form: what they hold is read, not refused.
            assert (name, key) == ("annual_report.compiled", "figures")
            continue
        told = json.dumps(found.problem.as_record()) + repr(found) + str(found)
        assert MARKER not in told, (name, key)


@given(NAMES, st.data())
def test_no_text_sent_comes_back_in_a_problem(name: str, data: st.DataObject) -> None:
    """Whatever text goes with the marker, and wherever, the problem is without it."""
    event = example(name)
    owner = event if data.draw(st.booleans()) else event["data"]
    text = data.draw(st.text(st.characters()))
    key = data.draw(st.sampled_from([*owner, text + MARKER]))
    owner[key] = data.draw(st.sampled_from([MARKER + text, [text, MARKER], 1]))

    found = outcome(written(event))

    if isinstance(found, Rejected):
        assert MARKER not in json.dumps(found.problem.as_record()) + str(found)


def test_an_id_is_repeated_only_when_it_is_one() -> None:
    """A problem names the event by its id, which can hold nothing else."""
    event: dict[str, Any] = example("suspicion.reported") | {"data": {}}

    with pytest.raises(Rejected) as named:
        decode(written(event))
    with pytest.raises(Rejected) as nameless:
        decode(written(event | {"id": MARKER}))

    assert named.value.problem.event_id == event["id"]
    assert nameless.value.problem.event_id is None
