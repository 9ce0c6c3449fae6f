"""
What ingress turns away before anything is decided, and what it stamps on the rest.

    decode (coordinator.events)   unreadable, oversize, schema, unknown_type
    here                          coordinator_type, unknown_type of this profile,
                                  unknown_agency, subject, forged_source, signature,
                                  future_time, id_reused

What can be judged from the event and the active profile alone is judged here, and
rejected; all else is `decide`'s, which refuses. A rejected id is free to use again.

Source: docs/rules.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coordinator.events import (
    CATALOGUE,
    Event,
    Problem,
    mint_case_reference,
    same_content,
    verify,
)
from coordinator.events.event_type import PLAN
from coordinator.protocol.conditions import expand, matches, values
from coordinator.protocol.ladder import length_of
from coordinator.protocol.record import Record
from coordinator.protocol.rules import Rules

__all__ = ["Admission", "Knows"]


@dataclass(frozen=True, slots=True, eq=False)
class Knows:
    """
    What ingress looks up outside the profile.

    `agency` and `contact` ask the directory; `public_key` gives an agency's JWK, or
    None where the directory has none.
    """

    agency: Callable[[str], bool]
    contact: Callable[[str], bool]
    public_key: Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    """
    The door of the bus.

    `own_types` lets the coordinator's types in (a simulation's file);
    `require_signatures` turns away what is not signed; `plans` are the profiles that
    have a plan's scope here (None: any).
    """

    rules: Rules
    knows: Knows
    own_types: bool = False
    require_signatures: bool = False
    plans: frozenset[str] | None = None

    def admit(
        self, event: Event, *, sender: str | None, at: datetime, earlier: bytes | None
    ) -> Record | Problem:
        """
        Let an event in, or say why not.

        Args:
            event: As decoded.
            sender: The agency whose outbox it came through; None for a trusted file.
            at: Its receipt.
            earlier: The bytes of an event with the same id that was decided, if any.
        """
        kind = CATALOGUE[event.name]
        problem = (
            self._type_fault(event, own=kind.coordinator)
            or self._agency_fault(event)
            or self._subject_fault(event)
            or self._sender_fault(event, sender)
            or self._signature_fault(event)
            or self._time_fault(event, at)
        )
        if problem is None and earlier is not None and earlier != event.raw:
            problem = _reuse_fault(event, earlier)
        if problem is not None:
            return problem
        return Record(
            key=self._key(event),
            received_at=at,
            rules=self.rules,
            event=event,
            contact_known=self._contact_known(event),
            sender=sender,
        )

    def _type_fault(self, event: Event, *, own: bool) -> Problem | None:
        coordinator = self.rules.spec.coordinator
        if own and not (self.own_types and event.agency == coordinator):
            return _problem(
                "coordinator_type",
                "Only the coordinator makes events of this type; nobody sends them.",
                event,
                "/type",
            )
        if event.name not in self.rules.events:
            return _problem(
                "unknown_type",
                f"Protocol {self.rules.reference} has no such type;"
                " `coordinator events` lists those it has.",
                event,
                "/type",
            )
        return None

    def _agency_fault(self, event: Event) -> Problem | None:
        if not self._is_known(event.agency):
            return _unknown_agency(event, "/source")
        if event.recordedby is not None and not self._is_known(event.recordedby):
            return _unknown_agency(event, "/recordedby")
        for name in CATALOGUE[event.name].agency_fields:
            is_list = isinstance(event.data.get(name), list)
            for place, agency in enumerate(values(event.data, name)):
                if not (self._is_known(agency) and self.rules.may_be_named(agency)):
                    entry = f"/{place}" if is_list else ""
                    return _unknown_agency(event, f"/data/{name}{entry}")
        return None

    def _is_known(self, agency: str) -> bool:
        """Whether the profile lists an agency, or admits one the directory knows."""
        return self.rules.knows_agency(agency) or (
            self.rules.admits_agency(agency) and self.knows.agency(agency)
        )

    def _subject_fault(self, event: Event) -> Problem | None:
        kind = CATALOGUE[event.name]
        if event.subject is None:
            fits = kind.mints or _own_scope(event) is not None
        else:
            fits = kind.scope.admits(event.subject, event.data)
        if not fits:
            detail = f"The subject must be {kind.scope.says}."
            return _problem("subject", detail, event, "/subject")
        if kind.scope is PLAN and self.plans is not None:
            plans = [f"plan:{name}" for name in sorted(self.plans)]
            if event.subject not in plans:
                detail = f"No such plan is kept here; it takes {' or '.join(plans)}."
                return _problem("subject", detail, event, "/subject")
        return None

    def _sender_fault(self, event: Event, sender: str | None) -> Problem | None:
        """One's own outbox, or on behalf of another. Source: section 3, On behalf."""
        rule = self.rules.spec.on_behalf
        recorder = event.recordedby
        if recorder is None or recorder == event.agency:
            if sender in (None, event.agency):
                return None
        elif (
            sender in (None, recorder)
            and event.via in rule.via
            and matches(recorder, expand(rule.recorders, self.rules.spec))
        ):
            return None
        return _problem(
            "forged_source",
            "The source must be the agency that sends it. "
            f"{' or '.join(rule.recorders)} may send for another agency, with via "
            f"{' or '.join(rule.via)} and their own id as recordedby.",
            event,
            "/source",
            cite=rule.cite,
        )

    def _signature_fault(self, event: Event) -> Problem | None:
        signer = event.recordedby or event.agency
        key = self.knows.public_key(signer)
        if event.signature is None:
            if not self.require_signatures or CATALOGUE[event.name].coordinator:
                return None
            detail = "This bus takes signed events only: sign it with the agency's key."
        elif key is None:
            if not self.require_signatures:
                return None
            detail = "The directory has no key of this agency to check it with."
        elif verify(event.raw, key):
            return None
        else:
            detail = "The signature is not one by the agency's key over this content."
        return _problem("signature", detail, event, "/signature")

    def _time_fault(self, event: Event, at: datetime) -> Problem | None:
        latest = at + length_of(self.rules.spec.limits.ahead)
        for pointer, time in (
            ("/time", event.time),
            ("/recordedtime", event.recordedtime),
        ):
            if time is not None and time > latest:
                return _problem(
                    "future_time",
                    "The time is more than five minutes ahead of its receipt;"
                    " check the sender's clock.",
                    event,
                    pointer,
                )
        return None

    def _key(self, event: Event) -> str:
        if event.subject is not None:
            return event.subject
        return _own_scope(event) or mint_case_reference(event.source, event.id)

    def _contact_known(self, event: Event) -> bool | None:
        named = [
            one
            for name in self.rules.events[event.name].contact_fields
            for one in values(event.data, name)
        ]
        return all(self.knows.contact(one) for one in named) if named else None


def _own_scope(event: Event) -> str | None:
    """Give the scope that an event without a subject is under, if not a new case."""
    scope = CATALOGUE[event.name].scope
    if not scope.case or scope.prefix is None or scope.field is None:
        return None
    return f"{scope.prefix}:{event.data[scope.field]}"


def _unknown_agency(event: Event, pointer: str) -> Problem:
    return _problem(
        "unknown_agency",
        "No such agency takes part: the protocol and directory do not have it.",
        event,
        pointer,
    )


def _reuse_fault(event: Event, earlier: bytes) -> Problem | None:
    if same_content(event.raw, earlier):
        return None
    return _problem(
        "id_reused",
        "An event with this id was decided before, with other content;"
        " a new event takes a new id.",
        event,
        "/id",
    )


def _problem(
    rule: str, detail: str, event: Event, pointer: str, *, cite: str | None = None
) -> Problem:
    return Problem.of(rule, detail, cite=cite, event_id=event.id, pointer=pointer)
