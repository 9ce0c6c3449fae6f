"""
`coordinator protocol lint`: what is wrong with a profile, and what would mend it.

One line a finding, each with its file and line. The proofs come first; scenarios are
run once these have nothing to say, since a fault leaves many rules untried.

Source: `coordinator protocol lint --help`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated

from typer import Exit, Option, echo

from coordinator.bootstrap import clock_of
from coordinator.cli import options
from coordinator.cli.failures import DIFFERENT
from coordinator.cli.progress import progress
from coordinator.cli.screen import put_value
from coordinator.evaluation.coverage import Coverage, cover
from coordinator.events.located_yaml import LocatedError
from coordinator.files import profile_source, recordings
from coordinator.protocol.lint import Reach
from coordinator.protocol.lint import lint as prove
from coordinator.protocol.load import parse_profile
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.rules import compile_rules

__all__ = ["lint"]


def lint(
    name: options.ProfileGiven,
    *,
    scenarios: Annotated[
        Path | None,
        Option(metavar="DIR", help="Scenarios (.ndjson) in place of the packaged."),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Check a profile, and say what is wrong with it."""
    today = clock_of(options.settings_of()).now().date()
    begun = perf_counter()
    with progress("states", total=None, is_quiet=json) as done:
        found = _examine(name, scenarios, today, done)
    seconds = round(perf_counter() - begun, 1)
    if json:
        put_value(found.as_record() | {"seconds": seconds})
    else:
        for fault in found.faults:
            echo(str(fault))
        if not found.faults:
            echo(f"{found.summary()} in {seconds} s)")
    if found.faults:
        raise Exit(DIFFERENT)


@dataclass(slots=True)
class Examined:
    """What was found, and what it was found by; None where it did not come so far."""

    faults: list[LocatedError] = field(default_factory=list)
    spec: ProfileSpec | None = None
    explored: Reach = field(default_factory=Reach)
    covered: Coverage | None = None

    def as_record(self) -> dict[str, object]:
        """Give it as JSON."""
        return {
            "profile": None if self.spec is None else self.spec.reference,
            "findings": [
                {"file": one.file, "line": one.line, "problem": one.problem}
                for one in self.faults
            ],
            **_counts(self.spec),
            "states": self.explored.states,
            "decisions": self.explored.decisions,
            "scenario_events": 0 if self.covered is None else self.covered.events,
        }

    def summary(self) -> str:
        """Say how much there is, all of it clean; the time it took comes behind."""
        counts = ", ".join(
            f"{many} {what}" for what, many in _counts(self.spec).items()
        )
        record = self.as_record()
        return (
            f"{record['profile']}: {counts}: all clean (explored {record['states']}"
            f" states, took {record['scenario_events']} events of scenarios,"
        )


def _examine(
    name: str, scenarios: Path | None, today: date, done: Callable[[int], None]
) -> Examined:
    """
    Prove a profile, then run the scenarios through it.

    Raises:
        OperatorError: There is no such profile, or there are no scenarios.
    """
    found = Examined()
    file, read = profile_source(name)
    try:
        found.spec, sources = parse_profile(file, read)
    except LocatedError as fault:
        found.faults.append(fault)
        return found
    recorded = recordings(scenarios, found.spec.profile)
    proof = prove(found.spec, today=today, told=done)
    found.explored, findings = proof.explored, proof.findings
    if not findings:
        found.covered = cover(compile_rules(found.spec), recorded)
        findings = list(found.covered.findings())
    found.faults = [sources.fault(one.path, one.problem) for one in findings]
    return found


def _counts(spec: ProfileSpec | None) -> dict[str, int]:
    if spec is None:
        return {}
    rules = sum(len(event.gates) for event in spec.events.values())
    return {
        "events": len(spec.events),
        "obligations": len(spec.obligations),
        "rules": rules + len(type(spec.system_rules).model_fields),
        "ladders": len(spec.ladders),
    }
