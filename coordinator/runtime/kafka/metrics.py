"""
What a worker counts, for Prometheus.

No label holds an event's, a case's or a person's id: rules, verdicts, topics and kinds
of outcome only, of which there are few.

Source: docs/operations.md, Metrics; Prometheus, Metric and label naming.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from prometheus_client import (
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
)

from coordinator.protocol import ENGINE, Decision

__all__ = [
    "BEHIND",
    "LATENESS",
    "OVERDUE",
    "PAGES",
    "PARKED",
    "PARTITIONS",
    "REJECTED",
    "STILL",
    "count_decision",
    "follow",
    "introduce",
]

# When a counter began is the process's own start, which is told once.
disable_created_metrics()  # type: ignore[no-untyped-call]

_WORKER: Final = Info(
    "coordinator_worker", "Which worker this is, and which engine decides in it."
)

BEHIND: Final = Gauge(
    "coordinator_behind_records",
    "Records that are known to be there and are not done (lag).",
    ["topic"],
)
PARTITIONS: Final = Gauge(
    "coordinator_partitions", "Partitions that are this worker's own.", ["topic"]
)
STILL: Final = Gauge(
    "coordinator_still_seconds", "For how long records have waited and none was done."
)
_DECISIONS: Final = Counter(
    "coordinator_decisions_total", "Decisions, by verdict.", ["verdict"]
)
_REFUSALS: Final = Counter(
    "coordinator_refusals_total", "Refused events, by the rule that refused.", ["rule"]
)
_BREACHES: Final = Counter(
    "coordinator_breaches_total", "Breaches put on record, by rule.", ["rule"]
)
_ALARMS: Final = Counter(
    "coordinator_alarms_total", "What the operator must hear of, by why.", ["why"]
)
REJECTED: Final = Counter(
    "coordinator_rejected_total", "What was not taken at all, by rule.", ["rule"]
)
LATENESS: Final = Histogram(
    "coordinator_deadline_lateness_seconds",
    "From the instant a rung was due to when it was handed to the intake.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600),
)
OVERDUE: Final = Gauge(
    "coordinator_overdue_obligations", "Obligations that are open and past due."
)
PAGES: Final = Counter(
    "coordinator_pages_total", "Pages handed to a channel, by outcome.", ["outcome"]
)
PARKED: Final = Gauge(
    "coordinator_parked_deliveries", "Deliveries that an agent's handler gave up on."
)

# At nought from the start: what appears at one has not risen, to Prometheus.
_ALARMS.labels("unreachable")
REJECTED.labels("internal")
PAGES.labels("failed")

# Every decision is counted, and looking its label up takes longer than counting.
_with_verdict: Final = cache(_DECISIONS.labels)


def count_decision(decision: Decision) -> None:
    """Count a decision, by its verdict, and by the rules that it rests on."""
    _with_verdict(decision["verdict"]).inc()
    if decision["verdict"] == "refused":
        _REFUSALS.labels(decision["rule"]).inc()
    for breach in decision["breaches"]:
        _BREACHES.labels(breach["rule"]).inc()
    for alarm in decision["alarms"]:
        _ALARMS.labels(alarm["why"]).inc()


def follow(
    topic: str, *, behind: Callable[[], float], partitions: Callable[[], float]
) -> None:
    """
    Have `BEHIND` and `PARTITIONS` looked up whenever somebody asks for the metrics.

    Args:
        topic: What is read, without the cluster's prefix.
        behind: Counts the records that wait.
        partitions: Counts those that are this worker's own.
    """
    BEHIND.labels(topic).set_function(behind)
    PARTITIONS.labels(topic).set_function(partitions)


def introduce(kind: str, *, version: str) -> None:
    """
    Say which worker this is.

    Args:
        kind: As `coordinator worker` names it.
        version: The program's.
    """
    _WORKER.info({"kind": kind, "engine": str(ENGINE), "version": version})
