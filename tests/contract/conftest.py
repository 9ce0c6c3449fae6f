"""Every test here runs once on each runtime."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coordinator.runtime.port import Store
from tests.contract.homes import HOMES, Home, SqliteHome

NewHome = Callable[[str], Home]


@pytest.fixture(params=HOMES)
def new_home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewHome]:
    """Give what makes homes, by their names, on one of the runtimes."""
    made: list[Home] = []

    def make(name: str) -> Home:
        folder = tmp_path / name
        folder.mkdir()
        made.append(HOMES[request.param](folder))
        return made[-1]

    yield make
    for home in made:
        if isinstance(home, SqliteHome):
            home.close()


@pytest.fixture
def home(new_home: NewHome) -> Home:
    """Give a new home."""
    return new_home("home")


@pytest.fixture
def store(home: Home) -> Store:
    """Give a new home's store."""
    return home.open()
