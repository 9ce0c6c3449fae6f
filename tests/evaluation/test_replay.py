"""Replay: the intake gives the log again, and where it does not, it says where."""

import hashlib
from pathlib import Path

import orjson
import pytest

from coordinator.evaluation.replay import Difference, Replayed, differences, replay
from coordinator.events import parse_time
from coordinator.protocol import ENGINE, Record
from tests.golden.stories import SCENARIOS, packaged, read_scenario, scenario_files
from tests.golden.telling import play


def rows(path: Path = SCENARIOS / "whole_case.yaml") -> list[Replayed]:
    """Give a scenario's log as a store keeps it."""
    found: list[Replayed] = []
    rules = packaged(read_scenario(path).profile).rules
    for step in play(path).steps:
        if step.decision is not None and step.event is not None:
            key, at = step.decision["case"], parse_time(step.decision["at"])
            record = Record(key, at, rules, step.event, contact_known=True)
            written = orjson.dumps(step.decision)
            found.append(Replayed(len(found) + 1, record, written))
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in scenario_files() if not read_scenario(path).unknown_contacts],
    ids=lambda path: path.stem,
)
def test_a_log_is_given_again_byte_for_byte(path: Path) -> None:
    """Every record is identical; the digest is that of each case's, line by line."""
    log = rows(path)
    found = replay(log)
    kept: dict[str, bytes] = {}
    for row in log:
        kept[row.record.key] = kept.get(row.record.key, b"") + row.decision + b"\n"
    lines = "".join(
        f"{hashlib.sha256(kept[key]).hexdigest()}  {key}\n" for key in sorted(kept)
    )

    assert (found.identical, found.of_other_engines) == (len(log), 0)
    assert found.difference is None
    assert found.digest == hashlib.sha256(lines.encode()).hexdigest()


def test_the_order_of_cases_is_no_part_of_a_digest() -> None:
    """A log that was kept in partitions has the same digest; other decisions none."""
    log = rows(SCENARIOS / "references.yaml")
    keys = list(dict.fromkeys(row.record.key for row in log))
    apart = [row for key in reversed(keys) for row in log if row.record.key == key]

    assert len(keys) > 1
    assert apart != log
    assert replay(apart).digest == replay(log).digest
    assert replay(log[:-1]).digest != replay(log).digest


def test_nothing_is_identical_to_nothing() -> None:
    """An empty log has no difference."""
    found = replay([])

    assert (found.identical, found.difference) == (0, None)
    assert found.digest == hashlib.sha256().hexdigest()


def test_a_difference_is_named_by_place_and_member() -> None:
    """The first record that differs is where the replay stops."""
    log = rows()
    changed = orjson.loads(log[8].decision)
    changed["opened"][0]["owner"] = "acc"
    changed["rule"] = "x"
    log[8] = log[8]._replace(decision=orjson.dumps(changed))
    found = replay(log)

    assert found.identical == 8
    assert found.difference == Difference(9, log[8].record.key, 9, ("rule", "opened"))


def test_any_changed_byte_is_a_difference_or_another_engine() -> None:
    """Whatever byte of a record is changed, the replay says so and does not raise."""
    log = rows()[:6]
    last = log[5].decision
    for place in range(len(last)):
        for byte in b'0x" {':
            if last[place] == byte:
                continue
            changed = last[:place] + bytes([byte]) + last[place + 1 :]
            found = replay([*log[:5], log[5]._replace(decision=changed)])

            assert found.identical == 5
            assert (found.difference is None) is (found.of_other_engines == 1)
            if found.difference is not None:
                assert found.difference.position == 6


def test_records_of_another_engine_stand_and_are_counted() -> None:
    """They are folded as they stand, so that what follows is verified against them."""
    log = rows()
    older = orjson.loads(log[1].decision) | {"engine": ENGINE + 1}
    log[1] = log[1]._replace(decision=orjson.dumps(older))
    found = replay(log)

    assert found.of_other_engines == 1
    assert (found.identical, found.difference) == (len(log) - 1, None)


def test_a_missing_record_is_a_difference() -> None:
    """A log with a gap does not pass for whole."""
    log = rows()
    del log[3]
    found = replay(log)

    assert found.difference is not None
    assert found.difference.position == 5
    assert "seq" in found.difference.members


def test_differences_are_members_of_either_record() -> None:
    """A member that only one of them has is one."""
    assert list(differences({"a": 1, "b": 2}, {"b": 3, "c": None})) == ["a", "b"]
