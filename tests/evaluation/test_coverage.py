"""Whether scenarios meet every rule: what they leave untried is named."""

from typing import Any

import pytest

from coordinator.evaluation.coverage import Coverage, Recording, cover
from coordinator.events.located_yaml import LocatedError
from coordinator.files import recordings
from tests.evaluation.test_simulate import raw, report
from tests.golden.stories import nz_2009
from tests.protocol.profiles import modern


def missed(*scenarios: Recording) -> dict[str, str]:
    """Give what scenarios leave untried, by its place in the profile."""
    findings = cover(nz_2009().rules, scenarios).findings()
    return {"/".join(map(str, one.path)): one.problem for one in findings}


def recording(*events: bytes, **more: Any) -> Recording:  # noqa: ANN401 - its attributes
    """Make a scenario."""
    return Recording("test.ndjson", events, **more)


def report_of(at: float, **data: Any) -> bytes:  # noqa: ANN401 - any data
    """Write a public report that says so."""
    return raw("public_report.received", at, data=data)


def test_the_packaged_scenarios_leave_nothing_untried() -> None:
    """Each event is accepted, each rule kept and broken, in both packaged profiles."""
    for profile in (nz_2009(), modern()):
        covered = cover(profile.rules, recordings(None, profile.spec.profile))

        assert list(covered.findings()) == []
        assert covered.events > 1_000


def test_without_scenarios_everything_is_untried() -> None:
    """Every event, every rule and the bus's own rules are told."""
    spec = nz_2009().spec
    gates = sum(len(row.gates) for row in spec.events.values())

    assert len(missed()) == len(spec.events) + gates + 3


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ((), "that keeps it, nor by one that breaks it; add one"),
        ((report_of(0, anonymous=True),), "by no scenario that breaks it; add one"),
        ((report_of(0, anonymous=True, reporter_ref="R-1"),),
         "by no scenario that keeps it; add one"),
        ((report_of(0, anonymous=True),
          report_of(1, anonymous=True, reporter_ref="R-1")), None),
    ],
)  # fmt: skip
def test_a_rule_is_met_once_kept_and_once_broken(
    events: tuple[bytes, ...], says: str | None
) -> None:
    """What is missing is named; a rule whose case did not arise is not kept."""
    place = "events/public_report.received/gates/0"
    found = missed(recording(report(), *events))

    assert (says or "") in found.get(place, "")
    assert (place in found) == (says is not None)


def test_a_scenario_may_lack_contacts() -> None:
    """A rule about the directory is broken where the directory lacks the contact."""
    named = raw("key_contact.designated", 0, subject="agency:police")
    place = "events/key_contact.designated/gates/1"

    lacking = recording(named, unknown_contacts=frozenset({"c-1"}))

    assert "that breaks it" in missed(recording(named))[place]
    assert "that keeps it" in missed(lacking)[place]
    assert place not in missed(recording(named), lacking)


def test_scenarios_do_not_know_of_each_other() -> None:
    """The same event in two scenarios is accepted in both."""
    coverage = Coverage(nz_2009().rules)
    for _ in range(2):
        coverage.take(recording(report(), report()))

    assert coverage.events == 4
    assert not coverage.refused_by


def test_a_line_that_is_no_event_is_told_with_its_place() -> None:
    """A scenario that cannot be read is a fault of the scenario."""
    with pytest.raises(LocatedError, match=r"^test\.ndjson:2: .*an event a line"):
        missed(recording(report(), b"not JSON"))
