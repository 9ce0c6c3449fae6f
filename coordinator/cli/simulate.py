"""
`coordinator simulate`: the protocol tried out on files of events, in virtual time.

Decision records go to stdout as the log would hold them; what ingress rejects makes
none, and is a problem on stderr, with the file and line it stands on.

Source: `coordinator --help`.
"""

import sys
from collections.abc import Iterable
from typing import Annotated

import orjson
from typer import Argument, Exit, Option

from coordinator.bootstrap import named_profile
from coordinator.cli import options
from coordinator.cli.failures import USAGE, UsageError
from coordinator.cli.incoming import Incoming, arrivals, opened
from coordinator.cli.narrator import Narrator
from coordinator.cli.screen import put_value, screen
from coordinator.evaluation.simulate import Simulation, Step
from coordinator.events import OperatorError
from coordinator.protocol import Rules

__all__ = ["simulate"]


def simulate(
    files: Annotated[
        list[str],
        Argument(metavar="FILE...", help="Events, taken in this order; - is stdin."),
    ],
    *,
    profile: options.ProfileName = None,
    until: Annotated[
        str | None,
        Option(metavar="TIME", help="Run the clock on to then, behind the last event."),
    ] = None,
    unreachable: Annotated[
        list[str] | None,
        Option(metavar="AGENCY:ROLE", help="Whom no page reaches; can be given again."),
    ] = None,
    pretty: Annotated[
        bool, Option("--pretty", help="Tell it for people, in place of records.")
    ] = False,
    json: options.AsJson = False,
) -> None:
    """Decide every event of the files, and fire deadlines on the way."""
    end = None if until is None else options.moment("--until", until)
    rules = _rules(profile)
    simulation = Simulation(
        rules, unreachable=[_whom(text, rules) for text in unreachable or ()]
    )
    teller = Teller(rules, Narrator(screen()) if pretty and not json else None)
    for file in files:
        with opened(file) as stream:
            for come in arrivals(stream):
                for one in come:
                    teller.tell(simulation.take(one.raw), file, one)
                sys.stdout.flush()
    if end is not None:
        teller.tell(simulation.run_until(end), "", None)
    if teller.unreadable:
        raise Exit(USAGE)


class Teller:
    """Writes what a simulation yields, and counts what could not be read."""

    def __init__(self, rules: Rules, narrator: Narrator | None) -> None:
        self.unreadable = 0
        self._rules = rules
        self._narrator = narrator

    def tell(self, steps: Iterable[Step], file: str, place: Incoming | None) -> None:
        """Write steps as they are made."""
        for step in steps:
            if step.problem is not None:
                self.unreadable += step.problem.rule == "unreadable"
                record = {**step.problem.as_record(), "file": file}
                if place is not None:
                    record["line"] = place.line
                sys.stderr.write(orjson.dumps(record).decode() + "\n")
            elif self._narrator is None or step.event is None or step.decision is None:
                put_value(step.decision)
            else:
                self._narrator.tell(step.event, step.decision, self._rules)


def _rules(profile: str | None) -> Rules:
    """Load the protocol; here a wrong one is a wrong option."""
    try:
        return named_profile(options.settings_of(profile=profile).profile).rules
    except OperatorError as error:
        raise UsageError(str(error)) from None


def _whom(text: str, rules: Rules) -> tuple[str, str]:
    """
    Read AGENCY:ROLE; an office's id stands for both.

    Raises:
        UsageError: No page of this protocol goes there.
    """
    agency, _, role = text.partition(":")
    office = agency in rules.spec.offices
    role = role or (agency if office else "")
    rungs = [rung.page for one in rules.spec.ladders.values() for rung in one.rungs]
    roles = {page.partition(".")[2] for page in rungs if page not in rules.spec.offices}
    roles |= {rules.spec.reminders.role, rules.spec.breaches.role}
    if rules.admits_agency(agency) and role in ({agency} if office else roles):
        return agency, role
    offices = " or ".join(rules.spec.offices)
    message = (
        f"--unreachable {text}: nobody whom {rules.reference} pages; it takes an"
        f" agency, a colon and one of {', '.join(sorted(roles))}; or {offices} alone"
    )
    raise UsageError(message)
