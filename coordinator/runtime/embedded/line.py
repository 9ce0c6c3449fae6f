"""
An agency's line to a home on the same machine.

What it says is decided by whoever decides for the home, or else here. Its inbox is a
table of the home, read from the beginning at each start: what was kept before is known
by its id, and no number has to be trusted that a restored backup would make wrong.

The process that decides does not know who reads, and SQLite tells nobody of a change;
so the file is asked for its version, a few times a second. That looks at memory shared
by all who have the file open, costs microseconds, and cannot miss anything.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import orjson

from coordinator.events import OperatorError, decode
from coordinator.protocol import Decision, Rules, profile_from_value, view_of
from coordinator.runtime.line import Arrival, Keep, LineBrokenError, keep_surely
from coordinator.runtime.port import InboxItem, Store, StoreError
from coordinator.runtime.receipts import receipt_of
from coordinator.runtime.step import Outcome, Submission
from coordinator.topics.records import Receipt

__all__ = ["EmbeddedLine"]

_LOOK_S: Final = 0.2
_TOGETHER: Final = 100


class EmbeddedLine:
    """
    See `line.Line`.

    Args:
        agency: Whose.
        store: The home's, open to read.
        version: Gives a number that changes whenever another process wrote to it.
        submit: Has something decided, and comes back once it is durable; it may take
            its time, and is called in a thread.
    """

    def __init__(
        self,
        agency: str,
        store: Store,
        version: Callable[[], int],
        submit: Callable[[Submission], Outcome],
    ) -> None:
        self._agency = agency
        self._store = store
        self._version = version
        self._submit = submit
        # Where nobody decides for the home, each would take it for itself in turn.
        self._sending = asyncio.Lock()
        self._rules: dict[str, Rules] = {}
        self._is_reading = False

    @property
    def is_reading(self) -> bool:
        """Whether the inbox has been read to its end by now."""
        return self._is_reading

    async def send(self, event: bytes) -> Receipt:
        """Say something, and wait for what becomes of it; see `line.Line`."""
        submission = Submission(raw=event, sender=self._agency)
        async with self._sending:
            try:
                outcome = await asyncio.to_thread(self._submit, submission)
            except OperatorError as error:
                # The event, and what it is said about, wait until that is mended.
                raise LineBrokenError(str(error)) from error
        return receipt_of(outcome, self._agency)

    async def receive(self, keep: Keep, kept_to: int | None) -> None:  # noqa: ARG002 - see the module
        """Give everything that arrives to `keep`; see `line.Line`."""
        seen, after = None, 0
        while True:
            # Asked before it is read: what comes in between is found the next time.
            if (version := self._version()) != seen:
                seen = version
                for some in _together(self._store.inbox(self._agency, after=after)):
                    await keep_surely(keep, [self._arrival(item) for item in some])
                    after = some[-1].entry.position
                self._is_reading = True
            await asyncio.sleep(_LOOK_S)

    def _arrival(self, item: InboxItem) -> Arrival:
        entry = item.entry
        decision: Decision = orjson.loads(entry.decision_bytes)
        delivery = decision["deliveries"][item.place]
        rules = self._rules_of(decision["profile"])
        view = view_of(decode(entry.event), entry.key, delivery, rules)
        return Arrival(
            id=delivery["id"],
            case=entry.key,
            view=delivery["view"],
            event=orjson.dumps(view),
            place=entry.position,
        )

    def _rules_of(self, reference: str) -> Rules:
        if reference not in self._rules:
            for kept in self._store.profiles():
                profile = profile_from_value(orjson.loads(kept.value))
                self._rules[kept.reference] = profile.rules
        try:
            return self._rules[reference]
        except KeyError:
            message = f"{reference}: the log needs it, and it is not kept in this home"
            raise StoreError(message) from None


def _together(items: Iterable[InboxItem]) -> Iterator[list[InboxItem]]:
    """Cut a stream into lists that are kept in one transaction each."""
    some: list[InboxItem] = []
    for item in items:
        some.append(item)
        if len(some) == _TOGETHER:
            yield some
            some = []
    if some:
        yield some
