"""
Many send through the door while the process behind it is killed, again and again.

Whoever gets no answer sends the same again. In the end each event was accepted once,
each deadline was fired once, and the log is what a replay gives.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import pytest

from coordinator.protocol import State, apply, decide
from coordinator.runtime.embedded.knock import DoorBrokenError, send
from coordinator.runtime.port import Entry
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Submission, record_of
from tests.contract.telling import rules, tell

ROOT = Path(__file__).parents[2]
SERVER = Path(__file__).with_name("server.py")
SENDERS = 6


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let a process serve a home while the block runs, or until it is killed."""
    with subprocess.Popen(
        [sys.executable, str(SERVER), str(home)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        try:
            yield process
        finally:
            process.kill()


class Campaign:
    """Cases to be told by several senders, whatever happens to the server."""

    def __init__(self, home: Path, cases: int) -> None:
        self.home = home
        self.left = [tell(number) for number in range(cases)]
        self.answered: Counter[str] = Counter()
        self._kill_at = 0
        self._killed = Event()

    def run(self, kill_at: int) -> None:
        """Send until so many more answers have come, and then kill the server."""
        self._kill_at = self.answered.total() + kill_at
        self._killed.clear()
        with serving(self.home) as server, ThreadPoolExecutor(SENDERS) as senders:
            shares = [self.left[place::SENDERS] for place in range(SENDERS)]
            for sender in [senders.submit(self._send, server, one) for one in shares]:
                sender.result()
        self.left = [events for events in self.left if events]

    def _send(
        self, server: subprocess.Popen[bytes], cases: list[list[Submission]]
    ) -> None:
        """Send cases, an event at a time, until the server is gone."""
        for events in cases:
            while events and not self._killed.is_set():
                try:
                    answers = send(self.home, events[:1])
                except DoorBrokenError:
                    return
                if answers is None:
                    return
                assert answers[0].verdict in {"accepted", "duplicate"}
                self.answered[str(answers[0].event_id)] += 1
                del events[0]
                if self.answered.total() >= self._kill_at:
                    self._killed.set()
                    server.kill()


def campaign(home: Path, rounds: int, seed: int) -> None:
    """Kill the server so many times, let the rest be told, and look at what is kept."""
    chance = random.Random(seed)
    home.mkdir()
    told = Campaign(home, cases=rounds * 8)
    for _ in range(rounds):
        told.run(kill_at=chance.randrange(1, 100))
    told.run(kill_at=sys.maxsize)
    assert told.left == []

    store = SqliteStore(home / "bus.sqlite", read_only=True)
    rows = list(store.log())
    store.close()
    decisions = [orjson.loads(row.decision_bytes) for row in rows]
    accepted = Counter(
        one["input"]["id"] for one in decisions if one["verdict"] == "accepted"
    )
    sent = {
        str(orjson.loads(event.raw)["id"])
        for number in range(rounds * 8)
        for event in tell(number)
    }
    assert told.answered.keys() == sent
    assert sent <= accepted.keys()
    assert set(accepted.values()) == {1}
    assert_deadlines(decisions)
    assert_replays(rows)


def assert_deadlines(decisions: list[dict[str, Any]]) -> None:
    """Whoever missed a deadline was paged about it, about each rung once."""
    closed = {shut["id"]: one["at"] for one in decisions for shut in one["closed"]}
    last = {one["case"]: one["at"] for one in decisions}
    missed = {
        opened["id"]
        for one in decisions
        for opened in one["opened"]
        if opened["due"] <= min(last[one["case"]], closed.get(opened["id"], "9"))
    }
    paged = Counter(
        (page["obligation"], page["rung"], page["agency"])
        for one in decisions
        for page in one["pages"]
        if page["rung"]
    )
    assert missed
    assert {obligation for obligation, _, _ in paged} == missed
    # Only the last rung is ever paged again, a day later.
    repeated = {rung for (_, rung, _), times in paged.items() if times > 1}
    assert repeated <= {2, 3}
    ids = [page["id"] for one in decisions for page in one["pages"]]
    assert len(ids) == len(set(ids))


def assert_replays(rows: list[Entry]) -> None:
    """Each decision follows, byte for byte, from its record and those before it."""
    states: dict[str, State] = {}
    for row in rows:
        state = states.setdefault(row.key, State(row.key))
        record = record_of(row, {rules().reference: rules()}.__getitem__)
        decision = decide(state, record)
        apply(state, record, decision)
        assert orjson.dumps(decision) == row.decision_bytes


def test_many_senders_lose_nothing_to_kills(tmp_path: Path) -> None:
    """Three kills, six senders."""
    campaign(tmp_path / "home", rounds=3, seed=5)


@pytest.mark.faults_long
@pytest.mark.parametrize("seed", range(3))
def test_many_senders_lose_nothing_to_many_kills(tmp_path: Path, seed: int) -> None:
    """Thirty kills, six senders, in three homes: the same."""
    campaign(tmp_path / "home", rounds=10, seed=seed)
