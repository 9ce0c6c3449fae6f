"""How much is measured: all of it, or enough to see that it works."""

from dataclasses import dataclass
from typing import Final

__all__ = ["FULL", "QUICK", "Sizes"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """
    The size of each load.

    Attributes:
        repeats: How often what is compared runs in turn; the best counts.
        cases: Of the batched load, ten events each.
        signed_cases: Of the signed load.
        single_cases: Of the load that comes one event at a time.
        emitters: Tasks that send at the same time, one event at a time each.
        emitter_cases: Cases that each of them sends.
        replay_cases: Of the smaller log that is replayed; the larger has twice as many.
        decide_cases: Of the load that is only decided.
        long_case: Events in the long case.
        open_timers: That nobody waits for.
        lateness_s: Seconds during which timers fall due one after another.
        lateness_timers: How many do.
        alone: How many fall due with nothing else about.
        due_at_once: How many fall due in the same instant, in two loads.
        peer_timers: How many the peer has due in the same instant.
        kafka_cases: Of the batched load on Kafka, ten events each.
        latency_cases: Told at low load, ten events each, on Kafka.
        restart_cases: Behind a case worker that is started again, on Kafka.
        restart_events: Of each of those cases.
        agent_part: The slow companion on Kafka is given one in so many batches.
    """

    repeats: int
    cases: int
    signed_cases: int
    single_cases: int
    emitters: int
    emitter_cases: int
    replay_cases: int
    decide_cases: int
    long_case: int
    open_timers: int
    lateness_s: int
    lateness_timers: int
    alone: int
    due_at_once: tuple[int, int]
    peer_timers: int
    kafka_cases: int
    latency_cases: int
    restart_cases: int
    restart_events: int
    agent_part: int


FULL: Final = Sizes(
    repeats=3,
    cases=2_000,
    signed_cases=500,
    single_cases=200,
    emitters=64,
    emitter_cases=10,
    replay_cases=500,
    decide_cases=300,
    long_case=10_000,
    open_timers=1_000_000,
    lateness_s=10,
    lateness_timers=2_000,
    alone=20,
    due_at_once=(1_000, 100_000),
    peer_timers=1_000,
    kafka_cases=2_000,
    latency_cases=40,
    restart_cases=100_000,
    restart_events=3,
    agent_part=4,
)

QUICK: Final = Sizes(
    repeats=1,
    cases=200,
    signed_cases=50,
    single_cases=50,
    emitters=64,
    emitter_cases=2,
    replay_cases=200,
    decide_cases=50,
    long_case=2_000,
    open_timers=50_000,
    lateness_s=3,
    lateness_timers=300,
    alone=5,
    due_at_once=(1_000, 5_000),
    peer_timers=500,
    kafka_cases=500,
    latency_cases=10,
    restart_cases=2_000,
    restart_events=3,
    agent_part=4,
)
