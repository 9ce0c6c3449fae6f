"""Killing an agency's agent again and again, and what must hold then."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from coordinator.runtime.sqlite.tray import Tray

PROGRAM = Path(__file__).with_name("agency.py")
ROOT = Path(__file__).parents[2]
ENOUGH_S = 60.0


class Campaign:
    """
    An agent that is killed, and started again.

    Args:
        home: Its home.
        environment: Its settings.
        seed: When it is killed.
    """

    def __init__(self, home: Path, environment: Mapping[str, str], seed: int) -> None:
        self._out = home / "out"
        self._tray = home / "agents" / "police.sqlite"
        self._environment = {
            "PYTHONPATH": str(ROOT),
            "COORDINATOR_HOME": str(home),
            **environment,
        }
        self._chance = random.Random(seed)
        self.in_hand: Counter[str] = Counter()
        """How often each delivery was in hand at a kill."""

    def lines(self) -> list[tuple[str, str, int]]:
        """Read what the handlers wrote: a word, a delivery, which attempt."""
        if not self._out.exists():
            return []
        rows = [line.split() for line in self._out.read_text().splitlines()]
        return [(word, delivery, int(attempt)) for word, delivery, attempt in rows]

    def kill_after(self, more: int) -> None:
        """Run it until some more lines are written or so, then kill it."""
        until = len(self.lines()) + self._chance.randrange(1, more)
        with self._started() as child:
            while len(self.lines()) < until:
                self._look(child)
            child.kill()
        tray = Tray(self._tray)
        for case in tray.cases():
            waiting = tray.first_of(case)
            if waiting is not None and waiting.attempts:
                self.in_hand[waiting.id] += 1
        tray.close()

    def finish(self, deliveries: int) -> None:
        """Run it until every delivery was handled, then stop it."""
        with self._started() as child:
            while len(self.handled()) < deliveries:
                self._look(child)
            child.terminate()
            assert child.wait(ENOUGH_S) == 0

    def handled(self) -> set[str]:
        """Name the deliveries whose handlers came to an end."""
        return {delivery for word, delivery, _ in self.lines() if word != "begins"}

    def assert_repeats_were_in_hand(self) -> None:
        """What began more than once was in hand at a kill, and was told so."""
        begun = [one[1:] for one in self.lines() if one[0] == "begins"]
        times = Counter(delivery for delivery, _ in begun)
        assert all(
            times[delivery] <= 1 + self.in_hand[delivery] for delivery in times
        ), (times, self.in_hand)
        # An attempt is counted before the handler begins; it may not have come to it.
        for delivery in times:
            attempts = [attempt for one, attempt in begun if one == delivery]
            assert attempts == sorted(set(attempts))
            assert attempts[-1] <= 1 + self.in_hand[delivery]

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, str(PROGRAM), str(self._out)],
            cwd=ROOT,
            env=self._environment,
        )

    def _look(self, child: "subprocess.Popen[bytes]") -> None:
        """Give it a moment; it must not end by itself."""
        try:
            code = child.wait(0.002)
        except subprocess.TimeoutExpired:
            return
        message = f"it ended by itself with {code}"
        raise AssertionError(message)
