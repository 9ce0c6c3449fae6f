"""
A home, opened to be looked at: its store, its protocol versions and its clock.

Looking never changes anything and never waits for whoever decides.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import orjson
from pydantic import ValidationError

from coordinator.bootstrap import clock_of, reading, versions_of
from coordinator.cli.failures import UsageError
from coordinator.cli.options import settings_of
from coordinator.evaluation.ledger import Ledger, Logged
from coordinator.events import OperatorError
from coordinator.protocol import Rules, State
from coordinator.runtime.port import Entry, Store, StoreError
from coordinator.runtime.step import state_of

__all__ = ["Home", "home_at", "logged", "nothing_under"]


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """
    What a reading command looks at.

    Attributes:
        folder: Where it is.
        store: Open to read.
        versions: Every protocol version kept, by its reference.
        active: The one that new cases open under.
        now: The home's own time; a demo's is a fictional one.
    """

    folder: Path
    store: Store
    versions: Mapping[str, Rules]
    active: Rules
    now: datetime

    def ledger(self) -> Ledger:
        """
        Work out what the whole log amounts to.

        Raises:
            StoreError: It names a protocol version that is not kept.
        """
        try:
            return Ledger(self.versions).take_all(logged(self.store.log()))
        except KeyError as error:
            message = f"{self.folder}: the log needs what is not kept here: {error}"
            raise StoreError(message) from None

    def state(self, key: str) -> State:
        """Fold the state of a case, or scope."""
        return state_of(self.store, key, self.versions)

    def check_agency(self, agency: str) -> None:
        """
        See to it that an id is one that the protocol may know.

        Raises:
            UsageError: It is not; the text says which id may be meant.
        """
        if self.active.admits_agency(agency):
            return
        known = list(self.active.spec.agencies)
        alike = get_close_matches(agency, known, n=1)
        meant = f"did you mean {alike[0]}?" if alike else f"it has {', '.join(known)}"
        message = f"{agency}: no agency of {self.active.reference}; {meant}"
        raise UsageError(message)


@contextmanager
def home_at(folder: Path | None) -> Iterator[Home]:
    """
    Open the home that the option or the environment names.

    Raises:
        OperatorError: There is none, or it cannot be used; StoreError is one.
    """
    settings = settings_of(home=folder)
    with reading(settings) as store:
        try:
            kept = versions_of(store)
        except ValidationError:
            message = (
                f"{settings.home}: holds a protocol that this version of the program"
                " cannot read; use the version that wrote it"
            )
            raise OperatorError(message) from None
        active = store.active_profile()
        if active is None:
            message = (
                f"{settings.home}: no protocol is active here yet; `coordinator run`"
                " makes one so"
            )
            raise OperatorError(message)
        versions = {name: profile.rules for name, profile in kept.items()}
        now = clock_of(settings).now()
        yield Home(settings.home, store, versions, versions[active], now)


def logged(entries: Iterable[Entry]) -> Iterator[Logged]:
    """Read rows of the log for the ledger."""
    for entry in entries:
        yield Logged(orjson.loads(entry.decision_bytes), entry.event)


def nothing_under(key: str, agency: str | None) -> UsageError:
    """
    Say that there is nothing to show under a case reference or scope.

    The same words for a case that is not there and one that the agency has no part in,
    so that the two cannot be told apart.
    """
    whom = f" for {agency}" if agency else ""
    return UsageError(
        f"{key}: nothing is here{whom}; `coordinator cases` lists the cases, and a"
        " reference is easily misread"
    )
