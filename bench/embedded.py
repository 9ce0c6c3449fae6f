"""
The embedded runtime under load: bytes in, durable decisions out, a hundred a commit.

Ours is `Step.take` on a `SqliteStore` with `synchronous=FULL`: decode, admission,
decide by the packaged profile, and one transaction for a batch, with all that follows
from its decisions. The peer and the bare disk are given the same batches.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import OKPKey

from bench.bare import Row, append, bare_log, row_of
from bench.figure import Companion, Figure, Goal
from bench.flow import STEPS, Batch, batches
from bench.home import EVERYBODY, new_home, step_on, take_all
from bench.measuring import Stopwatch, WrongRunError, best_rates, fresh_folder
from bench.peer_eventsourcing import peer_application
from bench.sizes import Sizes
from coordinator.events import sign
from coordinator.protocol import Knows

__all__ = ["batched", "signed"]

COMMIT: Final = 100
"""Events in one transaction."""

# The peer's own words for: keep every aggregate, hand it out itself and not a copy of
# it, and do not ask the database whether somebody else has added to it.
_CACHED: Final = {
    "AGGREGATE_CACHE_MAXSIZE": "1000000",
    "AGGREGATE_CACHE_FASTFORWARD": "n",
    "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
}


@dataclass(slots=True, eq=False)
class _Load:
    """The batches, and the rows that a home made of them."""

    folder: Path
    batches: list[Batch]
    rows: list[Row] = field(default_factory=list)

    @property
    def events(self) -> int:
        return sum(len(batch.raws) for batch in self.batches)

    def ours(self, knows: Knows = EVERYBODY) -> float:
        """Give the events decided a second, and remember the rows."""
        watch = Stopwatch()
        with new_home(self.folder) as store:
            step = step_on(store, knows)
            with watch.lap():
                take_all(step, self.batches)
            if not self.rows:
                self.rows = [row_of(entry) for entry in store.log()]
        return self.events / watch.seconds

    def peer(self, settings: Mapping[str, str]) -> Callable[[], float]:
        """Make a run of the peer's under settings of its own."""

        def run() -> float:
            watch = Stopwatch()
            with peer_application(self.folder, settings) as peer:
                with watch.lap():
                    verdicts = [peer.take(batch.raws) for batch in self.batches]
                if {one for some in verdicts for one in some} != {"accepted"}:
                    message = "the peer is to accept every event"
                    raise WrongRunError(message)
            return self.events / watch.seconds

        return run

    def bare(self) -> float:
        """Give the rows kept a second."""
        watch = Stopwatch()
        starts = range(0, len(self.rows), COMMIT)
        pieces = [self.rows[start : start + COMMIT] for start in starts]
        with bare_log(self.folder) as connection, watch.lap():
            for piece in pieces:
                append(connection, piece)
        return len(self.rows) / watch.seconds


def batched(sizes: Sizes) -> list[Figure]:
    """Compare a hundred a commit with eventsourcing, and with the bare disk."""
    with fresh_folder() as folder:
        load = _Load(folder, batches(sizes.cases, COMMIT))
        best = best_rates(
            sizes.repeats,
            {
                "ours": load.ours,
                "peer": load.peer({}),
                "peer, cached": load.peer(_CACHED),
                "bare": load.bare,
            },
        )
    name = (
        f"embedded, durable: {sizes.cases:,} cases of {STEPS} events, {COMMIT} a commit"
    )
    how = f"best of {sizes.repeats} in turn; {load.events:,} events each"
    return [
        Figure(
            name,
            best["ours"],
            "events/s",
            Companion("eventsourcing 9.5.6 on SQLite, as by default", best["peer"]),
            Goal(3),
            how,
        ),
        Figure(
            name,
            best["ours"],
            "events/s",
            Companion(
                "eventsourcing 9.5.6, every aggregate cached, none copied",
                best["peer, cached"],
            ),
            how=how,
        ),
        Figure(
            name,
            best["ours"],
            "events/s",
            Companion("bare SQLite append of the same log rows", best["bare"]),
            Goal(0.2),
            how,
        ),
    ]


def signed(sizes: Sizes) -> list[Figure]:
    """Compare events that are signed, each checked, with the same unsigned."""
    key = OKPKey.generate_key("Ed25519")
    private: dict[str, Any] = dict(key.as_dict(private=True))
    public: dict[str, Any] = dict(key.as_dict(private=False))
    knows = Knows(EVERYBODY.agency, EVERYBODY.contact, lambda _: public)
    plain = batches(sizes.signed_cases, COMMIT)
    with fresh_folder() as folder:
        unsigned = _Load(folder, plain)
        with_signature = _Load(
            folder,
            [
                batch._replace(raws=[sign(raw, private) for raw in batch.raws])
                for batch in plain
            ],
        )
        best = best_rates(
            sizes.repeats,
            {
                "signed": lambda: with_signature.ours(knows),
                "unsigned": unsigned.ours,
            },
        )
    return [
        Figure(
            f"the same, {sizes.signed_cases:,} cases, each event's signature checked",
            best["signed"],
            "events/s",
            Companion("the same events unsigned", best["unsigned"]),
            how=f"best of {sizes.repeats} in turn; {unsigned.events:,} events each",
        )
    ]
