"""How an agent works: how much at a time, and how long it tries again what fails."""

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """
    Bounds, and waits that double.

    As it stands it gives up after half an hour or so: an agency's own system can be
    restarted in that time, and where it takes longer, somebody is told well before the
    shortest due times of the protocol, which are hours.

    Attributes:
        first_s: The longest wait after the first failure; seconds.
        most_s: The longest of all; seconds.
        tries: How many attempts there are, before the delivery is parked.
        limit_s: How long one attempt may take; seconds.
        together: How many cases are handled at a time.
        grace_s: How long a stop waits for what is in hand; seconds.
    """

    first_s: float = 1.0
    most_s: float = 900.0
    tries: int = 12
    limit_s: float = 300.0
    together: int = 8
    grace_s: float = 20.0

    def wait(self, tries: int, chance: float) -> timedelta:
        """
        Say how long to wait for the next attempt.

        Args:
            tries: The attempts so far, at least 1.
            chance: At least 0 and below 1; takes up to half of the wait away, so that
                not all that failed together come back together.
        """
        longest = min(self.most_s, self.first_s * 2 ** min(tries - 1, 64))
        return timedelta(seconds=longest * (1 - chance / 2))
