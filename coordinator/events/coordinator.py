"""
The coordinator's own events, in the intake so that a replay sees them.

Source: docs/rules.md, Events.
"""

from __future__ import annotations

from pydantic import Field

from coordinator.events.fields import (
    AgencyId,
    Channel,
    Code,
    MadeId,
    Maybe,
    Moment,
    Rung,
    Some,
    Text,
    Version,
)
from coordinator.events.payload import Payload


class ProtocolActivated(Payload):
    """
    A version of the protocol holds from here on for what its subject opens.

    A simulation's file names the profile alone; the bus itself always gives the version
    and the digest of the profile as resolved.

    Source: [I]
    """

    profile: Code
    version: Maybe[Version] = None
    digest: Maybe[Text] = None


class ProtocolMigrated(Payload):
    """
    An open case goes over to another version, with the difference in words.

    Source: [I]
    """

    from_: Version = Field(alias="from")
    to: Version
    difference: Text


class DeadlinePassed(Payload):
    """
    A rung of an obligation (0: its reminder) came due at `due`.

    Source: [I]
    """

    obligation_id: MadeId
    rung: Rung
    due: Moment


class PageSent(Payload):
    """
    A page was handed to a channel, for the contact named where one was found.

    Source: [I]
    """

    page_id: MadeId
    channel: Channel
    contact_id: Maybe[Code] = None


class PageFailed(Payload):
    """
    One try to send a page failed; another channel or contact may follow.

    Source: [I]
    """

    page_id: MadeId
    channel: Channel
    contact_id: Maybe[Code] = None


class PageUnreachable(Payload):
    """
    Every channel and contact of a page was tried, or there was none.

    Source: [I]
    """

    page_id: MadeId
    channel: Maybe[Channel] = None
    contact_id: Maybe[Code] = None


class ExerciseStarted(Payload):
    """
    A drill of the agencies named begins.

    Source: [I]
    """

    exercise_ref: Code
    agencies: Some[AgencyId]


class ExerciseEnded(Payload):
    """
    A drill of the agencies named is over.

    Source: [I]
    """

    exercise_ref: Code
    agencies: Some[AgencyId]
