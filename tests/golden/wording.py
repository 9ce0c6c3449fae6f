"""
Decisions in a story's words, and where a story and the decisions part.

    accepted | duplicate | noop | refused <rule>: <cite> | rejected <rule> <pointer>
    breach <rule>: <cite>
    to <agency>: full|stub [without <pointer> …]        to nobody
    opens <obligation>: <owner>, <scope>, due <span>
    closes <obligation>: <owner>, <scope>, satisfied|superseded|withdrawn[, late <span>]
    pages <obligation>|breach: <agency> <role>[, rung <n>, <why>][, contact <id>]
    alarm <obligation>|breach: unreachable
    notice <office>: <kind>                             no notice
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from coordinator.evaluation.simulate import Step
from coordinator.events import parse_time
from coordinator.protocol import Decision
from tests.golden.stories import Entry, spelt
from tests.golden.telling import Telling, Turn

__all__ = ["partings", "worded"]

_VERDICT: Final = re.compile("(accepted|refused|duplicate|noop|rejected)( |$)")
_DELIVERIES: Final = "to "
_NOTICES: Final = ("notice ", "no notice")
_WATCHED: Final = re.compile("(?:opens|closes|pages|alarm) ([a-z_]+)[: ]")


def worded(step: Step, telling: Telling, start: datetime) -> list[str]:
    """Put a step in words, its verdict first."""
    if step.decision is None:
        problem = step.problem
        assert problem is not None
        return [f"rejected {problem.rule} {problem.pointer}"]
    decision = step.decision
    return [
        *_verdict(decision),
        *_deliveries(decision),
        *_owed(decision, telling, start),
        *_told(decision, telling),
    ]


def _verdict(decision: Decision) -> Iterator[str]:
    if decision["verdict"] == "refused":
        yield f"refused {decision['rule']}: {decision['cite']}"
    else:
        yield decision["verdict"]
    for one in decision["breaches"]:
        yield f"breach {one['rule']}: {one['cite']}"


def _deliveries(decision: Decision) -> Iterator[str]:
    for sent in decision["deliveries"]:
        without = f" without {' '.join(sent['without'])}" if sent["without"] else ""
        yield f"to {sent['to']}: {sent['view']}{without}"
    if not decision["deliveries"]:
        yield "to nobody"


def _owed(decision: Decision, telling: Telling, start: datetime) -> Iterator[str]:
    names = {one: nick for nick, one in telling.ids.items() if nick != "first"}

    def scope(obligation: str) -> str:
        said = telling.opened[obligation]["scope"]
        return f"event:{names[said[6:]]}" if said.startswith("event:") else said

    for opened in decision["opened"]:
        due = spelt(parse_time(opened["due"]) - start)
        whose = f"{opened['owner']}, {scope(opened['id'])}"
        yield f"opens {opened['name']}: {whose}, due {due}"
    for closed in decision["closed"]:
        late = timedelta(seconds=closed["late_by_s"])
        how = f"{closed['how']}, late {spelt(late)}" if late else closed["how"]
        whose = f"{closed['owner']}, {scope(closed['id'])}"
        yield f"closes {closed['name']}: {whose}, {how}"


def _told(decision: Decision, telling: Telling) -> Iterator[str]:
    for page in decision["pages"]:
        said = f"pages {page['name'] or page['why']}: {page['agency']} {page['role']}"
        if page["rung"] is not None:
            said += f", rung {page['rung']}, {page['why']}"
        if "contact_id" in page:
            said += f", contact {page['contact_id']}"
        yield said
    for alarm in decision["alarms"]:
        owed = alarm["obligation"]
        about = "breach" if owed is None else telling.opened[owed]["name"]
        yield f"alarm {about}: {alarm['why']}"
    for notice in decision["notices"]:
        yield f"notice {notice['to']}: {notice['kind']}"
    if not decision["notices"]:
        yield "no notice"


def partings(telling: Telling, start: datetime) -> Iterator[str]:
    """
    Say where a story and what was decided part, moment by moment; nothing if nowhere.

    Of the obligations that the story watches, and of breaches, everything is compared;
    of deliveries and notices only at entries that speak of them.
    """
    watch = {*telling.story.watch, "breach"}
    turns = deque(telling.turns)
    for number, entry in enumerate(telling.story.story, 1):
        where = f"entry {number}, at {spelt(entry.at)}"
        said = _expected(entry)
        for at, unexpected in _before(turns, entry, telling, start):
            left = _compared(unexpected, (), watch)
            if left:
                yield f"{where}: not told at {spelt(at - start)}: {left}"
        got = _compared(list(_at(turns, entry, telling, start)), said, watch)
        if sorted(got) != sorted(said):
            yield f"{where}:\n  told:    {said}\n  decided: {got}"


def _expected(entry: Entry) -> list[str]:
    said = list(entry.then)
    if entry.say is not None and not (said and _VERDICT.match(said[0])):
        said.insert(0, "accepted")
    return said


def _before(
    turns: deque[Turn], entry: Entry, telling: Telling, start: datetime
) -> Iterator[tuple[datetime, list[str]]]:
    """Take what the coordinator did by itself before an entry's own moment."""
    while turns and turns[0].entry is None:
        decision = turns[0].step.decision
        assert decision is not None
        at = parse_time(decision["at"])
        if entry.say is None and at >= start + entry.at:
            return
        yield at, worded(turns.popleft().step, telling, start)[1:]


def _at(
    turns: deque[Turn], entry: Entry, telling: Telling, start: datetime
) -> Iterator[str]:
    """Take what was decided at an entry's moment: its event and what followed."""
    if entry.say is not None:
        turn = turns.popleft()
        assert turn.entry is entry
        yield from worded(turn.step, telling, start)
    while turns and turns[0].entry is None:
        decision = turns[0].step.decision
        assert decision is not None
        follows = entry.say is None or decision["input"]["type"].endswith("unreachable")
        if not follows or parse_time(decision["at"]) > start + entry.at:
            return
        yield from worded(turns.popleft().step, telling, start)[1:]


def _compared(got: Sequence[str], said: Sequence[str], watch: set[str]) -> list[str]:
    """Keep the lines that a story answers for."""
    speaks_of = {
        group
        for group in (_DELIVERIES, _NOTICES)
        if any(line.startswith(group) for line in said)
    }
    return [
        line
        for line in got
        if _is_told(line, watch)
        and not any(
            line.startswith(group) and group not in speaks_of
            for group in (_DELIVERIES, _NOTICES)
        )
    ]


def _is_told(line: str, watch: set[str]) -> bool:
    """Whether a line is about what the story watches, or about no obligation."""
    about = _WATCHED.match(line)
    return about is None or about[1] in watch
