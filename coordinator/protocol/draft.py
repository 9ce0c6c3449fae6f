"""
A decision in the making: its lists, and the ids of what stands in them.

The modules that work out one part of a decision (`escalate`, `obligations`,
`effects`) write to a `Draft`; `finish` gives the record.
"""

from collections.abc import Sequence
from typing import Literal

from coordinator.events import format_time, made_id, parse_time
from coordinator.protocol.conditions import values
from coordinator.protocol.record import (
    ENGINE,
    Alarm,
    Breach,
    Closed,
    Decision,
    Delivery,
    Input,
    NoticeMade,
    Opened,
    Page,
    Verdict,
)
from coordinator.protocol.rules import EventRules
from coordinator.protocol.situation import Situation, applies
from coordinator.protocol.state import Instant, Obligation

__all__ = ["Draft"]


class Draft:
    """
    What has been decided so far about one record.

    Over what the state says, `reached` holds the rungs taken in this very decision,
    `shut` the ids of obligations it closed, `standing` the (name, scope, owner) of
    those it opened. `timers` maps (obligation id, rung) to the instant it is set to.
    """

    __slots__ = (
        "_key",
        "_seq",
        "alarms",
        "breaches",
        "cite",
        "closed",
        "deliveries",
        "detail",
        "exercise",
        "notices",
        "opened",
        "pages",
        "reached",
        "rule",
        "shut",
        "situation",
        "standing",
        "timers",
        "verdict",
    )

    def __init__(self, situation: Situation) -> None:
        """Begin with an accepted event that does nothing."""
        state = situation.state
        self.situation = situation
        self.exercise = situation.event.exercise
        if state.is_case and state.exercise is not None:
            self.exercise = state.exercise
        self.verdict: Verdict = "accepted"
        self.rule: str | None = None
        self.cite: str | None = None
        self.detail: str | None = None
        self.breaches: list[Breach] = []
        self.deliveries: list[Delivery] = []
        self.opened: list[Opened] = []
        self.closed: list[Closed] = []
        self.pages: list[Page] = []
        self.timers: dict[tuple[str, int], Instant] = {}
        self.alarms: list[Alarm] = []
        self.notices: list[NoticeMade] = []
        self.reached: dict[str, int] = {}
        self.shut: set[str] = set()
        self.standing: set[tuple[str, str, str]] = set()
        self._seq = state.seq + 1
        self._key = state.key

    def refuse(self, rule: str, cite: str, detail: str) -> None:
        """Refuse the event: it has no effect."""
        self.verdict = "refused"
        self.rule, self.cite, self.detail = rule, cite, detail

    def deliver(self, row: EventRules) -> None:
        """Send the event to its receivers, once each, in the widest view they get."""
        s = self.situation
        emitter = s.event.agency
        views = row.fixed_views
        if views is None:
            views = _views(s, row)
        names = _ids_named(s, row) if views else ()
        key, seq, deliveries = self._key, self._seq, self.deliveries
        for to, view in views.items():
            if to != emitter:
                without = (
                    self._unknown_to(to, names) if names and view == "full" else []
                )
                made = made_id(key, seq, "deliveries", len(deliveries))
                deliveries.append(
                    {"id": made, "to": to, "view": view, "without": without}
                )

    def _unknown_to(self, agency: str, names: Sequence[tuple[str, str]]) -> list[str]:
        """Point at the ids of events that an agency neither sent nor was sent."""
        facts = self.situation.state.accepted
        without = []
        for pointer, event_id in names:
            fact = facts.get(event_id)
            if fact is None or (fact.agency != agency and agency not in fact.sent_to):
                without.append(pointer)
        return without

    def notify(self, to: str, kind: Literal["initial", "update"]) -> None:
        """Make a notice to an office."""
        made = self._made("notices", len(self.notices))
        self.notices.append({"id": made, "to": to, "kind": kind})

    def open(
        self, *, name: str, owner: str, due: Instant, scope: str, cite: str
    ) -> str:
        """Open an obligation and give its id."""
        made = self._made("opened", len(self.opened))
        self.standing.add((name, scope, owner))
        self.opened.append(
            {
                "id": made,
                "name": name,
                "owner": owner,
                "due": due,
                "scope": scope,
                "cite": cite,
            }
        )
        return made

    def close(
        self,
        obligation: Obligation,
        how: Literal["satisfied", "withdrawn", "superseded"],
    ) -> None:
        """Close an obligation; its lateness counts from due to receipt."""
        self.shut.add(obligation.id)
        late = 0.0
        if self.situation.now > obligation.due:
            since = self.situation.at - parse_time(obligation.due)
            late = round(since.total_seconds(), 3)
        self.closed.append(
            {
                "id": obligation.id,
                "name": obligation.rules.name,
                "owner": obligation.owner,
                "how": how,
                "late_by_s": late,
            }
        )

    def page(
        self,
        obligation: Obligation | None,
        *,
        agency: str,
        role: str,
        rung: int | None,
        why: Literal["reminder", "deadline", "breach", "unreachable"],
    ) -> None:
        """Page a role of an agency, or an office; with the case's own contact."""
        page: Page = {
            "id": self._made("pages", len(self.pages)),
            "obligation": None if obligation is None else obligation.id,
            "name": None if obligation is None else obligation.rules.name,
            "agency": agency,
            "role": role,
            "rung": rung,
            "why": why,
        }
        s = self.situation
        assigned = s.state.assigned.get((agency, role))
        if (
            assigned is not None
            and assigned.valid_from <= s.now
            and (assigned.valid_to is None or s.now < assigned.valid_to)
        ):
            page["contact_id"] = assigned.contact_id
        self.pages.append(page)

    def alarm(self, obligation: Obligation | None, why: str) -> None:
        """Tell the operator."""
        made = self._made("alarms", len(self.alarms))
        self.alarms.append(
            {
                "id": made,
                "obligation": None if obligation is None else obligation.id,
                "why": why,
            }
        )

    def finish(self) -> Decision:
        """Give the record; rungs of what was closed on the way are not set."""
        s = self.situation
        event = s.event
        given: Input = {
            "id": event.id,
            "type": event.type,
            "source": event.source,
            "time": format_time(event.time),
        }
        if event.personref is not None:
            given["personref"] = event.personref
        return {
            "seq": self._seq,
            "case": self._key,
            "at": s.now,
            "profile": s.rules.reference,
            "engine": ENGINE,
            "exercise": self.exercise,
            "input": given,
            "verdict": self.verdict,
            "rule": self.rule,
            "cite": self.cite,
            "detail": self.detail,
            "breaches": self.breaches,
            "deliveries": self.deliveries,
            "opened": self.opened,
            "closed": self.closed,
            "pages": self.pages,
            "timers": [
                {"obligation": owed, "rung": rung, "at": at}
                for (owed, rung), at in self.timers.items()
                if owed not in self.shut
            ],
            "alarms": self.alarms,
            "notices": self.notices,
        }

    def _made(self, place: str, index: int) -> str:
        """Make the id of a thing by its place in the log: a repeat has the same."""
        return made_id(self._key, self._seq, place, index)


def _views(s: Situation, row: EventRules) -> dict[str, Literal["full", "stub"]]:
    """Work out who is sent the event, once each, in the widest view they get."""
    views: dict[str, Literal["full", "stub"]] = {}
    for receiver in row.receivers:
        if applies(receiver.when, s):
            for agency in receiver.find(s):
                if views.get(agency) != "full":
                    views[agency] = receiver.view
    return views


def _ids_named(s: Situation, row: EventRules) -> list[tuple[str, str]]:
    """List the event ids that the event names, each with its pointer."""
    found: list[tuple[str, str]] = []
    if s.event.causationid is not None:
        found.append(("/causationid", s.event.causationid))
    if s.event.correlationid is not None:
        found.append(("/correlationid", s.event.correlationid))
    for name in row.event_id_fields:
        if isinstance(s.data.get(name), list):
            found += [
                (f"/data/{name}/{place}", one)
                for place, one in enumerate(values(s.data, name))
            ]
        elif name in s.data:
            found.append((f"/data/{name}", s.data[name]))
    return found
