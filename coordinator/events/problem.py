"""
What is wrong with something sent, in the shape of RFC 9457 (problem details).

One value serves the HTTP body, the receipt and the command line. Its words never
repeat what was sent: an event is about a person, and a problem ends in log lines.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

# Why something is turned away before it is decided: the HTTP status (RFC 9110)
# and the title of each rule.
INGRESS_RULES: Final = {
    "unreadable": (400, "The event cannot be read"),
    "forged_source": (403, "The source is not the sender"),
    "coordinator_type": (403, "Only the coordinator says this"),
    "signature": (403, "The signature does not hold"),
    "id_reused": (409, "The id was used for something else"),
    "oversize": (413, "The event is too large"),
    "schema": (422, "The event does not fit its schema"),
    "unknown_type": (422, "The type of event is not known"),
    "unknown_agency": (422, "The agency is not known"),
    "subject": (422, "The subject does not fit"),
    "future_time": (422, "The time lies ahead"),
}

_TYPE_PREFIX: Final = "urn:nz:item23:problem:"


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One refusal or rejection, as data.

    `type` is a URN ending in the rule, `status` an HTTP status, `rule` the id of what
    was broken, `cite` the place in the Plan it comes from (None: a rule of the bus
    itself), `event_id` the event's id when it has a well-formed one, `pointer` an RFC
    6901 pointer to the bad field ("" is the whole event, None: no single field).

    Source: RFC 9457, section 3.1.
    """

    type: str
    title: str
    status: int
    detail: str
    rule: str
    cite: str | None = None
    event_id: str | None = None
    pointer: str | None = None

    @classmethod
    def of(
        cls,
        rule: str,
        detail: str,
        *,
        cite: str | None = None,
        event_id: str | None = None,
        pointer: str | None = None,
    ) -> Problem:
        """
        Build the problem of an ingress rule, a key of `INGRESS_RULES`.

        `detail` says what would be valid and quotes nothing that was sent; any other
        `rule` is a KeyError, a mistake of ours and not the sender's.
        """
        status, title = INGRESS_RULES[rule]
        return cls(
            type=_TYPE_PREFIX + rule,
            title=title,
            status=status,
            detail=detail,
            rule=rule,
            cite=cite,
            event_id=event_id,
            pointer=pointer,
        )

    def as_record(self) -> dict[str, str | int | None]:
        """
        Give the problem as a JSON object, members in RFC 9457's order.

        `rule` and `cite` are always there, so that a reader sees that nothing is
        cited; any other member that is None is left out.
        """
        return {
            name: value
            for name, value in asdict(self).items()
            if value is not None or name in {"rule", "cite"}
        }
