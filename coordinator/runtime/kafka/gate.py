"""
Ingress's rules, by the version that is active now.

Source: `coordinator.protocol.admission`.
"""

from datetime import datetime

from coordinator.events import Event, Problem
from coordinator.protocol import Admission, Knows, Record
from coordinator.runtime.kafka.versions import Versions

__all__ = ["Gate"]


class Gate:
    """
    What is let in.

    Args:
        versions: Started; one is active.
        knows: What is looked up in the directory.
        require_signatures: Turn away what is not signed.
    """

    def __init__(
        self, versions: Versions, knows: Knows, *, require_signatures: bool = False
    ) -> None:
        self._versions = versions
        self._knows = knows
        self._require_signatures = require_signatures
        self._admission: Admission | None = None

    def admit(
        self, event: Event, *, sender: str | None, at: datetime, earlier: bytes | None
    ) -> Record | Problem:
        """Let an event in, or say why not; see `Admission.admit`."""
        active = self._versions.need_active()
        admission = self._admission
        if admission is None or admission.rules is not active.rules:
            plans = {one.spec.profile for one in self._versions.profiles.values()}
            admission = self._admission = Admission(
                active.rules,
                self._knows,
                require_signatures=self._require_signatures,
                plans=frozenset(plans),
            )
        return admission.admit(event, sender=sender, at=at, earlier=earlier)
