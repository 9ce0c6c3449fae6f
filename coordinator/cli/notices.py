"""
What an office is told of a case: a notice, which has no field for a person's data.

Source: docs/rules.md, Decisions; L201-203.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from coordinator.runtime.port import Entry, NoticeItem

__all__ = ["notice_of"]

# What a notice takes over from the event that first told of the case.
_FIELDS: Final = ("offence_basis", "cross_border")


def notice_of(item: NoticeItem, history: Sequence[Entry]) -> dict[str, Any]:
    """
    Render one notice.

    Args:
        item: The notice.
        history: The rows of its case. An update's event says nothing of the offence:
            that is the latest initial notice's, of the same case, up to its own.

    Returns:
        notice_id, case_ref, identified_at, kind and, where they were said,
        offence_basis and cross_border; nothing else.
    """
    made = _notices(item.entry)[item.place]
    told = item.entry
    for entry in history:
        if entry.seq <= item.entry.seq and any(
            one["to"] == made["to"] and one["kind"] == "initial"
            for one in _notices(entry)
        ):
            told = entry
    event = orjson.loads(told.event)
    data = event["data"]
    return {
        "notice_id": made["id"],
        "case_ref": item.entry.key,
        "identified_at": event["time"],
        "kind": made["kind"],
        **{name: data[name] for name in _FIELDS if name in data},
    }


def _notices(entry: Entry) -> Sequence[Mapping[str, Any]]:
    notices: Sequence[Mapping[str, Any]] = orjson.loads(entry.decision_bytes)["notices"]
    return notices
