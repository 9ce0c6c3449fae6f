"""
Whether what entries ask for can be: values that fields have, scopes that fit.

Most of it an exploration would find as well; here it is told what the value is, and
which ones there are.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from coordinator.protocol.check import Finding
from coordinator.protocol.lint.fields import enumerated
from coordinator.protocol.lint.goals import Path
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec_conditions import Condition, KnownSpec, LatestIsSpec
from coordinator.protocol.spec_obligations import ObligationSpec

__all__ = ["meanings"]


def meanings(spec: ProfileSpec) -> Iterator[Finding]:
    """Give every value that no field can have, and every scope that none can equal."""
    for name, row in spec.events.items():
        for place, to in enumerate(row.to):
            path: Path = ("events", name, "to", place)
            yield from _conditions((*path, "when"), name, to.when or ())
        for place, gate in enumerate(row.gates):
            path = ("events", name, "gates", place)
            yield from _conditions((*path, "require"), name, gate.require)
            yield from _conditions((*path, "when"), name, gate.when or ())
    for place, notice in enumerate(spec.notices):
        yield from _conditions(
            ("notices", place, "when"), notice.event, notice.when or ()
        )
    for name, owed in spec.obligations.items():
        path = ("obligations", name)
        for key in ("opens_on", "closed_by"):
            for place, entry in enumerate(getattr(owed, key)):
                at = (*path, key, place)
                yield from _conditions(at, entry.event, entry.when or ())
        yield from _dues(path, owed)
        yield from _scopes(path, owed)


def _conditions(
    path: Path, name: str, conditions: Iterable[Condition]
) -> Iterator[Finding]:
    for condition in conditions:
        (word,) = condition.model_fields_set
        meant = getattr(condition, word)
        if word in ("equals", "one_of", "none_of", "contains"):
            for field, values in meant.items():
                yield from _values(path, name, field, values)
        elif isinstance(meant, LatestIsSpec):
            yield from _values(path, meant.event, meant.field, meant.values)
        elif isinstance(meant, KnownSpec):
            for field, value in meant.where.items():
                yield from _values(path, meant.event, field, value)


def _values(path: Path, event: str, field: str, values: object) -> Iterator[Finding]:
    """Complain of values that a field of an event never has."""
    valid = enumerated(event, field)
    for value in values if isinstance(values, tuple) else (values,):
        # Of what is no list of values, only that it is text, and no truth, is known.
        wrong = isinstance(value, bool) if valid is None else not _is_in(value, valid)
        if wrong:
            listed = "a text" if valid is None else ", ".join(map(_written, valid))
            yield Finding(
                path, f"{field} of {event} is never {_written(value)}; valid: {listed}"
            )


def _is_in(value: object, valid: tuple[Any, ...]) -> bool:
    return any(value == one and type(value) is type(one) for one in valid)


def _written(value: object) -> str:
    """Write a value as a profile does: `"true"` is a text, and no truth."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if value in ("true", "false") else str(value)


def _dues(path: Path, owed: ObligationSpec) -> Iterator[Finding]:
    """A due time that is chosen by a field has a case for each of its values."""
    for place, opening in enumerate(owed.opens_on):
        due = opening.due or owed.due
        valid = enumerated(opening.event, due.choose) if due.choose else None
        at = (*path, "opens_on", place) if opening.due else (*path, "due")
        for value in due.cases if valid else ():
            yield from _values(at, opening.event, str(due.choose), value)
        for value in valid or ():
            if value not in due.cases:
                yield Finding(
                    at,
                    f"nothing is due when {due.choose} of {opening.event} is {value};"
                    " give it a case",
                )


def _scopes(path: Path, owed: ObligationSpec) -> Iterator[Finding]:
    """A closing by scope, and what an opening looks for, is of a kind that opens."""
    opened = [
        tuple(part.kind for part in opening.per or owed.per)
        for opening in owed.opens_on
    ]
    written = " or ".join(dict.fromkeys("/".join(kinds) for kinds in opened))
    for place, closing in enumerate(owed.closed_by):
        kinds = tuple(part.kind for part in closing.of or ())
        # What is owed for the whole case closes whatever scope an event has.
        if kinds and kinds not in opened and ("case",) not in opened:
            yield Finding(
                (*path, "closed_by", place),
                f"of {'/'.join(kinds)} closes nothing: it opens per {written}",
            )
    for place, opening in enumerate(owed.opens_on):
        for word in ("unless_open", "supersedes"):
            kind = getattr(opening, word)
            if kind is not None and kind not in [kinds[0] for kinds in opened]:
                yield Finding(
                    (*path, "opens_on", place),
                    f"{word} {kind} finds nothing: it opens per {written}",
                )
