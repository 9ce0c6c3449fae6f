"""The composition root's own promises."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

from coordinator.bootstrap import clock_of, reading, submit
from coordinator.events import example, made_id
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.step import Submission
from coordinator.settings import Settings


def suspicion(number: int) -> Submission:
    """Make a suspicion that begins a case of its own."""
    told = example("suspicion.reported") | {"id": made_id(number)}
    told.pop("subject", None)
    return Submission(raw=orjson.dumps(told))


def test_a_home_that_is_just_being_made_has_the_machines_clock(tmp_path: Path) -> None:
    """Whoever asks for the time while another process makes the home is not refused."""
    (tmp_path / "bus.sqlite").touch()

    assert isinstance(clock_of(Settings(home=tmp_path)), SystemClock)


def test_many_may_emit_into_a_new_home_at_once(tmp_path: Path) -> None:
    """Each takes its turn to decide, and every event is kept."""
    settings = Settings(home=tmp_path / "home")

    def emit(number: int) -> str:
        (outcome,) = submit(settings, [suspicion(number)])
        return outcome.verdict

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(emit, range(16)))
    with reading(settings) as store:
        kept = {entry.event_id for entry in store.log()}

    assert verdicts == ["accepted"] * 16
    assert {made_id(number) for number in range(16)} <= kept


def test_a_dry_run_makes_no_home(tmp_path: Path) -> None:
    """Where there is no home, what would be decided is said, and none is made."""
    home = tmp_path / "home"
    (outcome,) = submit(Settings(home=home), [suspicion(1)], keep=False)

    assert outcome.verdict == "accepted"
    assert not home.exists()
