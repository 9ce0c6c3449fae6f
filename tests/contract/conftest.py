"""A test of a home runs once on each runtime, a test of a store on each store."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.port import Store
from tests.contract.homes import Home, KafkaHome, StepHome
from tests.contract.stores import SHELVES, MemoryShelf, Shelf
from tests.contract.telling import T0, packaged
from tests.kafka.cluster import delete_topics, make_topics, new_names

RUNTIMES = [*SHELVES, pytest.param("kafka", marks=pytest.mark.connected)]

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def kafka_home(
    broker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KafkaHome]:
    """
    Give a home on Kafka.

    Starting workers takes seconds, so a module's tests share it, each with cases of
    its own.
    """
    connection = Connection(broker, names=new_names())
    agencies = [one for one in packaged().spec.agencies if not one.endswith("*")]
    make_topics(connection, agencies, partitions=3)
    home = KafkaHome(connection, tmp_path_factory.mktemp("kafka_home") / "caches")
    yield home
    home.close()
    delete_topics(connection)


@pytest.fixture(params=RUNTIMES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """Give a home on one of the runtimes, in which the packaged profile is active."""
    home: Home
    if request.param == "kafka":
        home = request.getfixturevalue("kafka_home")
    else:
        home = StepHome(SHELVES[request.param](tmp_path))
    home.activate(packaged(), T0)
    yield home
    if request.param != "kafka":
        home.close()


@pytest.fixture
def steady(tmp_path: Path) -> Home:
    """Give a home in memory, to compare with: one that never stops."""
    steady = StepHome(MemoryShelf(tmp_path))
    steady.activate(packaged(), T0)
    return steady


@pytest.fixture
def numbers() -> Iterator[int]:
    """Give numbers of cases that nobody has told yet; see `telling.tell`."""
    return _NUMBERS


@pytest.fixture
def number(numbers: Iterator[int]) -> int:
    """Give one of them."""
    return next(numbers)


@pytest.fixture(params=SHELVES)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """Give an empty shelf for one of the stores."""
    shelf = SHELVES[request.param](tmp_path)
    yield shelf
    shelf.close()


@pytest.fixture
def store(shelf: Shelf) -> Store:
    """Give the store on the shelf."""
    return shelf.open()
