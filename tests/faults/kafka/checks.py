"""
What must hold of a bus's topics, whatever happened to the processes between them.

Each check says in words what it found. Some of it is `missing`: that may still come
while workers are at work, and must not be there in the end. The rest is `wrong`, and
no time mends it.

    outbox     each record has one decision, or one rejection, and a receipt
    intake     decided again here, record by record, it gives the log, byte for byte
    log        the first decision of each position counts; copies are the same bytes
    inbox      each delivery is there, in its receiver's view, always the same
    deadlines  each rung due fired once; every page was handed over
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from aiokafka.structs import ConsumerRecord

from coordinator.events import Rejected, format_time, page_state
from coordinator.protocol import Decision, Rules
from coordinator.runtime.deciding import Decider
from coordinator.runtime.kafka.inbox import delivery
from coordinator.runtime.kafka.intake import Taken, header, number, read_intake
from coordinator.runtime.kafka.logged import (
    Logged,
    UnreadableError,
    read_log,
    record_in,
    to_log,
)
from coordinator.topics import INBOX, INTAKE, LOG, OUTBOX, REJECTED, headers
from tests.faults.kafka.topics import Topics

__all__ = ["Found", "look"]

Place = tuple[str, int, int]
"""Where a record stands: topic, partition, offset."""


class Counted(NamedTuple):
    """A record of the log that counts: read, and as it stands there."""

    logged: Logged
    message: ConsumerRecord


@dataclass
class Found:
    """What was found; `counts` of what, for whoever wants to know."""

    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    decided: int = 0
    """Decisions that count."""
    deliveries: dict[str, set[str]] = field(default_factory=dict)
    """Ids of what each agency must be sent."""

    @property
    def let_in_again(self) -> int:
        """Records of outboxes that went in, or were turned away, once more."""
        again = ("copies in the intake", "copies in the rejected, of outbox")
        return sum(self.counts[what] for what in again)


def look(topics: Topics, versions: Mapping[str, Rules], now: datetime) -> Found:
    """
    Look at all that was read.

    Args:
        topics: As far as they were read.
        versions: Every protocol version, by reference.
        now: What is due by then must have fired.
    """
    found = Found()
    counted = _log(topics, found)
    turned_away = _rejected(topics, found)
    _intake(topics, versions, counted, turned_away, found)
    every = [one.logged for part in counted for one in part.values()]
    found.decided = len(every)
    _outboxes(topics, every, turned_away, found)
    _inboxes(topics, versions, every, found)
    by_case: defaultdict[str, list[Decision]] = defaultdict(list)
    for logged in every:
        by_case[logged.decision["case"]].append(logged.decision)
    for case, decisions in by_case.items():
        _numbers(case, decisions, found)
        _rungs(case, decisions, format_time(now), found)
    _pages(every, found)
    return found


def _log(topics: Topics, found: Found) -> list[dict[int, Counted]]:
    """Give what counts, by partition and position."""
    parts: list[dict[int, Counted]] = []
    for partition in range(topics.partitions):
        firsts: dict[int, Counted] = {}
        last = -1
        for message in topics.of(LOG, partition=partition):
            try:
                logged = read_log(message.value)
            except UnreadableError:
                found.counts["poison in the log"] += 1
                continue
            where = f"log {partition}/{message.offset}: position {logged.position}"
            first = firsts.get(logged.position)
            if first is None:
                if logged.position < last:
                    found.wrong.append(f"{where} comes after {last}: nobody takes it")
                last = max(last, logged.position)
                firsts[logged.position] = Counted(logged, message)
                found.counts[logged.decision["verdict"]] += 1
                continue
            found.counts["copies in the log"] += 1
            one = first.message
            if (one.key, one.value) != (message.key, message.value):
                found.wrong.append(f"{where} is decided otherwise at {one.offset}")
        parts.append(firsts)
    return parts


def _rejected(topics: Topics, found: Found) -> dict[Place, ConsumerRecord]:
    """Give what was turned away, by where it stood."""
    turned_away: dict[Place, ConsumerRecord] = {}
    for message in topics.of(REJECTED):
        try:
            topic = header(message, headers.TOPIC) or ""
            partition = number(message, headers.PARTITION)
            offset = number(message, headers.OFFSET)
        except ValueError:
            topic, partition, offset = "", None, None
        if partition is None or offset is None:
            found.counts["poison in the rejected"] += 1
            continue
        found.counts["rejected"] += 1
        place = topic, partition, offset
        first = turned_away.setdefault(place, message)
        if first is not message:
            found.counts[f"copies in the rejected, of {_kind(topic)}"] += 1
            if (first.value, first.headers) != (message.value, message.headers):
                found.wrong.append(f"rejected {message.offset}: {place} once otherwise")
    return turned_away


def _kind(topic: str) -> str:
    """Say what kind of topic it is: the last part of its name."""
    return topic.rpartition(".")[2]


def _intake(
    topics: Topics,
    versions: Mapping[str, Rules],
    counted: list[dict[int, Counted]],
    turned_away: Mapping[Place, ConsumerRecord],
    found: Found,
) -> None:
    """Decide the intake again, and compare."""
    name = topics.connection.names.of(INTAKE)
    decider = Decider(lambda _: ())
    for partition, firsts in enumerate(counted):
        taken_before: set[tuple[str, int]] = set()
        due = dict(firsts)
        for message in topics.of(INTAKE, partition=partition):
            where = f"intake {partition}/{message.offset}"
            is_away = (name, partition, message.offset) in turned_away
            try:
                taken = read_intake(message, topics.partitions, versions)
            except (Rejected, KeyError):
                found.counts["poison in the intake"] += 1
                if not is_away:
                    found.missing.append(f"{where}: cannot be read, nor is it rejected")
                continue
            if is_away:
                found.wrong.append(f"{where}: is rejected, and could be decided")
            sender, origin = taken.record.sender, taken.origin
            if sender is not None and origin is not None:
                if (sender, origin) in taken_before:
                    found.counts["copies in the intake"] += 1
                    continue
                taken_before.add((sender, origin))
            again = _decided(decider, taken, message.offset)
            stands = due.pop(message.offset, None)
            if stands is None:
                found.missing.append(f"{where}: has no decision")
            elif stands.message.value != again:
                found.wrong.append(f"{where}: gives another decision than the log has")
        found.wrong += [
            f"log {partition}: position {one} is decided, and nothing is there"
            for one in due
        ]


def _decided(decider: Decider, taken: Taken, position: int) -> bytes:
    """Decide a record again, and write it as the log has it."""
    record, decision = decider.decide(taken.record)
    at = taken.record.received_at
    return to_log(record, decision, at=at, position=position, origin=taken.origin)


def _outboxes(
    topics: Topics,
    every: list[Logged],
    turned_away: Mapping[Place, ConsumerRecord],
    found: Found,
) -> None:
    decided = Counter(
        (one.sender, one.origin) for one in every if one.origin is not None
    )
    for agency in topics.agencies:
        name = topics.connection.names.of(OUTBOX, agency)
        for message in topics.of(OUTBOX, agency):
            found.counts["in outboxes"] += 1
            where = f"outbox of {agency} {message.offset}"
            away = (name, 0, message.offset) in turned_away
            times = decided[agency, message.offset]
            if times + away == 0:
                found.missing.append(f"{where}: neither decided nor rejected")
            elif times + away > 1:
                found.wrong.append(
                    f"{where}: decided {times} times"
                    + (", and rejected" if away else "")
                )


def _inboxes(
    topics: Topics,
    versions: Mapping[str, Rules],
    every: list[Logged],
    found: Found,
) -> None:
    due: dict[str, dict[str, bytes]] = {agency: {} for agency in topics.agencies}
    for logged in every:
        rules = versions[logged.decision["profile"]]
        record = record_in(logged, versions.__getitem__)
        for one in logged.decision["deliveries"]:
            if one["to"] not in rules.spec.offices:
                made = delivery(topics.connection, record, one, rules)
                due[one["to"]][one["id"]] = made.value
    for agency, views in due.items():
        found.deliveries[agency] = set(views)
        found.counts["deliveries"] += len(views)
        _inbox(topics, agency, views, found)


def _inbox(
    topics: Topics, agency: str, views: Mapping[str, bytes], found: Found
) -> None:
    """Each delivery is there, and each record of the outbox is answered."""
    came: set[str] = set()
    receipts: dict[int | None, bytes] = {}
    for message in topics.of(INBOX, agency):
        where = f"inbox of {agency} {message.offset}"
        kind = dict(message.headers).get(headers.RECORD)
        if kind == b"delivery":
            name = header(message, headers.DELIVERY_ID) or ""
            found.counts["repeats in inboxes"] += name in came
            came.add(name)
            if views.get(name) != message.value:
                found.wrong.append(f"{where}: nobody decided to deliver {name} so")
        elif kind == b"receipt":
            origin = number(message, headers.OFFSET)
            if receipts.setdefault(origin, message.value) != message.value:
                found.wrong.append(f"{where}: another receipt for {origin}")
        else:
            found.counts["poison in inboxes"] += 1
    found.missing += [f"inbox of {agency}: lacks {one}" for one in views.keys() - came]
    found.missing += [
        f"inbox of {agency}: lacks a receipt for {message.offset}"
        for message in topics.of(OUTBOX, agency)
        if message.offset not in receipts
    ]


def _numbers(case: str, decisions: list[Decision], found: Found) -> None:
    seqs = [one["seq"] for one in decisions]
    if seqs != list(range(1, len(seqs) + 1)):
        found.wrong.append(f"{case}: its decisions are numbered {seqs}")


def _rungs(case: str, decisions: list[Decision], now: str, found: Found) -> None:
    """
    Every rung due was taken by the first decision at its time or later, and paged.

    Of an obligation's rungs that one decision takes, the highest is paged at least.
    """
    waiting: dict[tuple[str, int], str] = {}
    for one in decisions:
        taken = {rung for rung, at in waiting.items() if at <= one["at"]}
        waiting = {rung: at for rung, at in waiting.items() if rung not in taken}
        found.counts["rungs taken"] += len(taken)
        paged = Counter(
            ((str(page["obligation"]), int(page["rung"] or 0)), page["agency"])
            for page in one["pages"]
            if page["why"] in {"reminder", "deadline"}
        )
        highest = {(name, max(r for n, r in taken if n == name)) for name, _ in taken}
        rungs = {rung for rung, _ in paged}
        if not highest <= rungs <= taken or any(times > 1 for times in paged.values()):
            found.wrong.append(
                f"{case} seq {one['seq']}: pages for {sorted(paged.elements())}, due"
                f" were {sorted(taken)}"
            )
        shut = {closed["id"] for closed in one["closed"]}
        waiting = {rung: at for rung, at in waiting.items() if rung[0] not in shut}
        for timer in one["timers"]:
            waiting[timer["obligation"], timer["rung"]] = timer["at"]
    found.missing += [
        f"{case}: rung {rung} was due at {at}"
        for rung, at in waiting.items()
        if at <= now
    ]


def _pages(every: list[Logged], found: Found) -> None:
    """Every page was handed over, which is recorded, and none that is not there."""
    pages = {page["id"] for one in every for page in one.decision["pages"]}
    told: set[str] = set()
    for logged in every:
        state = page_state(logged.decision["input"]["type"], logged.event)
        if state is not None:
            found.counts["pages recorded"] += 1
            told.add(state[0])
    found.counts["pages"] += len(pages)
    found.missing += [f"page {one}: not handed over" for one in pages - told]
    found.wrong += [
        f"page {one}: handed over, and nobody decided it" for one in told - pages
    ]
