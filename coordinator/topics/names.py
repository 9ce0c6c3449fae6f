"""
What topics and groups are called on a cluster, and the way back.

A prefix in front of every name keeps a trial, or a test, apart from the real bus on
the same cluster; by default there is none.
"""

import re
from dataclasses import dataclass

from coordinator.events import AGENCY_PATTERN
from coordinator.topics.role import Role, group_of
from coordinator.topics.topic import Topic

__all__ = ["Names"]

_AGENCY = AGENCY_PATTERN.removeprefix("^").removesuffix("$")
_PLACE = re.escape("{agency}")


@dataclass(frozen=True, slots=True)
class Names:
    """
    The names on one cluster.

    Attributes:
        prefix: Stands in front of each, as it is: `trial.` gives `trial.case.log`.
    """

    prefix: str = ""

    def of(self, topic: Topic, agency: str | None = None) -> str:
        """
        Name a topic.

        Args:
            topic: Any.
            agency: Whose, of a topic that there is for each agency; else not read.

        Raises:
            ValueError: It is not said whose.
        """
        if topic.each_agency and agency is None:
            message = f"{topic.name}: there is one for each agency; say whose"
            raise ValueError(message)
        return self.prefix + topic.of(agency or "")

    def agency_of(self, topic: Topic, name: str) -> str | None:
        """Tell whose a topic is by its name; None where it is no agency's `topic`."""
        found = re.fullmatch(self.pattern(topic), name)
        return found["agency"] if found and topic.each_agency else None

    def pattern(self, topic: Topic) -> str:
        """
        Give a regular expression that a topic's name matches, whoever's it is.

        Its group `agency`, of a topic that there is for each agency, is the id.
        """
        name = re.escape(topic.name).replace(_PLACE, f"(?P<agency>{_AGENCY})")
        return f"^{re.escape(self.prefix)}{name}$"

    def group(self, role: Role, agency: str | None = None) -> str:
        """Name a role's consumer group; of `agency`, with the agency's id."""
        return self.prefix + group_of(role, agency)
