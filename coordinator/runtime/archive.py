"""
An archive: everything that a home or a cluster keeps, as a file of JSON lines.

    {"archive":  {"format", "version", "active", "profiles", "records", "rejected",
                  "pages", "digest"}}                                  first, once
    {"profile":  {"reference", "digest", "value"}}
    {"record":   {"key", "received_at", "profile", "sender", "contact_known",
                  "event", "decision"}}                     in the order of the log
    {"rejected": {"received_at", "sender", "problem", "event" | "event_base64"}}
    {"page":     {"id", "state"}}            whose state no record of the log tells

The first line says what follows, so that a file which was cut off is known as such
before anything is done with it. Events and decisions stand in it as they were written,
and their digest is that of `coordinator replay --verify`. The same home always gives
the same file.

Source: docs/adr/0014-moving.md.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar

import orjson

from coordinator.events import (
    OperatorError,
    format_time,
    page_state,
    parse_time,
)
from coordinator.protocol import Decision, LogDigest
from coordinator.runtime.port import (
    Entry,
    NewEntry,
    NewRejection,
    Rejection,
    Store,
    StoredProfile,
    StoreError,
)

__all__ = [
    "Archive",
    "ArchiveError",
    "Item",
    "Manifest",
    "PageState",
    "Survey",
    "lines_of",
    "pieces",
    "survey",
    "told_of_page",
]

_FORMAT: Final = "item23-archive"
_VERSION: Final = 1
_QUEUED: Final = "queued"

T = TypeVar("T")


class ArchiveError(OperatorError):
    """A file is no archive, or is not whole; it is read no further."""


class Manifest(NamedTuple):
    """
    What an archive says of itself.

    `active` is the active version's reference; then follow the numbers of lines of
    each kind, and the log's digest (`LogDigest`). The number of records is also the
    position in the log up to which it goes.
    """

    active: str
    profiles: int
    records: int
    rejected: int
    pages: int
    digest: str


class PageState(NamedTuple):
    """What became of a page of which the log does not tell."""

    id: str
    state: str


Item = StoredProfile | NewEntry | NewRejection | PageState


class Survey(NamedTuple):
    """What a store holds, up to a position, before it is written out."""

    manifest: Manifest
    pages: tuple[PageState, ...]


# --- from a store --------------------------------------------------------------------


def survey(store: Store) -> Survey:
    """
    Read through a store, as far as it goes now; another process may go on writing.

    Raises:
        OperatorError: It keeps a clock of its own, or nothing is active in it.
        StoreError: It is damaged.
    """
    if store.clock_offset():
        message = (
            "this home has a clock of its own, as a demo's has; its times are fictional"
            " and have no place beside real ones, so it cannot be moved"
        )
        raise OperatorError(message)
    while True:
        active = store.active_profile()
        if active is None:
            message = "no protocol is active here yet, so there is nothing to export"
            raise OperatorError(message)
        digest, states, records = LogDigest(), dict[str, str](), 0
        for entry in store.log():
            records = entry.position
            digest.take(entry.key, entry.decision_bytes)
            _note_pages(entry, states)
        # Its records are kept together with the switch: were it another one by now,
        # they would stand behind the last row that was read.
        if store.active_profile() == active:
            break
    pages = tuple(
        PageState(page.id, page.state)
        for page in store.pages()
        if page.state not in (_QUEUED, states.get(page.id, page.state))
    )
    manifest = Manifest(
        active=active,
        profiles=len(store.profiles()),
        records=records,
        rejected=sum(1 for _ in store.rejected()),
        pages=len(pages),
        digest=digest.hexdigest(),
    )
    return Survey(manifest, pages)


def lines_of(store: Store, surveyed: Survey) -> Iterator[bytes]:
    """
    Write a store, as far as it was surveyed, as an archive's lines without their ends.

    Raises:
        StoreError: It is damaged.
    """
    manifest = surveyed.manifest
    head = {"format": _FORMAT, "version": _VERSION, **manifest._asdict()}
    yield orjson.dumps({"archive": head})
    for profile in store.profiles()[: manifest.profiles]:
        value = orjson.Fragment(profile.value)
        yield orjson.dumps({"profile": {**profile._asdict(), "value": value}})
    for entry in islice(store.log(), manifest.records):
        yield orjson.dumps({"record": _record(entry)})
    for rejection in islice(store.rejected(), manifest.rejected):
        yield orjson.dumps({"rejected": _rejected(rejection)})
    for page in surveyed.pages:
        yield orjson.dumps({"page": page._asdict()})


def _note_pages(entry: Entry, states: dict[str, str]) -> None:
    """Follow what the log says of pages, and see that a row can be read back."""
    try:
        decision: Decision = orjson.loads(entry.decision_bytes)
        told = told_of_page(entry.event, decision)
    except (ValueError, LookupError, TypeError):
        raise _not_ours(entry) from None
    if orjson.dumps(decision) != entry.decision_bytes:
        raise _not_ours(entry)
    states.update((page["id"], _QUEUED) for page in decision["pages"])
    states.update(told)


def told_of_page(event: bytes, decision: Decision) -> dict[str, str]:
    """
    Say what a record tells of pages: the state of one by its id, or nothing.

    Raises:
        ValueError, LookupError: It is no record.
    """
    told = page_state(decision["input"]["type"], event)
    return {} if told is None or decision["verdict"] == "refused" else dict([told])


def _not_ours(entry: Entry) -> StoreError:
    return StoreError(
        f"row {entry.position} of the log ({entry.key}, seq {entry.seq}) is not as it"
        " was written; the store is damaged, put a backup in its place"
    )


def _record(entry: Entry) -> dict[str, object]:
    return {
        "key": entry.key,
        "received_at": format_time(entry.received_at),
        "profile": entry.profile,
        "sender": entry.sender,
        "contact_known": entry.contact_known,
        "event": entry.event.decode(),
        "decision": orjson.Fragment(entry.decision_bytes),
    }


def _rejected(rejection: Rejection) -> dict[str, object]:
    said: dict[str, object] = {
        "received_at": format_time(rejection.received_at),
        "sender": rejection.sender,
        "problem": orjson.Fragment(rejection.problem),
    }
    try:
        return {**said, "event": rejection.event.decode()}
    except UnicodeDecodeError:
        return {**said, "event_base64": b64encode(rejection.event).decode()}


# --- from a file ---------------------------------------------------------------------


class Archive:
    """
    An archive in a file, read any number of times.

    Args:
        stream: The file; one that can be read again from its beginning.
        name: What it is called, for messages.

    Attributes:
        manifest: What its first line says.

    Raises:
        ArchiveError: It is none, or of a version that is not known here.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._stream.seek(0)
        self.manifest = self._head(self._stream.readline())

    def items(self) -> Iterator[Item]:
        """
        Read all that follows the first line, in order.

        Raises:
            ArchiveError: A line is none of an archive's; it is named.
        """
        self._stream.seek(0)
        self._stream.readline()
        for number, line in enumerate(self._stream, 2):
            try:
                yield _item(orjson.loads(line))
            except (ValueError, LookupError, TypeError, AttributeError):
                says = f"line {number} is no line of an archive"
                raise self.wrong(says) from None

    def wrong(self, says: str) -> ArchiveError:
        """Say what is wrong with the file; the caller raises it."""
        return ArchiveError(
            f"{self._name}: {says}; take a whole one, as it was written"
        )

    def _head(self, line: bytes) -> Manifest:
        try:
            head = orjson.loads(line)["archive"]
            kind, version = head.pop("format"), head.pop("version")
            if (kind, version) == (_FORMAT, _VERSION):
                return Manifest(**head)
        except (ValueError, LookupError, TypeError, AttributeError):
            kind, version = None, None
        if kind == _FORMAT:
            message = (
                f"{self._name}: an archive of version {version}, and this program knows"
                f" {_VERSION}; use the program that wrote it"
            )
            raise ArchiveError(message)
        says = "its first line is not an archive's"
        raise self.wrong(says)


def pieces(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists of so many, the last one perhaps of fewer."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece


def _item(line: dict[str, dict[str, Any]]) -> Item:
    ((kind, said),) = line.items()
    match kind:
        case "record":
            return _entry(said)
        case "rejected":
            event = said.get("event")
            return NewRejection(
                received_at=parse_time(said["received_at"]),
                sender=said["sender"],
                event=b64decode(said["event_base64"], validate=True)
                if event is None
                else event.encode(),
                problem=orjson.dumps(said["problem"]),
            )
        case "profile":
            value = orjson.dumps(said["value"])
            return StoredProfile(said["reference"], said["digest"], value)
        case "page":
            return PageState(said["id"], said["state"])
        case _:
            raise LookupError(kind)


def _entry(said: dict[str, Any]) -> NewEntry:
    decision: Decision = said["decision"]
    if not Decision.__required_keys__ <= decision.keys():
        raise LookupError
    if decision["case"] != said["key"]:
        raise ValueError
    return NewEntry(
        key=said["key"],
        seq=decision["seq"],
        event_id=decision["input"]["id"],
        received_at=parse_time(said["received_at"]),
        profile=said["profile"],
        sender=said["sender"],
        contact_known=said["contact_known"],
        event=said["event"].encode(),
        decision=decision,
        decision_bytes=orjson.dumps(decision),
    )
