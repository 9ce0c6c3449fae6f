"""
One step of the bus: bytes in, decisions kept, outcomes back.

    bytes ─▶ decode ─▶ admission ─▶ key's state ─▶ decide ─▶ store.append ─▶ outcomes
                │           │
                └───────────┴─▶ rejection stream

Ingress, case and what follows from a decision are one transaction here, on every
store that one process writes. Nothing is told to anybody before it is durable.

Rule 1: whatever was waiting is one transaction (group commit). Rule 2: where the
store could not keep it, nothing is remembered either, and the caller is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import orjson

from coordinator.events import Event, Problem, Rejected, decode
from coordinator.protocol import (
    Admission,
    Decision,
    Knows,
    Record,
    Rules,
    State,
)
from coordinator.runtime.deciding import Decider, folded
from coordinator.runtime.port import (
    Entry,
    NewEntry,
    NewRejection,
    Store,
    StoreError,
)

__all__ = [
    "Listener",
    "Outcome",
    "Step",
    "Submission",
    "nobody",
    "record_of",
    "state_of",
]


class Submission(NamedTuple):
    """
    Something to be decided.

    `raw` as sent, through `sender`'s outbox (None: the operator's own file), or
    `event`, made by the coordinator itself; `version` is the protocol version that
    such an event brings, stamped on it in place of the active one.
    """

    raw: bytes = b""
    sender: str | None = None
    event: Event | None = None
    version: str | None = None


class Outcome(NamedTuple):
    """
    What became of a submission: a decision, or a problem where it was rejected.

    `event_id` is None where none could be read.
    """

    event_id: str | None
    decision: Decision | None
    problem: Problem | None

    @property
    def verdict(self) -> str:
        """Give the decision's verdict, or `rejected`."""
        return "rejected" if self.decision is None else self.decision["verdict"]


Listener = Callable[[Sequence[Submission], Sequence[Outcome]], object]
"""Told of each transaction once it is durable, in order; it must not raise."""


def nobody(_: Sequence[Submission], __: Sequence[Outcome]) -> None:
    """Listen to nothing."""


@dataclass(slots=True, eq=False)
class Batch:
    """What one transaction is going to keep."""

    at: datetime
    entries: list[NewEntry] = field(default_factory=list)
    rejections: list[NewRejection] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


class Step:
    """
    The only writer of a store.

    Args:
        store: Where it is kept.
        versions: Every kept protocol version, by reference.
        active: The active version's reference.
        knows: What ingress looks up in the directory.
        require_signatures: Turn away what is not signed.
    """

    def __init__(
        self,
        store: Store,
        versions: Mapping[str, Rules],
        active: str,
        knows: Knows,
        *,
        require_signatures: bool = False,
    ) -> None:
        self._store = store
        self._versions = dict(versions)
        self._decider = Decider(lambda key: _history(store, key, self._versions))
        self._admission = Admission(
            versions[active],
            knows,
            require_signatures=require_signatures,
            plans=_plans(versions),
        )

    def take(
        self,
        submissions: Sequence[Submission],
        now: datetime,
        *,
        keep: bool = True,
        activates: str | None = None,
    ) -> list[Outcome]:
        """
        Decide what was submitted, in order, and keep it in one transaction.

        Args:
            submissions: Any number; decided as if they had come one after another.
            now: The instant of receipt; aware UTC.
            keep: False decides and keeps nothing (a dry run).
            activates: A kept version, active from here on if all this is kept.

        Returns:
            One outcome for each submission, in order; durable unless a dry run.

        Raises:
            StoreFault, StoreError: Nothing was kept.
        """
        batch = Batch(now.replace(microsecond=now.microsecond // 1000 * 1000))
        read = [_read(one) for one in submissions]
        seen = self._store.decided(
            [event.id for event in read if isinstance(event, Event)]
        )
        outcomes = []
        done = False
        try:
            for submission, event in zip(submissions, read, strict=True):
                outcomes.append(self._take_one(batch, submission, event, seen))
            if keep:
                self._store.append(batch.entries, batch.rejections, activates=activates)
                done = True
        finally:
            if not done:
                self._decider.forget(batch.touched)
        if keep and activates is not None:
            self._admission = replace(
                self._admission,
                rules=self._versions[activates],
                plans=_plans(self._versions),
            )
        return outcomes

    def learn(self, rules: Rules) -> None:
        """Know one more version, which the store keeps by now."""
        self._versions[rules.reference] = rules

    def knows(self, reference: str) -> bool:
        """Tell whether a version is kept."""
        return reference in self._versions

    def rules(self, reference: str) -> Rules:
        """Give a kept protocol version."""
        return self._versions[reference]

    def state(self, key: str) -> State:
        """Give a key's state, folded from its log if it is not at hand."""
        return self._decider.state(key)

    def _take_one(
        self,
        batch: Batch,
        submission: Submission,
        event: Event | Problem,
        seen: dict[str, bytes],
    ) -> Outcome:
        if isinstance(event, Problem):
            return _reject(batch, submission, event)
        record = self._admitted(batch, submission, event, seen)
        if isinstance(record, Problem):
            return _reject(batch, submission, record)
        batch.touched.add(record.key)
        record, decision = self._decider.decide(record)
        seen[event.id] = event.raw
        batch.entries.append(
            NewEntry(
                key=record.key,
                seq=decision["seq"],
                event_id=event.id,
                received_at=record.received_at,
                profile=record.rules.reference,
                sender=record.sender,
                contact_known=record.contact_known,
                event=event.raw,
                decision=decision,
                decision_bytes=orjson.dumps(decision),
            )
        )
        return Outcome(event.id, decision, None)

    def _admitted(
        self,
        batch: Batch,
        submission: Submission,
        event: Event,
        seen: dict[str, bytes],
    ) -> Record | Problem:
        if submission.event is not None and event.subject is not None:
            version = submission.version
            rules = self._versions[version] if version else self._admission.rules
            return Record(event.subject, batch.at, rules, event)
        return self._admission.admit(
            event, sender=submission.sender, at=batch.at, earlier=seen.get(event.id)
        )


def _plans(versions: Mapping[str, Rules]) -> frozenset[str]:
    """Name the profiles whose plans events may be under."""
    return frozenset(rules.spec.profile for rules in versions.values())


def state_of(store: Store, key: str, versions: Mapping[str, Rules]) -> State:
    """
    Fold a key's state from its log.

    Raises:
        StoreError: A row cannot have been written so.
    """
    return folded(key, _history(store, key, versions))


def _history(
    store: Store, key: str, versions: Mapping[str, Rules]
) -> Iterator[tuple[Record, Decision]]:
    for entry in store.history(key):
        try:
            record = record_of(entry, versions.__getitem__)
            decision = orjson.loads(entry.decision_bytes)
        except (Rejected, ValueError, KeyError) as error:
            message = (
                f"the log's row {entry.position} cannot be read back; stop, keep"
                " the database, and put a backup in its place"
            )
            raise StoreError(message) from error
        yield record, decision


def record_of(entry: Entry, version: Callable[[str], Rules]) -> Record:
    """Make the intake record of a row of the log again."""
    return Record(
        key=entry.key,
        received_at=entry.received_at,
        rules=version(entry.profile),
        event=decode(entry.event),
        contact_known=entry.contact_known,
        sender=entry.sender,
    )


def _read(submission: Submission) -> Event | Problem:
    if submission.event is not None:
        return submission.event
    try:
        return decode(submission.raw)
    except Rejected as rejected:
        return rejected.problem


def _reject(batch: Batch, submission: Submission, problem: Problem) -> Outcome:
    batch.rejections.append(
        NewRejection(
            received_at=batch.at,
            sender=submission.sender,
            event=submission.raw,
            problem=orjson.dumps(problem.as_record()),
        )
    )
    return Outcome(problem.event_id, None, problem)
