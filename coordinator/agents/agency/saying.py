"""An agency's voice: its events, written as they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from ulid import ULID

from coordinator.events import CATALOGUE, encode, read_case_reference, sign
from coordinator.runtime.clock import Clock

__all__ = ["Voice", "known"]


def known(name: str) -> str:
    """
    Give the name of an event back.

    Raises:
        ValueError: There is no such event; the text says which may be meant.
    """
    if name in CATALOGUE:
        return name
    alike = get_close_matches(name, CATALOGUE, n=1)
    meant = f"did you mean {alike[0]}?" if alike else "`coordinator events` lists them"
    message = f"{name}: no such event; {meant}"
    raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Voice:
    """
    Writes events for one agency.

    `clock` says when something happened, unless it is said; `key`, a private JWK of
    Ed25519, signs them if there is one.
    """

    agency: str
    clock: Clock
    key: Mapping[str, Any] | None = None

    def event(  # noqa: PLR0913 - what an event has
        self,
        name: str,
        data: Mapping[str, Any],
        *,
        case: str | None,
        person: str | None,
        at: datetime | None,
        exercise: bool,
        ulid: str | None,
        cause: str | None = None,
    ) -> bytes:
        """
        Write an event; beyond its name nothing is checked that the bus checks.

        Raises:
            ValueError: There is no such event, or `at` is naive.
        """
        now = self.clock.now()
        raw = encode(
            name=known(name),
            agency=self.agency,
            id=ulid or str(ULID.from_datetime(now)),
            time=at or now,
            data=dict(data),
            subject=None if case is None else read_case_reference(case) or case,
            personref=person,
            exercise=exercise,
            causationid=cause,
        )
        return raw if self.key is None else sign(raw, self.key)
