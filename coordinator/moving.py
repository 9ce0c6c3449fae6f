"""
Moving: all that a home or a cluster keeps, into a file, and from it into another.

    home | cluster ─▶ export ─▶ archive ─▶ import ─▶ new home | new cluster

Rule 1: before anything is written, the archive is read to its end, and each decision in
it is made again and compared; what another engine decided stands as it is. Rule 2: an
import that was killed is run again, and the result is the same.

Source: docs/adr/0014-moving.md.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

import orjson
from pydantic import ValidationError

from coordinator.bootstrap import database_of, reading
from coordinator.evaluation.replay import Replayed, replay
from coordinator.events import OperatorError, Rejected, decode
from coordinator.protocol import Profile, Record, Rules, profile_from_value
from coordinator.runtime.archive import (
    Archive,
    Manifest,
    PageState,
    lines_of,
    pieces,
    survey,
    told_of_page,
)
from coordinator.runtime.embedded.lock import hold
from coordinator.runtime.port import NewEntry, NewRejection, StoredProfile
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.settings import Settings

__all__ = ["Told", "bring_in", "check", "take_out"]

Told = Callable[[int], object]
"""Told how many records more were dealt with."""

_KAFKA: Final = "kafka"
_AT_ONCE: Final = 500


def take_out(settings: Settings, write: Callable[[bytes], object]) -> Manifest:
    """
    Write all that a home or a cluster keeps as an archive; another may go on writing.

    Args:
        settings: Which home or cluster.
        write: Takes a line, without its end.

    Returns:
        What was written, and up to where.

    Raises:
        OperatorError: There is nothing that can be moved, or it is damaged.
    """
    with reading(settings) as store:
        surveyed = survey(store)
        for line in lines_of(store, surveyed):
            write(line)
    return surveyed.manifest


def check(archive: Archive, told: Told) -> Mapping[str, Rules]:
    """
    See that an archive is whole, and that its decisions are what is decided here.

    Args:
        archive: Opened.
        told: Told how far it is.

    Returns:
        Its protocol versions, by reference.

    Raises:
        ArchiveError: It is damaged, or not whole.
        OperatorError: A decision is made otherwise by this program.
    """
    checking = _Checking(archive, told)
    found = replay(checking.rows())
    if found.difference is not None:
        at, key, seq, members = found.difference
        message = (
            f"record {at} of the archive ({key}, seq {seq}) is decided otherwise here"
            f" ({', '.join(members)}); bring it in with the program that wrote it"
        )
        raise OperatorError(message)
    checking.check_counts(found.digest)
    return checking.versions


def bring_in(
    settings: Settings, archive: Archive, versions: Mapping[str, Rules], told: Told
) -> int:
    """
    Write an archive into a new home, or onto a cluster where nothing is yet.

    Args:
        settings: Which home or cluster.
        archive: Checked.
        versions: As `check` gives them.
        told: Told how far it is.

    Returns:
        How many of its decisions were written that were not there before.

    Raises:
        OperatorError: Something else is there; nothing was written.
        TransientError: Not all was written; done again, it goes on.
    """
    if settings.runtime == _KAFKA:
        clusters = import_module("coordinator.clusters")
        written: int = clusters.bring_in(settings, archive, versions, told)
        return written
    with hold(settings.home):
        database = database_of(settings.home)
        if database.exists():
            _check_same(database, archive.manifest)
            return 0
        _into(database, archive, told)
    return archive.manifest.records


class _Checking:
    """Reads an archive once, and counts what is in it."""

    def __init__(self, archive: Archive, told: Told) -> None:
        self.versions: dict[str, Rules] = {}
        self._archive = archive
        self._told = told
        self._counts: Counter[type] = Counter()

    def rows(self) -> Iterator[Replayed]:
        """Give its records, to be decided again."""
        for item in self._archive.items():
            self._counts[type(item)] += 1
            if isinstance(item, StoredProfile):
                self.versions[item.reference] = self._profile(item).rules
            elif isinstance(item, NewEntry):
                number = self._counts[NewEntry]
                yield Replayed(number, self._record(item, number), item.decision_bytes)
                self._told(1)

    def check_counts(self, digest: str) -> None:
        """See that all was there that its first line says."""
        says, counts = self._archive.manifest, self._counts
        found = Manifest(
            active=says.active,
            profiles=counts[StoredProfile],
            records=counts[NewEntry],
            rejected=counts[NewRejection],
            pages=counts[PageState],
            digest=digest,
        )
        if found != says or says.active not in self.versions:
            mismatch = "what is in it is not what its first line says"
            raise self._archive.wrong(mismatch)

    def _profile(self, kept: StoredProfile) -> Profile:
        try:
            profile = profile_from_value(orjson.loads(kept.value))
        except ValidationError:
            message = (
                f"{kept.reference}: a protocol that this version of the program cannot"
                " read; use the version that wrote the archive"
            )
            raise OperatorError(message) from None
        if (profile.spec.reference, profile.digest) != (kept.reference, kept.digest):
            says = f"{kept.reference} is not what its digest says"
            raise self._archive.wrong(says)
        return profile

    def _record(self, entry: NewEntry, number: int) -> Record:
        try:
            return Record(
                key=entry.key,
                received_at=entry.received_at,
                rules=self.versions[entry.profile],
                event=decode(entry.event),
                contact_known=entry.contact_known,
                sender=entry.sender,
            )
        except KeyError:
            says = f"record {number} is by {entry.profile}, which is not in it"
        except Rejected:
            says = f"the event of record {number} cannot be read"
        raise self._archive.wrong(says)


def _into(database: Path, archive: Archive, told: Told) -> None:
    """Write a new home's store; it has its name once all is in it."""
    part = database.with_suffix(".part")
    for end in ("", "-wal", "-shm"):  # of one that was killed
        part.with_name(part.name + end).unlink(missing_ok=True)
    store = SqliteStore(part)
    try:
        for some in pieces(archive.items(), _AT_ONCE):
            for profile in some:
                if isinstance(profile, StoredProfile):
                    store.add_profile(profile)
            entries = [one for one in some if isinstance(one, NewEntry)]
            store.append(
                entries, [one for one in some if isinstance(one, NewRejection)]
            )
            pages: dict[str, str] = {}
            for entry in entries:
                pages |= told_of_page(entry.event, entry.decision)
            pages.update(one for one in some if isinstance(one, PageState))
            store.mark_pages(pages)
            told(len(entries))
        store.append([], activates=archive.manifest.active)
    finally:
        store.close()
    part.replace(database)
    folder = os.open(database.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check_same(database: Path, manifest: Manifest) -> None:
    store = SqliteStore(database, read_only=True)
    try:
        is_same = survey(store).manifest == manifest
    finally:
        store.close()
    if not is_same:
        message = (
            f"{database.parent}: this home keeps something already, and an archive is"
            " for a new one; name another --home"
        )
        raise OperatorError(message)
