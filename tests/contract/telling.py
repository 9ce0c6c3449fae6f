"""
Cases to tell: ten events each, from a suspicion at the border to an interpreter.

Event ids, and so case references, follow from the case's number.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from coordinator.events import made_id, make_event, mint_case_reference
from coordinator.events.codec import Sending
from coordinator.protocol import Knows, Profile, Rules, load_profile
from coordinator.runtime.port import Store
from coordinator.runtime.step import Step, Submission

__all__ = ["EVERYBODY", "T0", "Teller", "packaged", "rules", "step_on", "tell"]

T0: Final = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)  # Tuesday 09:15 in New Zealand

EVERYBODY: Final = Knows(
    agency=lambda _: True, contact=lambda _: True, public_key=lambda _: None
)
"""A directory with everybody in it, and nobody's key."""

_PROFILES: Final = files("coordinator.protocol") / "profiles"


@cache
def packaged() -> Profile:
    """Load the profile nz-2009, once."""

    def read(file: str) -> str:
        return (_PROFILES / file).read_text("utf-8")

    return load_profile("nz_2009.yaml", read)


def rules() -> Rules:
    """Give the profile's rules."""
    return packaged().rules


def step_on(store: Store) -> Step:
    """Put a step on a store; what it knows, it reads from there."""
    return Step(store, {rules().reference: rules()}, rules().reference, EVERYBODY)


class Teller:
    """
    Writes the events of one case.

    Args:
        number: Which case; it makes its ids.
        at: The first event's time; each of the others is a second after the one before.
    """

    def __init__(self, number: int, at: datetime = T0) -> None:
        self.number = number
        self._at = at
        self._written = 0
        self.first = self.event(
            "suspicion.reported",
            "customs",
            observer_role="officer",
            context="border_air",
            indicators=["i-1"],
        )
        self.case = mint_case_reference(
            "urn:nz:agency:customs", made_id("case", number, 0)
        )

    def event(self, name: str, agency: str, **data: Any) -> Submission:  # noqa: ANN401 - JSON
        """Write the case's next event, through its agency's outbox."""
        more: Sending = {
            "name": name,
            "agency": agency,
            "id": made_id("case", self.number, self._written),
            "time": self._at + timedelta(seconds=self._written),
            "data": data,
        }
        if self._written:
            more["subject"] = self.case
        if "person" in data:
            more["personref"] = data.pop("person")
        self._written += 1
        return Submission(raw=make_event(**more).raw, sender=agency)

    def rest(self) -> list[Submission]:
        """Write the events after the first."""
        basis = [made_id("case", self.number, 0)]
        return [
            self.event(
                "suspicion.referred",
                "customs",
                referral_ref="R-1",
                basis_event_ids=basis,
                contact_role="officer",
                method="phone",
                urgency="urgent",
            ),
            self.event(
                "referral.acknowledged",
                "police",
                referral_ref="R-1",
                receiver_role="duty_officer",
                next_step="assess",
            ),
            self.event(
                "case.identified",
                "police",
                origin_event_ids=basis,
                offence_basis="s98D",
                cross_border=True,
                lead_role="detective",
            ),
            self.event(
                "investigation.commenced",
                "police",
                investigation_ref="I-1",
                priority="homicide_rape_equivalent",
            ),
            self.event(
                "victim.identified",
                "police",
                person="P-1",
                language="th",
                age_band="adult",
                immediate_needs=["safety", "interpreter"],
            ),
            self.event(
                "danger.assessed",
                "police",
                person="P-1",
                victim_risk="high",
                family_risk="low",
            ),
            self.event(
                "safe_house.placed",
                "police",
                person="P-1",
                placement_ref="S-1",
                provider="ngo-refuge",
                **{"from": "2026-03-02T21:00:00Z"},
            ),
            self.event(
                "interpreter.requested",
                "police",
                person="P-1",
                request_ref="Q-1",
                language="th",
                for_event="statement",
                urgency="urgent",
            ),
            self.event(
                "interpreter.assigned",
                "justice",
                person="P-1",
                request_ref="Q-1",
                language="th",
                interpreter_ref="N-1",
                for_event="statement",
            ),
        ]


def tell(number: int, at: datetime = T0) -> list[Submission]:
    """Write a whole case's events."""
    teller = Teller(number, at)
    return [teller.first, *teller.rest()]
