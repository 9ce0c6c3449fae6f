"""The AsyncAPI document, read by what is not ours; see tests/asyncapi/README.md."""

import json
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.topics.documents import document

HERE = Path(__file__).parents[1] / "asyncapi"
PUBLISHED = Path(__file__).parents[2] / "schemas" / "asyncapi.json"

Change = Callable[[dict[str, Any]], None]


def _wrong_action(whole: dict[str, Any]) -> None:
    whole["operations"]["agency.receive.agency.inbox"]["action"] = "subscribe"


def _no_partitions(whole: dict[str, Any]) -> None:
    whole["channels"]["case.log"]["bindings"]["kafka"]["partitions"] = 0


def _no_title(whole: dict[str, Any]) -> None:
    del whole["info"]["title"]


def _unknown_member(whole: dict[str, Any]) -> None:
    whole["channels"]["case.log"]["topic"] = "case.log"


WRONG: list[Change] = [_wrong_action, _no_partitions, _no_title, _unknown_member]


def changed(change: Change) -> dict[str, Any]:
    """Give the document with a mistake in it."""
    whole = deepcopy(document())
    change(whole)
    return whole


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    """Give the AsyncAPI Initiative's own schema of 3.0.0."""
    schema = json.loads((HERE / "3.0.0.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema)


def test_the_official_schema_takes_it(official: Draft7Validator) -> None:
    """What is published is a document of AsyncAPI 3.0.0, Kafka bindings included."""
    official.validate(json.loads(PUBLISHED.read_text(encoding="utf-8")))


@pytest.mark.parametrize("change", WRONG)
def test_the_official_schema_finds_mistakes(
    official: Draft7Validator, change: Change
) -> None:
    """It would say so if it were none."""
    assert not official.is_valid(changed(change))


def parse(*paths: Path) -> list[list[tuple[int, str, str]]]:
    """Have the parser read documents; a fault is its severity, code and message."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        pytest.skip("the AsyncAPI parser needs Node and npm, and they are not here")
    assert (HERE / "node_modules").is_dir(), "run `make setup-dev` to install it"
    done = subprocess.run(
        [node, HERE / "validate.mjs", *paths],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [
        [(severity, code, says) for severity, code, says in json.loads(line)]
        for line in done.stdout.splitlines()
    ]


def test_the_asyncapi_parser_takes_it() -> None:
    """It finds nothing but that there is a later version of AsyncAPI."""
    (found,) = parse(PUBLISHED)

    assert {code for _, code, _ in found} <= {"asyncapi-latest-version"}


def _leads_nowhere(whole: dict[str, Any]) -> None:
    whole["operations"]["case.send.case.log"]["channel"]["$ref"] = "#/channels/none"


def test_the_asyncapi_parser_finds_mistakes(tmp_path: Path) -> None:
    """Those of form, and a reference that leads nowhere."""
    changes = [*WRONG, _leads_nowhere]
    paths = [tmp_path / f"{change.__name__}.json" for change in changes]
    for path, change in zip(paths, changes, strict=True):
        path.write_text(json.dumps(changed(change)), encoding="utf-8")

    for path, found in zip(paths, parse(*paths), strict=True):
        assert any(severity == 0 for severity, _, _ in found), path.stem
