"""
Sending events and writing their answers, a transaction at a time.

Rule 1: what cannot be read is sent as well, so that it is kept and answered. Rule 2:
an answer is written once it is durable. Rule 3: a line that cannot be read stops
nothing; a store that cannot keep stops everything, and then nothing is answered.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from typer import echo

from coordinator.bootstrap import answered
from coordinator.cli.answers import as_line, as_record
from coordinator.cli.failures import REFUSED, USAGE
from coordinator.cli.incoming import Incoming, arrivals, opened
from coordinator.cli.progress import progress
from coordinator.cli.screen import put_value, talk
from coordinator.events import CoordinatorError
from coordinator.runtime.step import Submission
from coordinator.settings import Settings
from coordinator.topics.records import Receipt

__all__ = ["Sending", "exit_code", "send", "send_file"]

# One transaction's worth: its answers come together, once it is durable.
_BATCH: Final = 100

Sent = tuple[Incoming | None, bytes]


class Sending(NamedTuple):
    """
    How events are sent, and how their answers are written.

    `sender` is the one agency that may be their source; None trusts them. Without
    `keep` they are decided and nothing is kept.
    """

    settings: Settings
    sender: str | None
    keep: bool
    json: bool


def send(sending: Sending, sent: list[Sent]) -> Counter[str]:
    """Have events decided in one go, and write their answers."""
    submissions = [Submission(raw=raw, sender=sending.sender) for _, raw in sent]
    receipts = answered(sending.settings, submissions, keep=sending.keep)
    for (place, _), receipt in zip(sent, receipts, strict=True):
        if sending.json:
            put_value(as_record(receipt, place))
        else:
            echo(as_line(receipt, place))
    sys.stdout.flush()
    return Counter(_kind(receipt) for receipt in receipts)


def _kind(receipt: Receipt) -> str:
    is_unreadable = receipt["case"] is None and receipt["rule"] == "unreadable"
    return "unreadable" if is_unreadable else receipt["verdict"]


def exit_code(counts: Counter[str]) -> int:
    """Say it as an exit code: what cannot be read counts for more than a refusal."""
    if counts["unreadable"]:
        return USAGE
    return REFUSED if counts["refused"] or counts["rejected"] else 0


def send_file(sending: Sending, file: str) -> Counter[str]:
    """
    Send a file's events as they come, and say in the end what became of them.

    Args:
        sending: How.
        file: A path, or `-` for stdin.

    Returns:
        How many there were of each verdict; `unreadable` ones are not in `rejected`.
    """
    counts: Counter[str] = Counter()
    # Answers on the same screen show how far it is.
    is_quiet = file == "-" or sys.stdout.isatty()
    size = 0 if is_quiet or not Path(file).is_file() else Path(file).stat().st_size
    with (
        opened(file) as stream,
        progress("bytes", total=size, is_quiet=is_quiet) as done,
    ):
        for batch in _batches(arrivals(stream), at_once=not sending.keep):
            try:
                counts += send(sending, [(one, one.raw) for one in batch])
            except CoordinatorError:
                if not sending.json:
                    talk(f"{file}: line {batch[0].line} and what follows was not kept")
                raise
            done(sum(len(one.raw) + 1 for one in batch))
    if not sending.json:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
        talk(f"{file}: {counts.total():,} events: {kinds or 'there were none'}")
    return counts


def _batches(
    come: Iterable[list[Incoming]], *, at_once: bool
) -> Iterator[list[Incoming]]:
    """
    Cut what has come into transactions.

    A dry run is one: what it keeps nothing of, a next one would not know.
    """
    if at_once:
        if every := [one for some in come for one in some]:
            yield every
        return
    for some in come:
        for start in range(0, len(some), _BATCH):
            yield some[start : start + _BATCH]
