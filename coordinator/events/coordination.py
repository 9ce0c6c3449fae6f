"""
Case and co-ordination: who leads, who informs whom, who asks and who answers.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coordinator.events.fields import (
    AgencyId,
    AnyNumber,
    Code,
    EventId,
    MadeId,
    Maybe,
    Moment,
    Offence,
    Some,
    Text,
    Urgency,
)
from coordinator.events.payload import Payload


class CaseIdentified(Payload):
    """
    Police hold that there is a case, resting on the events that are its origin.

    `cross_border` false is outside the 2009 definition, which profiles judge.

    Source: L1394-1401; items 13 19 20 22 24-26 28
    """

    origin_event_ids: Some[EventId]
    offence_basis: Offence
    cross_border: bool
    lead_role: Code
    area: Maybe[Text] = None


class MinisterInformed(Payload):
    """
    The Minister's office was told of the case; no field can hold person data.

    Source: L201-203
    """

    briefing_ref: Code
    kind: Literal["initial", "update"]
    officer_role: Code
    method: Code


class NoticeAcknowledged(Payload):
    """
    The Minister's office has seen a notice, whose id the bus made.

    Source: L201-203 [I]
    """

    notice_id: MadeId


class KeyContactDesignated(Payload):
    """
    An agency says who is reached for a role, from `valid_from` to `valid_to`.

    `methods` names kinds of channel only; numbers and addresses stay in the directory,
    which `contact_id` points into.

    Source: item 23 (L1421-1425)
    """

    role: Code
    contact_id: Code
    methods: Some[Code]
    valid_from: Moment
    valid_to: Moment
    availability: Maybe[Text] = None
    deputy_contact_id: Maybe[Code] = None


class SeniorOfficialAssigned(Payload):
    """
    A senior official takes charge of the agency's part; without `to`, for good.

    Source: L1398-1401
    """

    role: Code
    contact_id: Code
    from_: Moment = Field(alias="from")
    to: Maybe[Moment] = None


class InputRequested(Payload):
    """
    One investigating agency asks another for something under `request_ref`.

    Source: item 23
    """

    request_ref: Code
    to: AgencyId
    purpose: Text
    lawful_basis: Code
    urgency: Urgency


class InputProvided(Payload):
    """
    The agency asked answers; any outcome is an answer, a declined one with its reason.

    `content_ref` points at what was provided, which never travels on the bus.

    Source: item 23; L533-538
    """

    request_ref: Code
    outcome: Literal["provided", "partial", "declined"]
    decline_reason: Maybe[Text] = None
    content_ref: Maybe[Code] = None
    caveats: Maybe[AnyNumber[Text]] = None
    share_with_investigation: Maybe[bool] = None


class EscalationAcknowledged(Payload):
    """
    Whoever was paged has the obligation in hand; the ladder rests until `new_due`.

    Source: L1398-1401 [I]
    """

    obligation_id: MadeId
    decision: Text
    new_due: Maybe[Moment] = None


class InvestigationCommenced(Payload):
    """
    Police investigate; the Plan's priority is `homicide_rape_equivalent`.

    Source: L1040-1042, L1378-1383
    """

    investigation_ref: Code
    priority: Text


class InvestigationConcluded(Payload):
    """
    The investigation ended, with charges or without.

    Source: items 23 24
    """

    outcome: Literal["charges", "no_charges", "inconclusive"]
    grounds_code: Maybe[Code] = None
