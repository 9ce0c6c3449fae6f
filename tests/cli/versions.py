"""A second version of the protocol, as a file, for commands that go from one to it."""

from pathlib import Path

__all__ = ["changed", "second"]


def changed(folder: Path, version: int, changes: str = "") -> str:
    """Write the packaged profile with another version and changes; give its path."""
    path = folder / f"changed_{version}.yaml"
    path.write_text(
        "profile: nz-2009\n"
        f"version: {version}\n"
        "title: The Plan of Action of 2009, changed\n"
        "source: a test\n"
        "extends: nz_2009.yaml\n"
        f"{changes}",
        encoding="utf-8",
    )
    return str(path)


def second(folder: Path) -> str:
    """Write a version 2 that has no advisers, and informs the Minister sooner."""
    return changed(
        folder,
        2,
        "obligations:\n"
        "  provide_adviser: null\n"
        "  inform_minister: {due: PT2H elapsed}\n",
    )
