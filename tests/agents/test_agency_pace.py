"""How long what fails is tried again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from coordinator.agents.agency import Pace

PACE = Pace()


@given(st.integers(1, 1_000), st.floats(0, 1, exclude_max=True))
def test_waits_double_up_to_a_bound_and_chance_halves_them_at_most(
    tries: int, chance: float
) -> None:
    """However often, a wait lies between half of its longest and that."""
    longest = min(2.0 ** (tries - 1), 900.0) if tries < 30 else 900.0
    wait = PACE.wait(tries, chance) / timedelta(seconds=1)

    assert longest / 2 - 1e-6 <= wait <= longest


def test_it_gives_up_after_half_an_hour_or_so() -> None:
    """Somebody is told well before anything is due."""
    waits = [PACE.wait(tries, 0.0) for tries in range(1, PACE.tries)]

    assert timedelta(minutes=25) < sum(waits, timedelta()) < timedelta(minutes=40)
