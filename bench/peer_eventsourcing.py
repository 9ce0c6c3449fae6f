"""
The peer: eventsourcing on SQLite, doing what of the work it can.

For each event: read the JSON, get the case's aggregate from the repository, ask a rule
(the agency is one of the protocol's, the id is new in this case), make a verdict, and
trigger an event of the aggregate with the text as sent and the verdict. All that waits
together is one `save`, and so one transaction. It checks no schema, no gate and no
subject, owes and delivers nothing, and sets no timer.

It runs with the settings it has by default: the application recorder of its SQLite
module, JSON transcoding, no compression, cipher, snapshots or aggregate cache, and the
write-ahead log; `synchronous` is set to FULL and read back. What it is handed over and
above is named where it is: with an aggregate cache that hands out what it holds, and
asks nobody, it keeps its cases in memory as our step keeps its states.

Source: https://eventsourcing.readthedocs.io (9.5)
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.sqlite import SQLiteApplicationRecorder

from bench.home import profile
from bench.measuring import WrongRunError
from coordinator.events import SOURCE_PREFIX, mint_case_reference

__all__ = ["Peer", "peer_application"]

_FULL: Final = 2


class Case(Aggregate):
    """A case: the ids of its events; texts and verdicts are in the log only."""

    @event("Opened")
    def __init__(self, *, case: UUID, event_id: str, text: str, verdict: str) -> None:
        self._id = case
        self.event_ids = {event_id}
        del text, verdict

    @staticmethod
    def create_id(case: UUID) -> UUID:
        """Take the id that it is given."""
        return case

    @event("Decided")
    def decide(self, *, event_id: str, text: str, verdict: str) -> None:
        """Take in a decided event."""
        self.event_ids.add(event_id)
        del text, verdict


class Peer(Application[UUID]):
    """Decides what waits, and keeps it in one transaction."""

    name = "peer"

    def take(self, raws: Sequence[bytes]) -> list[str]:
        """Give a verdict for each event, durable."""
        agencies = profile().spec.agencies
        verdicts = []
        touched: dict[UUID, Case] = {}
        for raw in raws:
            sent = orjson.loads(raw)
            event_id, source = sent["id"], sent["source"]
            known = source.removeprefix(SOURCE_PREFIX) in agencies
            verdict = "accepted" if known else "refused"
            text = raw.decode()
            if "subject" not in sent:
                key = uuid5(NAMESPACE_URL, mint_case_reference(source, event_id))
                case = Case(case=key, event_id=event_id, text=text, verdict=verdict)
            else:
                key = uuid5(NAMESPACE_URL, sent["subject"])
                case = touched.get(key) or self.repository.get(key)
                if event_id in case.event_ids:
                    verdict = "duplicate"
                case.decide(event_id=event_id, text=text, verdict=verdict)
            touched[key] = case
            verdicts.append(verdict)
        self.save(*touched.values())
        return verdicts


@contextmanager
def peer_application(folder: Path, settings: Mapping[str, str]) -> Iterator[Peer]:
    """Make the application in a folder; take it away after."""
    path = folder / "peer.sqlite"
    peer = Peer(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(path),
            **settings,
        }
    )
    try:
        _make_durable(peer)
        yield peer
    finally:
        peer.close()
        for file in folder.glob(f"{path.name}*"):
            file.unlink()


def _make_durable(peer: Peer) -> None:
    """Set its connection to FULL, and read back what holds for it."""
    recorder = peer.recorder
    if not isinstance(recorder, SQLiteApplicationRecorder):
        message = "the peer is to keep its events in SQLite"
        raise TypeError(message)
    # One thread uses its pool, and so gets the same connection every time.
    with recorder.datastore.get_connection(commit=True) as connection:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous = {_FULL}")
    with recorder.datastore.transaction(commit=False) as rows:
        rows.execute("PRAGMA synchronous")
        (synchronous,) = rows.fetchone()
        rows.execute("PRAGMA journal_mode")
        (mode,) = rows.fetchone()
    if (synchronous, mode) != (_FULL, "wal"):
        message = f"the peer is not durable: {synchronous}, {mode}"
        raise WrongRunError(message)
