"""Whether an agency has its two topics, and the right to them, before it uses them."""

import asyncio

from coordinator.events import OperatorError
from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import INBOX, OUTBOX

__all__ = ["see_to_topics"]


async def see_to_topics(agency: str, connection: Connection) -> None:
    """
    See that an agency's topics are there for us.

    A client would wait for them in silence: they may be made at any moment.
    """
    there = await asyncio.to_thread(Admin(connection).names)
    for topic in (OUTBOX, INBOX):
        name = connection.names.of(topic, agency)
        if name not in there:
            who = connection.username or "anybody"
            message = (
                f"{name}: no such topic, or none for {who}; `coordinator topics apply"
                f" --agency {agency}` makes it, and `topics acl` gives the right"
            )
            raise OperatorError(message)
