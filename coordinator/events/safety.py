"""
Safety and housing: danger, protection, threats, and a roof.

No field can hold a place: `placement_ref` is opaque and Police alone can resolve it.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coordinator.events.fields import Code, Maybe, Moment, NgoId, Risk, Text
from coordinator.events.payload import Payload


class DangerAssessed(Payload):
    """
    Police judge the danger to this person, the family, and on return home.

    Source: item 22
    """

    victim_risk: Risk
    family_risk: Risk
    return_risk: Maybe[Risk] = None
    family_country: Maybe[Text] = None
    review_due: Maybe[Moment] = None


class SafeHousePlaced(Payload):
    """
    A person is in a safe house; without `to`, until further notice.

    Source: L1004-1006, L1323-1325; item 22
    """

    placement_ref: Code
    provider: Code
    from_: Moment = Field(alias="from")
    to: Maybe[Moment] = None


class ProtectionProvided(Payload):
    """
    Police protect this person in another way.

    Source: item 22
    """

    kind: Literal["relocation", "patrol", "alarm", "other"]
    from_: Moment = Field(alias="from")
    to: Maybe[Moment] = None


class ThreatRecorded(Payload):
    """
    Somebody threatened this person or the family, here or abroad.

    Source: L1328-1332
    """

    threat_ref: Code
    target: Literal["victim", "family"]
    country: Maybe[Text] = None


class ThreatReported(Payload):
    """
    A threat was passed on to the authorities of the country concerned.

    Source: L1332-1336
    """

    threat_ref: Code
    government: Text
    channel: Literal["police_liaison_officer", "interpol"]
    post: Maybe[Text] = None


class OffenderPursuitAssisted(Payload):
    """
    Police help another country to pursue offenders; about no victim.

    Source: L1325-1328
    """

    pursuit_ref: Code
    government: Text
    channel: Literal["police_liaison_officer", "interpol"]
    post: Maybe[Text] = None


class ThreatNotReported(Payload):
    """
    Police decided not to pass a threat on, and say why.

    Source: "as appropriate" L1332-1336
    """

    threat_ref: Code
    grounds: Text


class HousingRequested(Payload):
    """
    A person needs housing, at once or for long; certification is not needed.

    `ground` says why when it is for long: `lengthy_process` or `permanent_residence`.

    Source: L1186-1197
    """

    request_ref: Code
    household: Text
    kind: Literal["immediate_temporary", "long_term"]
    security_code: Maybe[Code] = None
    ground: Maybe[Text] = None
    ngo: Maybe[NgoId] = None


class HousingProvided(Payload):
    """
    A request for housing was met; without `to`, until further notice.

    Source: item 19
    """

    request_ref: Code
    provider: Code
    kind: Code
    from_: Moment = Field(alias="from")
    to: Maybe[Moment] = None


class HousingUnavailable(Payload):
    """
    Housing New Zealand has nothing; the organisation named, if any, is to house.

    Source: L1188-1192
    """

    request_ref: Code
    reason: Text
    fallback_ngo: Maybe[NgoId] = None
