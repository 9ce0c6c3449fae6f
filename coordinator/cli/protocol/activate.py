"""
`coordinator protocol activate`: put a version of the protocol in force.

What opens from then on opens under it; what is open keeps its version. A running bus
takes it over at once.
"""

from typer import echo

from coordinator import bootstrap
from coordinator.bootstrap import reading, versions_of
from coordinator.cli import options
from coordinator.cli.screen import put_value, talk
from coordinator.protocol.compare import differences
from coordinator.runtime.activation import Activation
from coordinator.settings import Settings

__all__ = ["activate"]

# What fits a screen; `coordinator protocol diff` says everything.
_SHOWN = 20


def activate(
    name: options.ProfileGiven,
    *,
    home: options.Home = None,
    json: options.AsJson = False,
) -> None:
    """Activate a profile, and say what changes with it."""
    settings = options.settings_of(home=home, profile=name)
    activation = bootstrap.activate(settings)
    words = _words(settings, activation)
    if json:
        put_value(
            {
                "active": activation.after,
                "before": activation.before,
                "changed": activation.before != activation.after,
                "differences": words,
            }
        )
    else:
        _tell(activation, words)


def _words(settings: Settings, activation: Activation) -> list[str]:
    """Say how the version now active differs from the one before, as both are kept."""
    before, after = activation
    if before in (None, after):
        return []
    with reading(settings) as store:
        versions = versions_of(store)
    found = differences(versions[str(before)].spec, versions[after].spec)
    return [one.words for one in found]


def _tell(activation: Activation, words: list[str]) -> None:
    before, after = activation
    if before == after:
        echo(f"{after} is active already; nothing was changed.")
        return
    if before is None:
        echo(f"{after} is active; the home is new.")
        return
    echo(f"{after} is active, in place of {before}.")
    for line in words[:_SHOWN]:
        echo(f"  {line}")
    if len(words) > _SHOWN:
        echo(f"  … and {len(words) - _SHOWN} more; see `coordinator protocol diff`")
    talk(
        f"What opens from now on opens under {after}. Open cases keep their version;"
        " `coordinator protocol migrate --all-open` moves them."
    )
