"""
Reading the directory from the folder people edit: one YAML file an agency.

The only input of the package. A file is named by its agency's id (police.yaml). Other
files are left alone, so that a README can stand beside them, but not one whose name
shows that it was meant to be read.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from coordinator.contacts.agency_file import AgencyFile, complaint, read_agency_file
from coordinator.contacts.directory import Directory, Person
from coordinator.contacts.errors import DirectoryError
from coordinator.events.fields import AgencyId
from coordinator.events.located_yaml import (
    MAX_BYTES,
    LocatedError,
    quoted,
    read_located,
)

_AGENCY_ID: Final = TypeAdapter[str](AgencyId)
_SUFFIX: Final = ".yaml"
_MEANT_TO_BE_READ: Final = frozenset({".yaml", ".yml"})


def load(folder: Path) -> Directory:
    """
    Read every agency's file in a folder, in the order of their names.

    All or nothing: from a directory with a part left out, somebody would not be paged.

    Raises:
        DirectoryError: The folder or a file cannot be read, or a line is wrong; the
            first one found.
    """
    files = [_read(path) for path in _agency_paths(folder)]
    people = _people_of_all(files)
    _check_roles(files, people)
    agencies = {each.contacts.id: each.contacts for each in files}
    return Directory(agencies=agencies, people=people)


def _agency_paths(folder: Path) -> list[Path]:
    try:
        # A hidden file is an editor's or a mounted volume's own.
        paths = sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in _MEANT_TO_BE_READ
            and not path.name.startswith(".")
        )
    except OSError as error:
        problem = f"the folder cannot be read ({error.strerror}); a folder of agencies"
        raise DirectoryError(file=str(folder), line=1, problem=problem) from None
    if not paths:
        problem = f"no agency's file here; one named <agency id>{_SUFFIX} for each"
        raise DirectoryError(file=str(folder), line=1, problem=problem)
    for path in paths:
        if path.suffix != _SUFFIX or not _is_agency_id(path.stem):
            # Such a name need not fit on one line: it is quoted, not shown as the file.
            problem = (
                f"a file named {quoted(path.name)}; the name is <agency id>{_SUFFIX}, "
                f"an id of lower-case letters, digits and hyphens: police{_SUFFIX}"
            )
            raise DirectoryError(file=str(folder), line=1, problem=problem)
    return paths


def _is_agency_id(text: str) -> bool:
    try:
        _AGENCY_ID.validate_python(text)
    except ValidationError:
        return False
    return True


def _read(path: Path) -> AgencyFile:
    file = str(path)
    try:
        located = read_located(_text(path), file=file)
    except LocatedError as error:
        raise DirectoryError(
            file=file, line=error.line, problem=error.problem
        ) from None
    return read_agency_file(located, agency=path.stem)


def _text(path: Path) -> str:
    """Read one file, never more of it than could be valid."""
    file = str(path)
    try:
        # Opening a pipe would wait for somebody to write to it.
        if not path.is_file():
            problem = "not a file; a text file with an agency's contacts"
            raise DirectoryError(file=file, line=1, problem=problem)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror}); see its permissions"
        raise DirectoryError(file=file, line=1, problem=problem) from None
    if len(raw) > MAX_BYTES:
        problem = f"a file of over {MAX_BYTES} bytes; at most so many are read"
        raise DirectoryError(file=file, line=1, problem=problem)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = "not UTF-8; save the file in that encoding"
        raise DirectoryError(file=file, line=line, problem=problem) from None


def _people_of_all(files: Iterable[AgencyFile]) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for each in files:
        for person in each.people:
            known = people.setdefault(person.id, person)
            if known is not person:
                problem = (
                    f"contact id {quoted(person.id)} is in {known.agency}{_SUFFIX} "
                    "too; one of the two needs another id"
                )
                raise complaint(each.located, ("people", person.id), problem)
    return people


def _check_roles(files: Iterable[AgencyFile], people: Mapping[str, Person]) -> None:
    for each in files:
        for role, contact_ids in each.contacts.roles.items():
            for index, contact_id in enumerate(contact_ids):
                if contact_id not in people:
                    problem = (
                        f"{role} names {quoted(contact_id)}, who is in no file; an id "
                        "under 'people' of any agency"
                    )
                    raise complaint(each.located, ("roles", role, index), problem)
