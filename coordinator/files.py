"""
The files that people edit or that come with the package: profiles, scenarios, contacts.

What is in them is for `protocol`, `evaluation` and `contacts` to say; here they are
found and read, and what cannot be read is told in one line.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from coordinator.contacts import EMPTY, Directory
from coordinator.contacts.loading import load
from coordinator.evaluation.coverage import Recording
from coordinator.events import OperatorError
from coordinator.events.located_yaml import read_located
from coordinator.protocol import Knows, Profile, load_profile
from coordinator.settings import Settings

__all__ = [
    "knows_of",
    "named_profile",
    "profile_source",
    "read_directory",
    "recordings",
]

_PROFILES = files("coordinator.protocol") / "profiles"
_SCENARIOS = files("coordinator.protocol") / "scenarios"


def named_profile(name: str) -> Profile:
    """
    Load a profile.

    Args:
        name: A packaged profile's name (`nz-2009`), or a file's path.

    Raises:
        OperatorError: One line with file, line and what would be valid.
    """
    return load_profile(*profile_source(name))


def profile_source(name: str) -> tuple[str, Callable[[str], str]]:
    """
    Give a profile's file name, and what reads it and the files it builds on.

    Args:
        name: As for `named_profile`.

    Raises:
        OperatorError: There is no such profile.
    """
    packaged = f"{name.replace('-', '_')}.yaml"
    if (_PROFILES / packaged).is_file():
        return packaged, _packaged
    path = Path(name)
    if not path.is_file():
        known = ", ".join(
            sorted(
                one.name.removesuffix(".yaml").replace("_", "-")
                for one in _PROFILES.iterdir()
                if one.name.startswith("nz_")
            )
        )
        message = f"{name}: no such profile; valid: {known}, or a profile's file"
        raise OperatorError(message)

    def beside(file: str) -> str:
        """An included file stands beside the profile, or is packaged."""
        local = path.parent / file
        return _text(local) if local.is_file() else _packaged(file)

    return path.name, beside


def recordings(folder: Path | None, profile: str) -> list[Recording]:
    """
    Read the scenarios that a profile is to meet, every `NAME.ndjson` of a folder.

    A `NAME.yaml` beside it may say in `unknown_contacts` whom the directory lacks.

    Args:
        folder: By default the packaged one, and the one within it of the profile.
        profile: The profile's name.

    Raises:
        OperatorError: There is none, or one cannot be read.
    """
    places = [folder] if folder else [_SCENARIOS, _SCENARIOS / profile]
    found = [one for place in places for one in _recordings(place)]
    if not found:
        message = f"{folder}: no scenarios; name a folder with files of events, .ndjson"
        raise OperatorError(message)
    return found


def _recordings(place: Traversable) -> Iterator[Recording]:
    names = sorted(one.name for one in place.iterdir()) if place.is_dir() else []
    for name in names:
        if name.endswith(".ndjson"):
            yield Recording(
                name=name,
                events=tuple((place / name).read_bytes().splitlines()),
                unknown_contacts=_unknown_contacts(place, name, names),
            )


def _unknown_contacts(
    place: Traversable, name: str, names: Sequence[str]
) -> frozenset[str]:
    told = f"{name.removesuffix('.ndjson')}.yaml"
    if told not in names:
        return frozenset()
    value = read_located((place / told).read_text(encoding="utf-8"), file=told).value
    listed = value.get("unknown_contacts") if isinstance(value, dict) else None
    return frozenset(map(str, listed if isinstance(listed, list) else ()))


def _packaged(file: str) -> str:
    """Read a packaged file; a profile names it, so it must not lead elsewhere."""
    if "/" in file or not (_PROFILES / file).is_file():
        message = f"{file}: no such file beside the profile or in the package"
        raise OperatorError(message)
    return (_PROFILES / file).read_text(encoding="utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as text ({type(error).__name__})"
        raise OperatorError(message) from None


def read_directory(folder: Path) -> Directory:
    """
    Read the directory of contacts.

    Only the default folder may be missing; then nobody is in the directory.

    Raises:
        DirectoryError: The folder or a file cannot be read, or a line is wrong.
    """
    if folder == Settings.model_fields["contacts"].default and not folder.exists():
        return EMPTY
    return load(folder)


def knows_of(directory: Directory) -> Knows:
    """Give ingress what it looks up in a directory."""
    return Knows(
        agency=directory.knows_agency,
        contact=directory.knows_contact,
        public_key=directory.public_key,
    )
