"""
The topics of the bus, in the order in which an event passes them.

    outbox ─▶ case.intake ─▶ case.log ─┬▶ inbox
          └▶ rejected                  └▶ minister.inbox        profiles

The truth is in three of them. `case.intake` says in which order everything came,
`case.log` what was decided, `profiles` by which rules; they are kept for good, and
from them the rest can be made again. An agency may write to its own outbox and read
its own inbox, and no other topic.

Source: docs/adr/0012-topics.md.
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from coordinator.topics.role import Role
from coordinator.topics.topic import Key, Record, Topic

__all__ = [
    "INBOX",
    "INTAKE",
    "LOG",
    "MINISTER",
    "OUTBOX",
    "PROFILES",
    "REJECTED",
    "TOPICS",
]

_CASE_PARTITIONS: Final = 12
"""Cases are few; twelve can be shared out evenly among two, three, four or six."""

_COPIES: Final = timedelta(days=365)
"""How long copies are kept, of what an agency sent or of what it was sent."""

OUTBOX: Final = Topic(
    name="agency.{agency}.outbox",
    says="What one agency sends, in the order in which it sends it.",
    key=Key.NONE,
    partitions=1,
    retention=_COPIES,
    writers={Role.AGENCY: (Record.EVENT,)},
    readers=(Role.INGRESS,),
)
REJECTED: Final = Topic(
    name="rejected",
    says="What was turned away, byte for byte, and why; nothing is decided on it. "
    "Ingress finds here what it need not turn away again; the case agent adds what it "
    "failed on by a fault of its own.",
    key=Key.NONE,
    partitions=1,
    retention=None,
    writers={
        Role.INGRESS: (Record.REJECTION,),
        Role.CASE: (Record.REJECTION,),
        Role.OPERATOR: (Record.REJECTION,),
    },
    # Who has own events decided must hear where one of them was failed on.
    readers=(
        Role.INGRESS,
        Role.TIMERS,
        Role.NOTIFIER,
        Role.OPERATOR,
        Role.WATCHDOG,
    ),
)
INTAKE: Final = Topic(
    name="case.intake",
    says="All that can change a decision: a total order for each case. The time at "
    "which the broker appends a record is the time at which it is received.",
    key=Key.CASE,
    partitions=_CASE_PARTITIONS,
    retention=None,
    writers={
        Role.INGRESS: (Record.EVENT,),
        Role.TIMERS: (Record.OWN_EVENT,),
        Role.NOTIFIER: (Record.OWN_EVENT,),
        Role.OPERATOR: (Record.EVENT, Record.OWN_EVENT),
    },
    # Ingress finds here what it has let in already.
    readers=(Role.INGRESS, Role.CASE, Role.OPERATOR, Role.WATCHDOG),
    stamped=True,
)
LOG: Final = Topic(
    name="case.log",
    says="One decision for each intake record; of two for the same case and seq, the "
    "first counts.",
    key=Key.CASE,
    partitions=_CASE_PARTITIONS,
    retention=None,
    writers={Role.CASE: (Record.DECISION,)},
    readers=(
        Role.CASE,
        Role.ROUTER,
        Role.MINISTER,
        Role.TIMERS,
        Role.NOTIFIER,
        Role.WATCHDOG,
        Role.OPERATOR,
    ),
    # An event, written as text in JSON, and a decision that names all that it touches.
    max_bytes=2**23,
)
INBOX: Final = Topic(
    name="agency.{agency}.inbox",
    says="What one agency is sent, and what became of what it sent.",
    key=Key.CASE,
    partitions=1,
    retention=_COPIES,
    writers={
        Role.ROUTER: (Record.DELIVERY, Record.RECEIPT),
        Role.INGRESS: (Record.RECEIPT,),
        # Of what it failed on, which makes no decision for the router to tell of.
        Role.CASE: (Record.RECEIPT,),
    },
    readers=(Role.AGENCY,),
)
MINISTER: Final = Topic(
    name="minister.inbox",
    says="What the Minister's office is told: notices and events without personal "
    "data (L201-203).",
    key=Key.CASE,
    partitions=1,
    retention=_COPIES,
    writers={Role.MINISTER: (Record.NOTICE, Record.DELIVERY)},
    readers=(Role.OFFICE,),
    personal=False,
)
PROFILES: Final = Topic(
    name="profiles",
    says="Each version of the protocol, written before anything is decided by it, and "
    "which one is in force: that of the last activation.",
    key=Key.DIGEST,
    partitions=1,
    retention=None,
    writers={Role.OPERATOR: (Record.PROFILE, Record.ACTIVATION)},
    readers=(
        Role.INGRESS,
        Role.CASE,
        Role.ROUTER,
        Role.MINISTER,
        Role.TIMERS,
        Role.NOTIFIER,
        Role.WATCHDOG,
        Role.OPERATOR,
    ),
)

TOPICS: Final = MappingProxyType(
    {
        topic.name: topic
        for topic in (OUTBOX, REJECTED, INTAKE, LOG, INBOX, MINISTER, PROFILES)
    }
)
"""All topics, by name."""
