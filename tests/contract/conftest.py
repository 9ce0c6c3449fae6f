"""Every test here runs once on each runtime."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator.runtime.port import Store
from tests.contract.homes import HOMES, Home, SqliteHome


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """Give a new home on one of the runtimes."""
    made: Home = HOMES[request.param](tmp_path)
    yield made
    if isinstance(made, SqliteHome):
        made.close()


@pytest.fixture
def store(home: Home) -> Store:
    """Give a new home's store."""
    return home.open()
