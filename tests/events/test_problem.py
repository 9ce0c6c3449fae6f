"""Problem details, and the errors that carry them."""

import pytest

from coordinator.events import (
    CoordinatorError,
    OperatorError,
    Problem,
    Rejected,
    SenderError,
    TransientError,
)
from coordinator.events.problem import INGRESS_RULES


@pytest.mark.parametrize("rule", INGRESS_RULES)
def test_every_ingress_rule_has_a_type_a_title_and_a_status(rule: str) -> None:
    """A reader can tell rules apart by URN, by words and by HTTP status."""
    problem = Problem.of(rule, "what would be valid")

    assert problem.type == f"urn:nz:item23:problem:{rule}"
    assert problem.rule == rule
    assert problem.title
    assert 400 <= problem.status < 500


def test_a_record_leaves_out_what_is_unknown_but_says_that_nothing_is_cited() -> None:
    """Members that are None are left out, save the rule and its citation."""
    record = Problem.of("oversize", "it takes less").as_record()

    assert record == {
        "type": "urn:nz:item23:problem:oversize",
        "title": "The event is too large",
        "status": 413,
        "detail": "it takes less",
        "rule": "oversize",
        "cite": None,
    }


def test_a_record_keeps_the_pointer_to_the_whole_event() -> None:
    """The empty pointer is RFC 6901's for the whole document, not a missing one."""
    problem = Problem.of(
        "schema", "it takes less", cite="item 13", event_id="01", pointer=""
    )

    assert problem.as_record()["pointer"] == ""
    assert problem.as_record()["cite"] == "item 13"
    assert problem.as_record()["event_id"] == "01"


def test_a_rule_nobody_knows_is_our_mistake() -> None:
    """No problem goes out under a rule that is not in the table."""
    with pytest.raises(KeyError):
        Problem.of("no_such_rule", "")


def test_a_rejection_reads_as_its_problems_detail() -> None:
    """The text of the error is fit to be shown; the problem is there whole."""
    problem = Problem.of("schema", "urgency is missing")
    rejected = Rejected(problem)

    assert str(rejected) == "urgency is missing"
    assert rejected.problem is problem


def test_errors_say_who_must_act() -> None:
    """Sender, operator and time are the three that can mend what went wrong."""
    assert issubclass(Rejected, SenderError)
    for kind in (SenderError, OperatorError, TransientError):
        assert issubclass(kind, CoordinatorError)
        assert not issubclass(kind, Rejected)
