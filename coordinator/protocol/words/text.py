"""Lists, lengths of time, agencies and values, as people write them."""

from collections.abc import Iterable, Sequence
from typing import Final

from coordinator.protocol.duration import Duration
from coordinator.protocol.profile import ProfileSpec

__all__ = [
    "agencies",
    "agency",
    "amount",
    "fields",
    "listed",
    "obligation",
    "sentence",
    "value",
]

# A group of up to so many is named by its members: more are a list nobody reads.
_FEW: Final = 4


def listed(items: Iterable[str], word: str = "and") -> str:
    """Join as `a, b and c`; each once, `nothing` where there is none."""
    *others, last = dict.fromkeys(items) or ("nothing",)
    return f"{', '.join(others)} {word} {last}" if others else last


def sentence(phrase: str) -> str:
    """Give a phrase its full stop, and its capital where it begins with a word."""
    ended = phrase if phrase.endswith((".", "?", "!")) else f"{phrase}."
    first, _, _ = ended.rstrip(".").partition(" ")
    is_name = not first.replace("-", "").isalpha()
    return ended if is_name else ended[:1].upper() + ended[1:]


def fields(names: Iterable[str], word: str = "and") -> str:
    """Name fields of an event; what is in backticks is written there as it stands."""
    return listed((f"`{name}`" for name in names), word)


def value(given: object) -> str:
    """Write a value as it stands in the profile; several with `or`."""
    if isinstance(given, tuple):
        return listed((value(one) for one in given), "or")
    return str(given).lower() if isinstance(given, bool) else str(given)


def amount(length: Duration, kind: str = "") -> str:
    """
    Write out a length of time: `1 day and 2 hours`, `2 working days`.

    Args:
        length: No time at all is `no time`.
        kind: Stands before each unit, such as `working`.
    """
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (
        (length.years, "year"),
        (length.days, "day"),
        (hours, "hour"),
        (minutes, "minute"),
        (seconds, "second"),
    )
    return (
        listed(_counted(n, unit, kind) for n, unit in parts if n)
        if any(n for n, _ in parts)
        else "no time"
    )


def _counted(count: int, unit: str, kind: str) -> str:
    return " ".join(
        part for part in (str(count), kind, unit + "s" * (count != 1)) if part
    )


def agency(name: str, spec: ProfileSpec) -> str:
    """Name an agency as the profile does; one that it does not list, by its id."""
    listed_as = spec.agencies.get(name)
    if listed_as is None:
        return name
    first, space, others = listed_as.name.partition(" ")
    # An article is no name: "The bus itself" is "the bus itself" within a sentence.
    if first in ("The", "A", "An"):
        return f"{first.lower()}{space}{others}"
    return listed_as.name


def agencies(names: Sequence[str], spec: ProfileSpec, word: str = "and") -> str:
    """Name agencies; a group of many by the group's name."""
    found: list[str] = []
    for name in names:
        members = spec.groups.get(name, (name,))
        if name in spec.groups and len(members) > _FEW:
            all_of_it = "an agency" if word == "or" else "the agencies"
            found.append(f'{all_of_it} of the group "{name}"')
        else:
            found += [agency(one, spec) for one in members]
    return listed(found, word)


def obligation(name: str, spec: ProfileSpec) -> str:
    """Name an obligation by its number and name; one that is not there, by name."""
    owed = spec.obligations.get(name)
    return name if owed is None else f"{owed.number} {name}"
