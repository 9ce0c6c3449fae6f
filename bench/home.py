"""A home to measure on: the packaged profile, a new database, and the step on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import orjson

from bench.flow import Batch
from bench.measuring import WrongRunError
from coordinator.protocol import Decision, Knows, Profile, load_profile
from coordinator.runtime.collecting import collect_seldom
from coordinator.runtime.port import Store, StoredProfile
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Outcome, Step, Submission

__all__ = [
    "EVERYBODY",
    "accepted",
    "new_home",
    "profile",
    "step_on",
    "take",
    "take_all",
]

_PROFILES: Final = files("coordinator.protocol") / "profiles"
_PROFILE: Final = "nz_2009.yaml"

EVERYBODY: Final = Knows(
    agency=lambda _: True, contact=lambda _: True, public_key=lambda _: None
)
"""A directory with everybody in it, and nobody's key."""


@cache
def profile() -> Profile:
    """Load the packaged profile, once."""
    return load_profile(
        _PROFILE, lambda file: (_PROFILES / file).read_text(encoding="utf-8")
    )


def step_on(store: Store, knows: Knows = EVERYBODY) -> Step:
    """Put a step on a store; it remembers no state yet."""
    rules = profile().rules
    return Step(store, {rules.reference: rules}, rules.reference, knows)


@contextmanager
def new_home(folder: Path) -> Iterator[SqliteStore]:
    """Make a home's database in a folder, its profile active; take it away after."""
    path = folder / "bus.sqlite"
    store = SqliteStore(path)
    try:
        kept = profile()
        reference = kept.spec.reference
        store.add_profile(
            StoredProfile(reference, kept.digest, orjson.dumps(kept.value))
        )
        store.append([], activates=reference)
        collect_seldom()  # as the bus does, and peers in this process gain too
        yield store
    finally:
        store.close()
        for file in folder.glob(f"{path.name}*"):
            file.unlink()


def take(step: Step, batch: Batch) -> None:
    """Have a batch decided and kept; every event of it has to be accepted."""
    submissions = [Submission(raw) for raw in batch.raws]
    for outcome in step.take(submissions, batch.received_at):
        accepted(outcome)


def take_all(step: Step, batches: Sequence[Batch]) -> None:
    """Have batch after batch decided and kept."""
    for batch in batches:
        take(step, batch)


def accepted(outcome: Outcome) -> Decision:
    """Give the decision that accepts an event."""
    if outcome.decision is None or outcome.verdict != "accepted":
        message = f"an event was not accepted: {outcome.problem or outcome.decision}"
        raise WrongRunError(message)
    return outcome.decision
