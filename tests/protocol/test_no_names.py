"""The machine knows the vocabulary, not trafficking: another protocol is a file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator.events import CATALOGUE
from tests.golden.stories import nz_2009

PACKAGE = Path(__file__).parents[2] / "coordinator"
# The catalogue and its examples are where names of events belong.
SOURCES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if PACKAGE / "events" not in path.parents
]
# The program's own name is an agency's id as well.
OWN = {"coordinator"}


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Give every text in a module's code, with its line; docstrings are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(
            node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        )
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docs:
            yield node.lineno, str(node.value)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_event_obligation_or_agency_is_named_in_code(path: Path) -> None:
    """No text in the code names one; only profiles, examples and tests do."""
    spec = nz_2009().spec
    whole = {*spec.obligations, *spec.agencies} - OWN
    found = [
        (line, text)
        for line, text in said(path)
        if text in whole or any(name in text for name in CATALOGUE)
    ]

    assert found == []
