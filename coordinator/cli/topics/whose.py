"""Which agencies have topics and rights: those named, or all that a profile lists."""

from collections.abc import Sequence
from typing import Annotated

from typer import Option

from coordinator.bootstrap import named_profile
from coordinator.cli.failures import UsageError
from coordinator.cli.options import agency_id
from coordinator.settings import Settings

__all__ = ["Agencies", "agencies_of"]

Agencies = Annotated[
    list[str] | None,
    Option(
        "--agency",
        metavar="AGENCY",
        help="An agency that has topics; may be given again. If none is, all that the"
        " profile names one by one.",
        parser=agency_id,
    ),
]


def agencies_of(settings: Settings, named: Sequence[str] | None) -> list[str]:
    """
    Give the ids of agencies that have an outbox and an inbox.

    The bus itself has none. A kind of agencies (`ngo-*`) is no agency: its members are
    named.

    Raises:
        UsageError: One that is named is not in the protocol.
        OperatorError: The profile is wrong.
    """
    rules = named_profile(settings.profile).rules
    spec = rules.spec
    for agency in named or ():
        if agency == spec.coordinator or not rules.admits_agency(agency):
            known = ", ".join(one for one in spec.agencies if one != spec.coordinator)
            message = f"{agency}: no agency of {rules.reference}; they are {known}"
            raise UsageError(message)
        if "*" in agency:
            message = f"{agency}: a kind of agencies; name each one that has joined"
            raise UsageError(message)
    if named:
        return list(dict.fromkeys(named))
    whole = (one for one in spec.agencies if one not in rules.patterns)
    return [one for one in whole if one != spec.coordinator]
