"""The alerts for Prometheus, and the page that says what to do about each."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from prometheus_client.registry import REGISTRY

from coordinator.agents.agency.counts import HANDLED
from coordinator.runtime.kafka import metrics
from tests.compose.services import ROOT

FILE = ROOT / "compose" / "alerts.yaml"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
_ENDS = re.compile(r"_(total|info|bucket|count|sum|created)$")


def ours() -> set[str]:
    """Name the metrics that there are."""
    metrics.introduce("case", version="0")
    HANDLED.labels("done")
    return {
        one.name for one in REGISTRY.collect() if one.name.startswith("coordinator_")
    }


def named(text: str) -> set[str]:
    """Name the metrics that a text speaks of."""
    found = re.findall(r"\bcoordinator_[a-z_]+", text)
    return {_ENDS.sub("", one) for one in found}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_can_go_off(rule: dict[str, Any]) -> None:
    """It looks at a metric that there is, or at one of Prometheus's own."""
    assert named(rule["expr"]) <= ours()
    assert named(rule["expr"]) or "process_start_time_seconds" in rule["expr"]
    assert rule["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_has_its_section(rule: dict[str, Any]) -> None:
    """Whoever is woken by it finds its name there."""
    assert f"\n### {rule['alert']}\n" in PAGE


def test_every_metric_is_told_of() -> None:
    """The page's table has each, and none that there is not."""
    (table,) = re.findall(r"\n## Metrics\n(.*?)\n## ", PAGE, re.DOTALL)
    assert named(table) == ours()


def test_what_wakes_somebody_rises_from_nought() -> None:
    """A counter that appears at one has not risen, to Prometheus; it must be there."""
    for name, label, value in (
        ("coordinator_rejected_total", "rule", "internal"),
        ("coordinator_pages_total", "outcome", "failed"),
        ("coordinator_alarms_total", "why", "unreachable"),
    ):
        assert REGISTRY.get_sample_value(name, {label: value}) is not None


def test_links_of_the_page_lead_somewhere() -> None:
    """Each link within it is to a heading that it has."""
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {one.lower().replace(" ", "-").replace(",", "") for one in headings}
    for target in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert target in anchors


@pytest.mark.skipif(
    shutil.which("promtool") is None,
    reason="needs promtool (on Debian and Ubuntu: apt install prometheus)",
)
def test_prometheus_can_read_them() -> None:
    """Its own tool finds nothing wrong."""
    done = subprocess.run(
        [str(shutil.which("promtool")), "check", "rules", str(FILE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
