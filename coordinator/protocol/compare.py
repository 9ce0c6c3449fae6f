"""
What changed between two profiles, in words.

Rule 1: every value that differs gives at least one line, and equal profiles give none;
what has no words of its own is told as it is written. Rule 2: a line stands on its own:
it says which entry it is about. Rule 3: an entry of a list that two profiles hold is
recognised by what it is about, not by its place; a gate's place is told as well, for a
refusal names it (`<event>.<n>`).

Source: docs/rules.md, Versions.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from coordinator.protocol import words
from coordinator.protocol.profile import ProfileSpec
from coordinator.protocol.spec import Spec
from coordinator.protocol.spec_events import GateSpec
from coordinator.protocol.words import entries

__all__ = ["Difference", "differences"]


class Difference(NamedTuple):
    """
    One thing that changed.

    `kind` is the part of the profile (`events`; `profile` for what is not in one),
    `name` the entry (empty where the part has none), `words` the whole line, `cite` the
    entry's source (empty where it has none).
    """

    kind: str
    name: str
    words: str
    cite: str


def differences(old: ProfileSpec, new: ProfileSpec) -> list[Difference]:
    """Tell every difference, in the order of a profile's parts."""
    both = _Both(old, new)
    return [
        found
        for kind in type(old).model_fields
        if getattr(old, kind) != getattr(new, kind)
        for found in _part(kind, both)
    ]


class _Both(NamedTuple):
    old: ProfileSpec
    new: ProfileSpec


def _part(kind: str, both: _Both) -> Iterator[Difference]:
    """Compare one part of the profiles, entry by entry where it has some."""
    old, new = getattr(both.old, kind), getattr(both.new, kind)
    if not isinstance(old, dict):
        part = "profile" if isinstance(old, (str, int)) else kind
        for line in _tell(entries.label(kind), old, new, both):
            yield Difference(part, "", line, getattr(new, "cite", ""))
        return
    for name in [*old, *(name for name in new if name not in old)]:
        was, now = old.get(name), new.get(name)
        cite = getattr(now if now is not None else was, "cite", "")
        subject = _subject(kind, name, both)
        if now is None:
            yield Difference(kind, name, f"{subject} is gone", cite)
        elif was is None:
            yield Difference(kind, name, f"{subject} is new{_new(now, both)}", cite)
        elif was != now:
            for line in _tell("", was, now, both):
                yield Difference(kind, name, f"{subject}: {line}", cite)


_SUBJECT: Final = {
    "agencies": "agency",
    "groups": "group",
    "offices": "office",
    "registers": "register",
    "calendars": "calendar",
    "closures": "closure",
    "ladders": "ladder",
}


def _subject(kind: str, name: str, both: _Both) -> str:
    if kind == "obligations":
        spec = both.new if name in both.new.obligations else both.old
        return words.obligation(name, spec)
    return f"{_SUBJECT[kind]} {name}" if kind in _SUBJECT else name


def _new(entry: object, both: _Both) -> str:
    """Introduce a new entry: what it is, and who has to do with it."""
    if isinstance(entry, tuple):
        return f": {entries.raw(entry)}"
    parts = [
        f"{entries.label(field)} {entries.put(field, getattr(entry, field), both.new)}"
        for field in ("name", "says", "emitters", "owner", "due", "values")
        if hasattr(entry, field)
    ]
    return f": {'; '.join(parts)}" if parts else ""


# --- from values to lines ------------------------------------------------------------


def _tell(label: str, old: object, new: object, both: _Both) -> Iterator[str]:
    """Tell how two values that differ do so; at least one line."""
    if isinstance(old, Spec) and type(old) is type(new):
        yield from _fields(label, old, new, both)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _keys(label, old, new, both)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        if any(isinstance(one, Spec) for one in (*old, *new)):
            yield from _entries(label, old, new, both)
        else:
            yield _under(label, _members(old, new))
    else:
        yield f"{label} {entries.raw(old)} → {entries.raw(new)}"


def _fields(label: str, old: Spec, new: object, both: _Both) -> Iterator[str]:
    """Compare two entries of one shape, field by field."""
    for field in type(old).model_fields:
        was, now = getattr(old, field), getattr(new, field)
        if was == now:
            continue
        if field in entries.WORDS:
            before = entries.put(field, was, both.old)
            after = entries.put(field, now, both.new)
            if before == after:  # the words say less than the values
                before, after = entries.raw(was), entries.raw(now)
            yield _under(label, f"{entries.label(field)} {before} → {after}")
        else:
            for line in _tell(entries.label(field), was, now, both):
                yield _under(label, line)


def _keys(
    label: str, old: Mapping[Any, Any], new: Mapping[Any, Any], both: _Both
) -> Iterator[str]:
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            yield _under(label, f"{key} ({entries.raw(old[key])}) is gone")
        elif key not in old:
            yield _under(label, f"{key} ({entries.raw(new[key])}) is new")
        elif old[key] != new[key]:
            yield from (
                _under(label, line) for line in _tell(key, old[key], new[key], both)
            )


def _members(old: Sequence[object], new: Sequence[object]) -> str:
    """Tell what a list of names or numbers gained and lost, or that its order did."""
    gained = [entries.raw(one) for one in (Counter(new) - Counter(old)).elements()]
    lost = [entries.raw(one) for one in (Counter(old) - Counter(new)).elements()]
    parts = []
    if gained:
        parts.append(f"adds {', '.join(gained)}")
    if lost:
        parts.append(f"drops {', '.join(lost)}")
    return "; ".join(parts) or f"in another order: {', '.join(map(entries.raw, new))}"


# --- lists of entries -----------------------------------------------------------------

# Only a gate's place has a meaning: it is the rule's number.
_NUMBERED: Final = ("gate",)


def _entries(
    label: str, old: Sequence[Spec], new: Sequence[Spec], both: _Both
) -> Iterator[str]:
    """Tell which entries of a list changed, went and came, or that their order did."""
    pairs, gone, come = _paired(old, new)
    lines = [
        line
        for place, there in pairs
        for line in _kept(label, (place, old[place]), (there, new[there]), both)
    ]
    lines += [f"{_name(label, n, old[n], both.old)} is gone" for n in gone]
    lines += [f"{_name(label, n, new[n], both.new)} is new" for n in come]
    each = "; ".join(entries.described(one, both.new) for one in new)
    yield from lines or [f"{label}: in another order: {each}"]


def _kept(
    label: str, old: tuple[int, Spec], new: tuple[int, Spec], both: _Both
) -> Iterator[str]:
    (place, was), (there, now) = old, new
    name = _name(label, place, was, both.old)
    if label in _NUMBERED and place != there:
        yield f"{name} is now {label} {there + 1}"
    if was != now:
        yield from _fields(name, was, now, both)


def _paired(
    old: Sequence[Spec], new: Sequence[Spec]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair the places of entries: the same, those about the same; then what is left."""
    gone, come = list(range(len(old))), list(range(len(new)))
    pairs = []
    for known_by in (lambda one: one, entries.about, _asked):
        for place in list(gone):
            key = known_by(old[place])
            there = next((at for at in come if known_by(new[at]) == key), None)
            if there is not None:
                pairs.append((place, there))
                gone.remove(place)
                come.remove(there)
    return sorted(pairs), gone, come


def _asked(one: Spec) -> object:
    """Tell by what a gate is known again when its own words changed."""
    return one.require if isinstance(one, GateSpec) else one


def _name(label: str, place: int, one: Spec, spec: ProfileSpec) -> str:
    number = f" {place + 1}" if label in _NUMBERED else ""
    return f"{label}{number} ({entries.described(one, spec)})"


def _under(label: str, line: str) -> str:
    return f"{label}: {line}" if label else line
