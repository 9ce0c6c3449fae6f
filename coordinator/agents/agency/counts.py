"""What is counted of an agency's agent, for Prometheus."""

from typing import Final

from prometheus_client import Counter

__all__ = ["HANDLED"]

HANDLED: Final = Counter(
    "coordinator_handled_total",
    "Attempts of an agent's handlers, by what came of them: done, failed, parked.",
    ["outcome"],
)
