"""
Histories: any valid records of one key, made from a few choices.

A history is a list of moves. What a move becomes depends on what was decided before
it: ids of obligations, pages and notices are those of the log, or made up. Values come
from small pools, so that references meet.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from coordinator.evaluation.simulate import knows_everything
from coordinator.events import (
    CATALOGUE,
    Event,
    Rejected,
    decode,
    format_time,
    made_id,
    make_event,
    mint_case_reference,
    parse_time,
)
from coordinator.protocol import Admission, Decision, Record, State
from tests.golden.stories import nz_2009, plain_data
from tests.protocol.profiles import modern

__all__ = ["KEYS", "START", "History", "Move", "moves"]

START: Final = datetime(2026, 3, 2, 20, tzinfo=UTC)
PEOPLE: Final = ("p-1", "p-2")
AGENCIES: Final = (
    *("police", "labour", "customs", "health", "justice", "msd", "housing", "mfat"),
    *("dpmc", "acc", "ngo-refuge", "minister-immigration", "coordinator"),
)

_FIRST_ID: Final = made_id("history", 0)
CASE: Final = mint_case_reference("urn:nz:agency:police", _FIRST_ID)
KEYS: Final = (CASE, "alert:A-1", "agency:police", "intel:I-1", "plan:nz-2009")

# A jump of None goes to the next rung that is due.
_JUMPS: Final = (
    *(timedelta(0), timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=1)),
    *(timedelta(hours=5), timedelta(days=1), timedelta(days=3), timedelta(hours=-1)),
    *(None,) * 10,
)

# What may be said where plain data leaves no choice; None leaves a field out.
_CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "anonymous": (False, True),
    "reporter_ref": (None, "P-1"),
    "report_ref": ("PR-1", "PR-2", None),
    "referral_ref": ("RF-1", "RF-2", None),
    "reason": ("no_case", "duplicate"),
    "cross_border": (True, True, False),
    "kind": ("initial", "update", "immediate_temporary", "long_term", "patrol"),
    "lawful_basis": ("consent", "consent", "curiosity"),
    "urgency": ("urgent", "routine"),
    "to": ("customs", "health", "ngo-refuge"),
    "outcome": ("provided", "declined", "charges", "return", "temporary"),
    "decline_reason": (None, "it was destroyed"),
    "share_with_investigation": (None, True),
    "priority": ("homicide_rape_equivalent", "routine"),
    "immediate_needs": ([], ["interpreter"], ["housing", "health", "interpreter"]),
    "technique": ("victim_friendly", "standard"),
    "language": ("en", "th"),
    "reasonable_suspicion": (True, True, False),
    "assessment_ref": ("AS-1", "AS-1", "AS-2"),
    "endorser_ref": ("O-2", "O-2", "O-1"),
    "endorser_rank": ("inspector", "inspector", "sergeant"),
    "certification_no": ("C-1", "C-1", "C-2"),
    "reason_code": ("not_trafficked", "other"),
    "victim_risk": ("low", "high"),
    "family_risk": ("none", "high"),
    "return_risk": (None, "high"),
    "trained": (True, False),
    "request_ref": ("IR-1", "IR-2", None),
    "consent": (True, False),
    "service_kind": ("health", "social"),
    "ngo": (None, "ngo-refuge"),
    "rung": (0, 1, 2, 3, 7),
}
_TIMES: Final = frozenset(
    {"new_due", "valid_to", "arrives_at", "review_due", "from", "to", "due"}
)
_KNOWN: Final = frozenset(
    {
        *("obligation_id", "page_id", "notice_id", "event_id"),
        *("basis_event_ids", "origin_event_ids", "open_obligations"),
    }
)
# What follows a page at once, as a rule.
_AT_ONCE: Final = frozenset({"page.unreachable", "escalation.acknowledged"})
# How often an event that was sent is sent again, and a field is not the plain one.
_AGAIN: Final = 0.1
_CHANGED: Final = 0.5
_SPANS: Final = (
    *(timedelta(hours=-1), timedelta(minutes=30), timedelta(hours=3)),
    *(timedelta(days=1), timedelta(days=2)),
)


class Move(NamedTuple):
    """A name, the chance that picks all else (0: all as plain), and how late it is."""

    name: str
    chance: int
    jump: timedelta | None = timedelta(minutes=1)


def _said(*names: str) -> tuple[Move, ...]:
    return tuple(Move(name, 0) for name in names)


_IDENTIFIED: Final = _said("public_report.received", "case.identified")
_CERTIFIED: Final = (
    *_IDENTIFIED,
    *_said("investigation.commenced", "victim.identified", "evidence.assessed"),
    *_said("certification.endorsed", "certification.issued"),
)
# Beginnings, so that histories get far.
_BEGINNINGS: Final = st.sampled_from(
    (
        (),
        _said("public_report.received"),
        _IDENTIFIED,
        (*_IDENTIFIED, *_said("input.requested")),
        (*_IDENTIFIED, *_said("victim.identified", "danger.assessed")),
        _CERTIFIED,
        (*_CERTIFIED, *_said("certification.withdrawn")),
        (*_CERTIFIED, *_said("investigation.concluded", "case.closed")),
        (*_CERTIFIED, *_said("victim.referred", "case_management.commenced")),
    )
)
# What ladders hang on, and what closes much, comes up more often.
_OFTEN: Final = (
    *("deadline.passed", "page.unreachable", "escalation.acknowledged") * 6,
    *("case.identified", "victim.identified", "suspicion.closed"),
    *("event.retracted",) * 4,
)


def moves(key: str) -> st.SearchStrategy[tuple[Move, ...]]:
    """Give any moves of a key: of the events that can be under it."""
    names = [name for name in (*nz_2009().rules.events, *_OFTEN) if _fits(name, key)]
    move = st.builds(
        Move, st.sampled_from(names), st.integers(1, 2**16), st.sampled_from(_JUMPS)
    )
    return st.tuples(
        _BEGINNINGS if key == CASE else st.just(()),
        st.lists(move, max_size=8) | st.lists(move, min_size=20, max_size=40),
    ).map(lambda parts: (*parts[0], *parts[1]))


def _fits(name: str, key: str) -> bool:
    scope = CATALOGUE[name].scope
    if scope.prefix is None and not scope.case:
        return True
    return scope.case if key == CASE else scope.prefix == key.partition(":")[0]


@cache
def _admission(version: int) -> Admission:
    profile = nz_2009() if version == 1 else modern()
    return Admission(profile.rules, knows_everything, own_types=True)


@dataclass(slots=True)
class History:
    """
    The records of a key while they are made.

    `state` is the caller's: it decides each record that `next_record` gives, applies
    the decision, and tells `note`.
    """

    key: str
    state: State
    at: datetime = START
    ids: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    raws: dict[str, bytes] = field(default_factory=dict)

    def next_record(self, move: Move) -> Record | None:
        """Make a move's record; None where ingress would turn the event away."""
        chance = Random(move.chance) if move.chance else None
        if move.name not in _AT_ONCE or _happens(chance, 0.2):
            self._jump(move.jump)
        event = self._event(move.name, chance)
        if event is None:
            return None
        version = 1 if _happens(chance, 0.2) else 2
        record = _admission(version).admit(
            event, sender=None, at=self.at, earlier=self.raws.get(event.id)
        )
        if not isinstance(record, Record) or record.key != self.key:
            return None
        self.raws[event.id] = event.raw
        if event.id not in self.ids:
            self.ids.append(event.id)
        return record._replace(contact_known=not _happens(chance, 0.2))

    def note(self, decision: Decision) -> None:
        """Keep the ids that later events may name."""
        self.pages += [page["id"] for page in decision["pages"]]
        self.notices += [notice["id"] for notice in decision["notices"]]

    def _jump(self, jump: timedelta | None) -> None:
        due = [timer.at for timer in self.state.timers if timer.live]
        if jump is not None:
            self.at += jump
        elif due:
            self.at = max(self.at, parse_time(min(due)))

    def _event(self, name: str, chance: Random | None) -> Event | None:
        """Make an event, or take one again; None where it fits no schema."""
        if chance is not None and self.raws and chance.random() < _AGAIN:
            return decode(chance.choice(list(self.raws.values())))
        kind = CATALOGUE[name]
        emitters = [one for one in AGENCIES if nz_2009().rules.events[name].admits(one)]
        agency, person = emitters[0], PEOPLE[0]
        if chance is not None:
            person = chance.choice(PEOPLE)
            agency = chance.choice(AGENCIES if _happens(chance, 0.1) else emitters)
        data = self._data(name, chance)
        first = not self.ids and self.key == CASE and not _happens(chance, 0.1)
        try:
            return make_event(
                name=name,
                agency=agency,
                id=made_id("history", len(self.ids)),
                time=self.at,
                subject=None if first else self.key,
                personref=person if kind.is_about_person(data) else None,
                exercise=_happens(chance, 0.05),
                correlationid=self._earlier(chance),
                data=data,
            )
        except Rejected:
            return None

    def _earlier(self, chance: Random | None) -> str | None:
        """Name an earlier event now and then."""
        if chance is None or not self.ids or chance.random() > _AGAIN:
            return None
        return chance.choice(self.ids)

    def _data(self, name: str, chance: Random | None) -> dict[str, Any]:
        """Choose what an event says."""
        model = CATALOGUE[name].model
        data = dict(plain_data().get(name) or CATALOGUE[name].example)
        for key, info in model.model_fields.items():
            wire = info.alias or key
            if chance is not None and chance.random() < _CHANGED:
                self._change(data, wire, chance)
            known = self._known(wire, chance)
            if known is not None and (wire in data or info.is_required()):
                data[wire] = known
        return data

    def _change(self, data: dict[str, Any], wire: str, chance: Random) -> None:
        if wire in _TIMES and not isinstance(data.get(wire), list):
            data[wire] = format_time(self.at + chance.choice(_SPANS))
        if wire in _CHOICES:
            value = chance.choice(_CHOICES[wire])
            data.pop(wire, None)
            if value is not None:
                data[wire] = value

    def _known(self, wire: str, chance: Random | None) -> Any:  # noqa: ANN401 - JSON
        """Choose among the ids that there are, or one that was made up."""
        due = [one.obligation.id for one in self.state.due_by(format_time(self.at))]
        pool: list[str] = {
            "obligation_id": due or list(self.state.obligations),
            "page_id": self.pages[-2:],
            "notice_id": self.notices,
            "basis_event_ids": self.ids,
            "origin_event_ids": self.ids,
            "event_id": self.ids,
        }.get(wire, [])
        if wire not in _KNOWN:
            return None
        if wire == "open_obligations":
            return sorted(self.state.open)
        if not pool or _happens(chance, 0.1):
            found = made_id("nothing", wire)
        else:
            found = pool[0] if chance is None else chance.choice(pool[-8:])
        return [found] if wire.endswith("s") else found


def _happens(chance: Random | None, how_often: float) -> bool:
    return chance is not None and chance.random() < how_often
