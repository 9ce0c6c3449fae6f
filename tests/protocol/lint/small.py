"""Small profiles, for proofs about one thing: a report begins a case, and no more."""

from copy import deepcopy
from typing import Any, Final

from coordinator.protocol.profile import ProfileSpec
from tests.golden.stories import nz_2009

__all__ = ["BEGINS", "gate", "small"]

BEGINS: Final = "public_report.received"
# What a profile's `certificate` names.
_KEPT: Final = ("certification.issued", "certification.withdrawn")


def gate(*require: dict[str, Any], breach: str = "refuse") -> dict[str, Any]:
    """Write a gate."""
    return {"require": list(require), "breach": breach, "says": "so", "mend": "So."}


def small(
    events: dict[str, Any],
    obligations: dict[str, Any] | None = None,
    **other: Any,  # noqa: ANN401 - any section of a profile
) -> ProfileSpec:
    """
    Make a profile of these events, and of a report that begins a case.

    What an event leaves out is: Police say it, nobody receives it, it is the Plan's.
    """
    value = deepcopy(dict(nz_2009().value))
    kept: dict[str, Any] = {name: {} for name in _KEPT}
    every = {BEGINS: {"open_to_all": True}, **kept, **events}
    value["events"] = {name: _row(given) for name, given in every.items()}
    value["obligations"] = {
        name: {"number": name, "says": name, "ladder": "standard", "cite": "L1", **owed}
        for name, owed in (obligations or {}).items()
    }
    value["notices"] = []
    return ProfileSpec.model_validate(value | other)


def _row(given: dict[str, Any]) -> dict[str, Any]:
    """Fill up a row; one with receivers has no reason for having none."""
    reason = {} if "to" in given else {"no_receiver": "nobody"}
    return {"emitters": ["police"], "cite": "L1", **reason, **given}
