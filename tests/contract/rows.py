"""Entries written by hand, for a store, which never asks what a decision means."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import orjson

from coordinator.events import format_time, made_id
from coordinator.protocol import Decision
from coordinator.runtime.port import NewEntry, NewRejection

__all__ = ["T0", "Writer", "page", "rejection", "timer"]

T0: Final = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)


def timer(obligation: str, rung: int, minutes: float) -> dict[str, Any]:
    """Set a rung to so many minutes after the beginning."""
    at = format_time(T0 + timedelta(minutes=minutes))
    return {"obligation": obligation, "rung": rung, "at": at}


def page(made: str, obligation: str | None, rung: int | None) -> dict[str, Any]:
    """Page somebody about a rung; without one, about a breach."""
    return {
        "id": made,
        "obligation": obligation,
        "name": obligation and "report_to_police",
        "agency": "customs",
        "role": "key_contact",
        "rung": rung,
        "why": "breach" if rung is None else "deadline",
    }


def rejection(raw: bytes, minutes: float = 0) -> NewRejection:
    """Turn bytes away."""
    return NewRejection(T0 + timedelta(minutes=minutes), "customs", raw, b"{}")


class Writer:
    """Numbers each key's entries, as a step does."""

    def __init__(self) -> None:
        self._seqs: dict[str, int] = {}

    def entry(self, key: str, minutes: float = 0, **lists: Any) -> NewEntry:  # noqa: ANN401 - a record's lists, as in JSON
        """
        Write the key's next entry.

        Args:
            key: Any text.
            minutes: Its receipt, counted from the beginning.
            lists: What the decision holds; lists left out are empty.
        """
        seq = self._seqs[key] = self._seqs.get(key, 0) + 1
        event_id = lists.pop("event_id", made_id(key, seq))
        decision = cast("Decision", self._decision(key, seq, minutes, lists))
        return NewEntry(
            key=key,
            seq=seq,
            event_id=event_id,
            received_at=T0 + timedelta(minutes=minutes),
            profile="nz-2009/1",
            sender=lists.get("sender"),
            contact_known=lists.get("contact_known"),
            event=lists.get("event", orjson.dumps({"id": event_id})),
            decision=decision,
            decision_bytes=orjson.dumps(decision),
        )

    def _decision(
        self, key: str, seq: int, minutes: float, lists: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "seq": seq,
            "case": key,
            "at": format_time(T0 + timedelta(minutes=minutes)),
            "exercise": False,
            "verdict": "accepted",
            "deliveries": [
                {"id": made_id(key, seq, to), "to": to, "view": "full", "without": []}
                for to in lists.get("deliveries", ())
            ],
            "opened": [{"id": one} for one in lists.get("opened", ())],
            "closed": [{"id": one} for one in lists.get("closed", ())],
            "pages": list(lists.get("pages", ())),
            "timers": list(lists.get("timers", ())),
            "notices": [
                {"id": made_id(key, seq, to), "to": to, "kind": "initial"}
                for to in lists.get("notices", ())
            ],
        }
