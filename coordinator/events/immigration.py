"""
Immigration and repatriation: the wish, the assessment, the journey, the status.

Every event here is about one person, whose pseudonym is the event's `personref`.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coordinator.events.fields import AnyNumber, FullDate, Maybe, Moment, Text
from coordinator.events.payload import Payload


class RepatriationRequested(Payload):
    """
    A person wished to go home, and stated it at that time.

    Source: L1028-1033
    """

    wish_stated_at: Moment
    voluntary: bool


class HumanitarianAssessmentCompleted(Payload):
    """
    The Department of Labour found for return, or for staying.

    `considerations` may be empty: there is none.

    Source: L1022-1026, L1032-1034; item 14
    """

    outcome: Literal["return", "temporary", "permanent"]
    considerations: AnyNumber[Text]


class RepatriationArranged(Payload):
    """
    The journey to `state` is set for a day, with care on arrival.

    `safety_needs` may be empty: there is none.

    Source: L1028-1038 [I]
    """

    state: Text
    travel_date: FullDate
    arrival_care: Text
    safety_needs: AnyNumber[Text]


class VictimRepatriated(Payload):
    """
    A person travelled home.

    Source: item 14
    """

    state: Text
    travelled_at: Moment


class CountryOfOriginNotified(Payload):
    """
    The country of origin was told to expect this person, and of safety needs or not.

    Source: item 15; L1034-1038
    """

    state: Text
    channel: Text
    safety_needs_conveyed: bool
    response: Maybe[Text] = None


class ImmigrationStatusGranted(Payload):
    """
    A person may stay; without `to`, for good.

    Source: L1039-1054; item 16
    """

    kind: Literal["temporary", "permanent", "long_term"]
    from_: Moment = Field(alias="from")
    to: Maybe[Moment] = None
