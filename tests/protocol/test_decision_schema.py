"""The published schema of decision records, against records as they are written."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from coordinator.protocol.decision_schema import decision_schema
from tests.golden.stories import scenario_files
from tests.golden.telling import play

SCHEMA: dict[str, Any] = json.loads(decision_schema())
CHECKER = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.FormatChecker()
)


def test_it_is_a_schema() -> None:
    """It is valid JSON Schema 2020-12, with an id, and closed to other members."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$id"] == "urn:nz:item23:schema:decision:1"
    assert SCHEMA["additionalProperties"] is False
    assert decision_schema().endswith("}\n")


@pytest.mark.parametrize("path", scenario_files(), ids=lambda path: path.stem)
def test_every_record_of_the_stories_fits(path: Path) -> None:
    """What is written to the log is what the schema promises."""
    for step in play(path).steps:
        if step.decision is not None:
            CHECKER.validate(orjson.loads(orjson.dumps(step.decision)))


@pytest.mark.parametrize(
    ("member", "value"),
    [("verdict", "perhaps"), ("seq", "1"), ("rule", 3), ("more", 1), ("input", {})],
)
def test_what_is_no_record_does_not_fit(member: str, value: object) -> None:
    """Another verdict, type or member is turned down."""
    step = next(step for step in play(scenario_files()[0]).steps if step.decision)
    record = orjson.loads(orjson.dumps(step.decision)) | {member: value}

    assert not CHECKER.is_valid(record)
