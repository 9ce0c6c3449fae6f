"""
What holds for every decision, whatever the history: the promises, one check each.

Source: docs/rules.md.
"""

from collections import Counter
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from coordinator.events import Event, parse_time
from coordinator.protocol import Decision, Rules, State
from coordinator.protocol.rules import Obliged
from coordinator.protocol.state import Obligation

__all__ = ["Promises", "fingerprint"]


def fingerprint(value: Any, seen: dict[int, int] | None = None) -> Any:  # noqa: ANN401 - any part
    """
    Write down all that a state holds, so that any change of it shows.

    What stands in several places is written once, and by its number after that.
    """
    seen = {} if seen is None else seen
    if isinstance(value, (Rules, Obliged)):
        return id(value)
    if is_dataclass(value):
        if id(value) in seen:
            return seen[id(value)]
        seen[id(value)] = len(seen)
        return [fingerprint(getattr(value, one.name), seen) for one in fields(value)]
    if isinstance(value, dict):
        return [(key, fingerprint(one, seen)) for key, one in value.items()]
    if isinstance(value, (list, tuple)):
        return [fingerprint(one, seen) for one in value]
    return sorted(map(repr, value)) if isinstance(value, set) else value


@dataclass(slots=True)
class Promises:
    """The promises kept so far, by what a log said; the machine's state is apart."""

    ids: set[str] = field(default_factory=set)
    opened: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    rungs: dict[str, list[int]] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    at: str = ""
    seq: int = 0

    def take(self, decision: Decision, event: Event, state: State) -> None:
        """Check one decision against all before it; `state` is the one after it."""
        self._place(decision)
        self._verdict(decision, event)
        self._deliveries(decision, event)
        self._pages(decision, state)
        self._owed(decision)
        self._timers(decision, state)

    def _place(self, decision: Decision) -> None:
        """Numbers and times go up, and an id is given once."""
        assert decision["seq"] == self.seq + 1
        assert decision["at"] >= self.at
        self.seq, self.at = decision["seq"], decision["at"]
        made = [
            *(one["id"] for one in decision["deliveries"]),
            *(one["id"] for one in decision["opened"]),
            *(one["id"] for one in decision["pages"]),
            *(one["id"] for one in decision["alarms"]),
            *(one["id"] for one in decision["notices"]),
        ]
        assert len(made) == len(set(made))
        assert self.ids.isdisjoint(made)
        self.ids.update(made)

    def _verdict(self, decision: Decision, event: Event) -> None:
        """A refusal explains itself; an event is accepted once, or nothing is done."""
        verdict = decision["verdict"]
        refused = verdict == "refused"
        for member in (decision["rule"], decision["cite"], decision["detail"]):
            assert bool(member) is refused
        assert (verdict == "duplicate") is (event.id in self.accepted)
        if verdict == "accepted":
            self.accepted.add(event.id)
            return
        for done in ("breaches", "deliveries", "opened", "closed", "notices", "alarms"):
            assert decision[done] == []

    def _deliveries(self, decision: Decision, event: Event) -> None:
        """Nobody gets an event twice, or its own; an exercise makes no notice."""
        receivers = [one["to"] for one in decision["deliveries"]]
        assert len(receivers) == len(set(receivers))
        assert event.agency not in receivers
        assert not (decision["exercise"] and decision["notices"])

    def _pages(self, decision: Decision, state: State) -> None:
        """Nobody is paged about what is closed; rungs go up; one page, not a burst."""
        of_breach = [one for one in decision["pages"] if one["obligation"] is None]
        assert len(of_breach) <= 1
        if decision["breaches"]:
            assert [one["why"] for one in of_breach] == ["breach"]
        counting: Counter[str] = Counter()
        for (obligation, rung), agencies in _by_rung(decision).items():
            owed = state.obligations[obligation]
            ladder = owed.rules.ladder
            assert obligation not in self.closed
            assert len(agencies) == len(set(agencies))
            assert len(agencies) <= (1 if owed.also is None or rung == 0 else 2)
            fired = self.rungs.setdefault(obligation, [])
            if rung == 0 or not ladder.counts(rung):
                assert rung not in fired
                assert rung != 0 or not any(map(ladder.counts, fired))
            else:
                reached = max(filter(ladder.counts, fired), default=0)
                assert rung > reached or rung == reached == ladder.last
            fired.append(rung)
            counting[obligation] += rung == 0 or ladder.counts(rung)
        assert set(counting.values()) <= {0, 1}

    def _owed(self, decision: Decision) -> None:
        """
        What is opened is closed once; lateness is elapsed time since due.

        Due is never past, but for what a retraction opens again.
        """
        for closed in decision["closed"]:
            assert closed["id"] not in self.closed
            since = parse_time(self.at) - parse_time(self.opened[closed["id"]])
            assert closed["late_by_s"] == max(0.0, since.total_seconds())
            self.closed.add(closed["id"])
        mends = decision["input"]["type"].endswith("event.retracted")
        for opened in decision["opened"]:
            assert mends or opened["due"] >= self.at
            self.opened[opened["id"]] = opened["due"]

    def _timers(self, decision: Decision, state: State) -> None:
        """Timers are set ahead, for what is open, and none that was due is left."""
        for timer in decision["timers"]:
            assert timer["obligation"] in self.opened
            assert timer["obligation"] not in self.closed
        # What falls due the moment it opens is taken by the next record.
        anew = {(timer["obligation"], timer["rung"]) for timer in decision["timers"]}
        for due in state.due_by(self.at):
            assert (due.obligation.id, due.rung) in anew
        waiting = [timer for timer in state.timers if timer.live]
        for owed in state.obligations.values():
            assert owed.open is (owed.id not in self.closed)
            assert len(owed.pending) == sum(t.obligation is owed for t in waiting)
            assert owed.open or not owed.pending
            assert not owed.open or _has_a_rung_ahead(owed)


def _by_rung(decision: Decision) -> dict[tuple[str, int], list[str]]:
    """Group the pages about obligations by rung, in order."""
    found: dict[tuple[str, int], list[str]] = {}
    for page in decision["pages"]:
        if page["obligation"] is not None and page["rung"] is not None:
            rung = page["obligation"], page["rung"]
            found.setdefault(rung, []).append(page["agency"])
    return found


def _has_a_rung_ahead(owed: Obligation) -> bool:
    """Whether somebody will be paged again about an open obligation."""
    return any(map(owed.rules.ladder.counts, owed.pending))
