"""`coordinator protocol diff`: what changed between two profiles, in words."""

from itertools import groupby
from typing import Annotated

from rich.padding import Padding
from rich.text import Text
from typer import Argument

from coordinator.bootstrap import named_profile
from coordinator.cli import options
from coordinator.cli.screen import put_value, screen, talk
from coordinator.protocol.compare import differences

__all__ = ["diff"]


def diff(
    old: options.ProfileGiven,
    new: Annotated[str, Argument(metavar="Q", help="The profile to compare it with.")],
    *,
    json: options.AsJson = False,
) -> None:
    """Tell every difference, by the part of the profile, with the entry's source."""
    before, after = named_profile(old).spec, named_profile(new).spec
    found = differences(before, after)
    if json:
        for one in found:
            put_value(one._asdict())
        return
    if not found:
        talk(f"{before.reference} and {after.reference}: no difference")
    console = screen()
    for kind, within in groupby(found, key=lambda one: one.kind):
        console.print(Text(kind.replace("_", " ").capitalize(), style="bold"))
        for one in within:
            text = Text(one.words)
            if one.cite not in one.words:
                text.append(f"  ({one.cite})", style="dim")
            console.print(Padding(text, (0, 0, 0, 2), expand=False))
