"""
What the bus decided, as lines for people: who said what, what follows, who is told.

`narrate` is the wording: one decision record in, lines out. `Narrator` puts lines on
a console, in colour and wrapped on a terminal, plain and one to a line when piped.

Rule 1: no line holds what an event says, only that it was said: no payload, no
pseudonym of a person. What is shown is the protocol's own words, ids and references.

Source: docs/rules.md, Decisions.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from textwrap import wrap
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from coordinator.events import Event, Problem, parse_time
from coordinator.protocol import Decision, Rules
from coordinator.runtime.port import PageItem

__all__ = [
    "NEW_ZEALAND",
    "Line",
    "Narrator",
    "clock_time",
    "narrate",
    "page_line",
    "spell",
]

NEW_ZEALAND: Final = ZoneInfo("Pacific/Auckland")
"""The zone of every time that people are shown; what is kept is UTC."""

Kind = Literal[
    "event", "told", "owed", "settled", "page", "notice", "refused", "breach", "aside"
]

# Rich's own names of styles; a line's kind is told by its words as well.
_STYLES: Final[dict[Kind, str]] = {
    "event": "bold",
    "told": "dim",
    "owed": "",
    "settled": "green",
    "page": "yellow",
    "notice": "cyan",
    "refused": "bold red",
    "breach": "bold magenta",
    "aside": "dim",
}
_LABEL_AT: Final = 10  # behind "09:05:00  "
_TEXT_AT: Final = 19  # behind the longest label
_NARROWEST: Final = 60  # columns; a narrower terminal breaks lines itself
_PAGED_FOR: Final = {
    "reminder": "reminder: {what} is still owed",
    "deadline": "missed: {what}",
    "unreachable": "nobody could be reached before: {what}",
    "breach": "the breach",
}


class Line(NamedTuple):
    """
    One line: what kind of news, its label, and the text behind it.

    The label of an `event` line is a time of day in New Zealand.
    """

    kind: Kind
    label: str
    text: str


def narrate(event: Event, decision: Decision, rules: Rules) -> Iterator[Line]:
    """
    Put one decision record into words.

    Args:
        event: What was decided on.
        decision: What was decided.
        rules: The protocol version it was decided under, for its own words.

    Yields:
        The event's line first, then what follows from it, in the record's order.
        Times are New Zealand's; a due time on another day has its date.
    """
    at = parse_time(decision["at"])
    exercise = "EXERCISE  " if decision["exercise"] else ""
    about = _outcome(event, rules)
    is_aside = bool(about) and decision["verdict"] == "accepted"
    yield Line(
        "aside" if is_aside else "event",
        clock_time(at),
        f"{exercise}{_who(event)}: {event.name}{about}  {decision['case']}",
    )
    if decision["verdict"] == "refused":
        rule = f"{decision['rule']} ({decision['cite']})"
        yield Line("refused", "REFUSED", f"by {rule}. {decision['detail']}")
    elif decision["verdict"] == "duplicate":
        yield Line("aside", "again", "decided before; nothing changes")
    elif decision["verdict"] == "noop" and not decision["pages"]:
        yield Line("aside", "no-op", "nothing is left to do")
    for breach in decision["breaches"]:
        rule = f"{breach['rule']} ({breach['cite']})"
        yield Line("breach", "BREACH", f"of {rule}, on record. {breach['detail']}")
    yield from _told(event, decision, rules)
    yield from _settled(decision, rules)
    yield from _owed(decision, rules, at)
    for page in decision["pages"]:
        yield page_line(page, rules)
    yield from _resting(event, decision, rules, at)
    for notice in decision["notices"]:
        news = "a new case" if notice["kind"] == "initial" else "news of a case"
        yield Line("notice", "NOTICE", f"to {notice['to']}: {news}, and no person data")
    for alarm in decision["alarms"]:
        owed = alarm["obligation"]
        about = f"obligation {owed}" if owed else "a breach"
        yield Line("refused", "ALARM", f"to the operator: {alarm['why']}, {about}")


def _who(event: Event) -> str:
    if event.recordedby in (None, event.agency):
        return event.agency
    return f"{event.agency} (by {event.via}, recorded by {event.recordedby})"


def _outcome(event: Event, rules: Rules) -> str:
    """Say whom a page went to and how, of an event that is about a page."""
    effect = rules.events[event.name].effect if event.name in rules.events else None
    if effect is None or (effect.delivered is None and effect.unreachable is None):
        return ""
    contact, channel = event.data.get("contact_id"), event.data.get("channel")
    return (f" {contact}" if contact else "") + (f" by {channel}" if channel else "")


def _told(event: Event, decision: Decision, rules: Rules) -> Iterator[Line]:
    """Say who was sent the event; where by its rules nobody is, why."""
    if not decision["deliveries"]:
        row = rules.spec.events.get(event.name)
        why = row.no_receiver if row else None
        if decision["verdict"] == "accepted" and why and event.agency != _own(rules):
            yield Line("told", "told", f"nobody: {why}")
        return
    in_full = [one["to"] for one in decision["deliveries"] if one["view"] == "full"]
    in_part = [one["to"] for one in decision["deliveries"] if one["view"] == "stub"]
    parts = ((in_full, "in full"), (in_part, "a stub"))
    said = [f"{', '.join(names)} ({view})" for names, view in parts if names]
    yield Line("told", "told", "; ".join(said))


def _own(rules: Rules) -> str:
    return rules.spec.coordinator


def _settled(decision: Decision, rules: Rules) -> Iterator[Line]:
    for closed in decision["closed"]:
        what = f"{closed['owner']}: {_named(closed['name'], rules)}"
        if closed["how"] != "satisfied":
            yield Line("aside", "dropped", f"{what}, {closed['how']}")
            continue
        late = closed["late_by_s"]
        when = f"{spell(timedelta(seconds=late))} late" if late else "on time"
        yield Line("settled", "settled", f"{what}, {when}")


def _owed(decision: Decision, rules: Rules, at: datetime) -> Iterator[Line]:
    for opened in decision["opened"]:
        what = f"{opened['owner']}: {_named(opened['name'], rules)}"
        kind, _, reference = opened["scope"].partition(":")
        if kind == "request":  # One agency may owe several at a time.
            what += f" ({reference})"
        due = _moment(parse_time(opened["due"]), at)
        yield Line("owed", "owed", f"{what}, by {due}  ({opened['cite']})")


def page_line(page: Mapping[str, Any], rules: Rules) -> Line:
    """Say who is paged, and why; `page` is one of a decision record's."""
    who = page["agency"]
    if page["role"] != who:  # An office is paged as one body.
        ending = "'" if who.endswith("s") else "'s"
        who += f"{ending} {page['role'].replace('_', ' ')}"
    if contact := page.get("contact_id"):
        who += f" {contact}"
    what = "" if page["name"] is None else _named(page["name"], rules)
    why = _PAGED_FOR[page["why"]].format(what=what)
    rung = f"  (rung {page['rung']})" if page["rung"] else ""
    return Line("page", "PAGE", f"{who}: {why}{rung}")


def _resting(
    event: Event, decision: Decision, rules: Rules, at: datetime
) -> Iterator[Line]:
    """Say until when an acknowledged obligation's ladder rests."""
    row = rules.events.get(event.name)
    if row is None or row.effect is None or row.effect.acknowledges is None:
        return
    named = event.data.get(row.effect.acknowledges.obligation)
    moved = [one["at"] for one in decision["timers"] if one["obligation"] == named]
    if moved:
        until = _moment(parse_time(min(moved)), at)
        yield Line("settled", "resting", f"nobody is paged about it before {until}")


def _named(name: str, rules: Rules) -> str:
    """Give an obligation's number and what the profile says it is."""
    obliged = rules.obligations[name]
    return f"{obliged.number} {obliged.says}"


# --- times, as people read them -----------------------------------------------------


def clock_time(at: datetime) -> str:
    """Give an aware time's time of day in New Zealand, `09:05:00`."""
    return f"{at.astimezone(NEW_ZEALAND):%H:%M:%S}"


def _moment(at: datetime, now: datetime) -> str:
    """Give a time as seen from `now`: with its date only on another day."""
    local = at.astimezone(NEW_ZEALAND)
    time = f"{local:%H:%M:%S}".removesuffix(":00")
    if local.date() == now.astimezone(NEW_ZEALAND).date():
        return time
    day = f"{local:%a} {local.day} {local:%b}"
    year = "" if local.year == now.astimezone(NEW_ZEALAND).year else f" {local.year}"
    return f"{day}{year} {time}"


def _day(at: datetime) -> str:
    """Give an aware time's day, its zone and that zone's distance from UTC."""
    local = at.astimezone(NEW_ZEALAND)
    hours = (local.utcoffset() or timedelta()) // timedelta(hours=1)
    return (
        f"{local:%A} {local.day} {local:%B} {local.year}, "
        f"New Zealand time ({local.tzname()}, UTC+{hours})"
    )


def spell(length: timedelta) -> str:
    """Spell a length of time by its two largest units: `1 h 12 min`, `45 s`."""
    seconds = int(length.total_seconds())
    counts = (
        (seconds // 86_400, "d"),
        (seconds // 3_600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    )
    first = next((i for i, (n, _) in enumerate(counts) if n), 3)
    largest = counts[first : first + 2]
    return " ".join(f"{n} {unit}" for n, unit in largest if n) or "0 s"


# --- on a console -------------------------------------------------------------------


class Narrator:
    """
    Tells decisions on a console as they are made, with the day where it changes.

    Args:
        console: Where to; one that is no terminal gets no colour and no wrapping.
        pages_apart: Leave pages out of decisions; they are told as they are handed
            over.
    """

    def __init__(self, console: Console, *, pages_apart: bool = False) -> None:
        self._console = console
        self._pages_apart = pages_apart
        self._day = ""
        self._key = ""

    def tell(self, event: Event, decision: Decision, rules: Rules) -> None:
        """Tell one decision."""
        self._begin_day(parse_time(decision["at"]))
        self._key = decision["case"]
        for line in narrate(event, decision, rules):
            if line.kind != "page" or not self._pages_apart:
                self._put(line)

    def tell_page(self, page: PageItem, rules: Rules) -> None:
        """Tell a page as it is handed over, with its case unless that was just told."""
        self._begin_day(page.at)
        if page.key != self._key:
            self._key = page.key
            exercise = "EXERCISE  " if page.exercise else ""
            self._put(Line("event", clock_time(page.at), f"{exercise}{page.key}"))
        self._put(page_line(page.page, rules))

    def tell_rejected(self, problem: Problem, at: datetime) -> None:
        """Tell that something was turned away undecided."""
        self._begin_day(at)
        where = f" at {problem.pointer}" if problem.pointer else ""
        self._put(Line("event", clock_time(at), problem.title))
        self._put(
            Line("refused", "REJECTED", f"{problem.rule}{where}: {problem.detail}")
        )

    def say(self, text: str, at: datetime | None = None) -> None:
        """Put in a word of the teller's own; before what is to happen at `at`."""
        if at is not None:
            self._begin_day(at)
        self._print("", "", "")
        self._print("", text, "italic")

    def show(self, line: str) -> None:
        """Show a line as it is, not wrapped, so that it can be copied."""
        if self._console.is_terminal:
            self._console.print(Text(line), soft_wrap=True)
        else:
            self._print("", line, "")

    def _begin_day(self, at: datetime) -> None:
        day = _day(at)
        if day != self._day:
            self._day = day
            self._print("", day, "underline")

    def _put(self, line: Line) -> None:
        if line.label[:1].isdigit():
            self._print(f"{line.label:<{_LABEL_AT}}", line.text, _STYLES[line.kind])
        else:
            label = f"{'':<{_LABEL_AT}}{line.label:<{_TEXT_AT - _LABEL_AT}}"
            self._print(label, line.text, _STYLES[line.kind])

    def _print(self, label: str, text: str, style: str) -> None:
        console = self._console
        if not console.is_terminal:
            console.file.write(f"{label}{text}\n")
            console.file.flush()
            return
        rows = [text]
        if console.width >= _NARROWEST:
            width = console.width - len(label)
            rows = wrap(text, width, break_on_hyphens=False) or [text]
        for row in rows:
            console.print(Text(f"{label}{row}", style=style), soft_wrap=True)
            label = " " * len(label)
