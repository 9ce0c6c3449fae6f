"""
Bytes to events and back: CloudEvents 1.0, structured JSON.

Every problem names the place and says what would be valid, and quotes nothing that was
sent: not a value, and not the name of a field or attribute that is not ours.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Required, TypedDict, Unpack

import orjson
from pydantic import TypeAdapter, ValidationError

from coordinator.events.catalogue import CATALOGUE
from coordinator.events.envelope import MAX_BYTES, Attributes, Event, Via
from coordinator.events.errors import Rejected
from coordinator.events.event_type import EventType
from coordinator.events.fields import SOURCE_PREFIX
from coordinator.events.misfit import (
    misfit,
    unknown_type,
    wrong_dataschema,
    wrong_person,
)
from coordinator.events.problem import Problem
from coordinator.events.times import format_time
from coordinator.events.upcasting import OLDER, lifted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coordinator.events.payload import Payload

_AGENCY_AT: Final = len(SOURCE_PREFIX)
_check_attributes: Final = TypeAdapter(Attributes).validator.validate_python
_KNOWN: Final[dict[str, tuple[EventType, Callable[[object], Payload]]]] = {
    kind.type: (kind, kind.model.__pydantic_validator__.validate_python)
    for kind in CATALOGUE.values()
}
_UNREADABLE: Final = "it takes one CloudEvent as a JSON object in UTF-8 (RFC 8259)"


def decode(raw: bytes) -> Event:
    """
    Read and check one event; data of an older version is lifted to the current one.

    What needs the directory, the profile, the case or a clock is not checked here: the
    agencies named, the subject, the sender, the time's distance, the signature.

    Raises:
        Rejected: the rule is `oversize` (over 65,536 bytes), `unreadable` (not one
            JSON object, or a name given twice in it), `unknown_type` or `schema`.
            Nothing else is raised, whatever the bytes.

    Source: CloudEvents 1.0.2, JSON event format, section 3

    """
    if len(raw) > MAX_BYTES:
        raise Rejected(Problem.of("oversize", f"it takes at most {MAX_BYTES:,} bytes"))
    sent = _read(raw)
    try:
        attributes = _check_attributes(sent)
    except ValidationError as error:
        problem = misfit(sent, error)
        raise Rejected(problem) from None
    known = _KNOWN.get(attributes["type"])
    if known is None:
        raise Rejected(unknown_type(attributes["id"]))
    kind, check_data = known
    data = attributes["data"]
    get = attributes.get
    version: int | None = kind.version
    dataschema = get("dataschema")
    if dataschema is not None and dataschema != kind.dataschema:
        version = kind.version_named(dataschema)
        if version is not None:
            data = _lifted(sent, kind, version)
    try:
        payload = check_data(data)
    except ValidationError as error:
        problem = misfit(sent, error, kind)
        raise Rejected(problem) from None
    personref = get("personref")
    if kind.is_about_person(data) is (personref is None):
        raise Rejected(wrong_person(kind, attributes["id"], sent=personref is not None))
    if version is None:
        raise Rejected(wrong_dataschema(kind, attributes["id"]))
    source = attributes["source"]
    return Event(
        attributes["id"],
        source,
        source[_AGENCY_AT:],
        attributes["type"],
        kind.name,
        get("subject"),
        attributes["time"],
        personref,
        get("exercise", False),
        get("recordedtime"),
        get("recordedby"),
        get("via"),
        get("correlationid"),
        get("causationid"),
        get("signature"),
        version,
        data,
        payload,
        raw,
    )


def _lifted(sent: dict[str, Any], kind: EventType, version: int) -> dict[str, Any]:
    """Check data as its own version had it, and lift it to the current one."""
    model = OLDER[kind.name][version - 1].model
    try:
        model.__pydantic_validator__.validate_python(sent["data"])
    except ValidationError as error:
        problem = misfit(sent, error, kind, model)
        raise Rejected(problem) from None
    return lifted(kind.name, version, sent["data"])


def _read(raw: bytes) -> dict[str, Any]:
    """Read one JSON object in which no name stands twice."""
    try:
        sent = orjson.loads(raw)
        # Written again without spaces the text differs where a name stood twice, since
        # the first was dropped: two readers, or two signatures, could disagree on it.
        again = orjson.dumps(sent)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        raise Rejected(Problem.of("unreadable", _UNREADABLE)) from None
    if not isinstance(sent, dict):
        raise Rejected(Problem.of("unreadable", _UNREADABLE))
    if again != raw and again != raw.replace(b'": ', b'":').replace(b', "', b',"'):
        # Only the rest is read the slow way: other spacing, escapes or numbers.
        try:
            json.loads(raw, object_pairs_hook=_once, parse_int=str, parse_float=str)
        except _NameTwiceError:
            detail = "a name stands twice in one object; it takes each name once"
            raise Rejected(Problem.of("unreadable", detail)) from None
    return sent


class _NameTwiceError(ValueError):
    """An object in the text gives a name twice."""


def _once(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _NameTwiceError


class Sending(TypedDict, total=False):
    """
    What an event is made from: the attributes, `name` and `agency` for type and source.

    Times are aware; `data` is JSON as on the wire. None is the same as left out.
    """

    name: Required[str]
    agency: Required[str]
    id: Required[str]
    time: Required[datetime]
    data: Required[dict[str, Any]]
    subject: str | None
    personref: str | None
    exercise: bool
    recordedtime: datetime | None
    recordedby: str | None
    via: Via | None
    correlationid: str | None
    causationid: str | None
    signature: str | None


def encode(**sending: Unpack[Sending]) -> bytes:
    """
    Write an event as compact JSON, attributes in a fixed order, without checking it.

    `dataschema` names the current version of the schema. `make_event` checks as well.

    Raises:
        KeyError: no type of event has that name.
        ValueError: a time is naive.

    """
    kind = CATALOGUE[sending["name"]]
    attributes: dict[str, object] = {
        "specversion": "1.0",
        "id": sending["id"],
        "source": SOURCE_PREFIX + sending["agency"],
        "type": kind.type,
        "subject": sending.get("subject"),
        "time": format_time(sending["time"]),
        "dataschema": kind.dataschema,
        "personref": sending.get("personref"),
        "exercise": sending.get("exercise") or None,
        "recordedtime": _written(sending.get("recordedtime")),
        "recordedby": sending.get("recordedby"),
        "via": sending.get("via"),
        "correlationid": sending.get("correlationid"),
        "causationid": sending.get("causationid"),
        "signature": sending.get("signature"),
        "data": sending["data"],
    }
    return orjson.dumps(
        {name: value for name, value in attributes.items() if value is not None}
    )


def _written(at: datetime | None) -> str | None:
    return None if at is None else format_time(at)


def make_event(**sending: Unpack[Sending]) -> Event:
    """
    Make an event as if it had been received: checked, and with its bytes.

    Raises:
        Rejected: it breaks its schema, as `decode` says.
        KeyError: no type of event has that name.
        ValueError: a time is naive.

    """
    return decode(encode(**sending))
